#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/unit/drivers/support.h"

namespace svcmgr::test {

/// An Engine on a unix socket of this process, that answers what the test says, also what no Engine would.
class FakeEngine {
public:
    struct Request {
        std::string method, target, head, body;
    };
    /// What goes over the wire, piece by piece; an empty list closes the connection without a word.
    struct Answer {
        std::vector<std::string> pieces;
        enum class Then { keep, close, hang } then = Then::keep;
    };
    using Handler = std::function<Answer(const Request&)>;

    FakeEngine();
    ~FakeEngine();

    const std::string& socket() const { return socket_; }
    /// Answers of the requests that begin with these words: "GET /v1.41/info". `_ping` is answered with this version unless it is here.
    void on(const std::string& beginning, Handler handler);
    void on(const std::string& beginning, int status, const std::string& body);
    std::string version = "1.41";

    /// Those that came, "METHOD TARGET" each.
    std::vector<std::string> seen() const;
    /// The body of the last one that began with these words.
    std::string body_of(const std::string& beginning) const;
    std::string head_of(const std::string& beginning) const;

    static Answer reply(int status, const std::string& body);
    /// Says nothing until the test ends.
    static Answer hang() { return {{}, Answer::Then::hang}; }

private:
    void accept_all();
    void serve(int connection);
    Answer answer(const Request& request);

    TemporaryDirectory directory_;
    std::string socket_;
    int listener_ = -1;
    std::atomic<bool> ends_{false};
    mutable std::mutex mutex_;
    std::vector<std::pair<std::string, Handler>> handlers_;
    std::vector<Request> requests_;
    std::vector<std::thread> threads_;
    std::thread acceptor_;
};

}  // namespace svcmgr::test
