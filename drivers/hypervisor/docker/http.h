#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "drivers/clock.h"
#include "drivers/files/files.h"
#include "drivers/signals.h"

namespace svcmgr::docker {

struct HttpRequest {
    std::string method = "GET";
    std::string target;                     ///< path and query, percent-encoded: "/v1.41/containers/json?all=1"
    std::string body = {};                  ///< JSON; empty: none
    std::vector<std::string> headers = {};  ///< further ones: "X-Registry-Auth: …"
    std::size_t limit = 64 << 20;           ///< of the answer's body, in bytes
    /// Given the body in pieces as they come, instead of keeping it; the limit then holds for nothing. Returns whether it wants more.
    std::function<bool(std::string_view)> sink = {};
};

struct HttpAnswer {
    int status = 0;
    std::string api_version;  ///< of the header Api-Version
    std::string body;
};

/// Why there is no answer.
struct HttpProblem {
    enum class Kind {
        not_running,  ///< the socket is missing, or nobody listens on it
        not_allowed,  ///< the socket may not be used by this user
        timed_out,
        interrupted,  ///< a signal asked to stop
        broken,       ///< the connection broke, or what came is no HTTP
        too_long,
        unwanted,  ///< the sink wanted no more
    } kind = Kind::broken;
    std::string text;  ///< in libcurl's words
};

/// HTTP over a unix socket. Connections are kept and used again; several threads may ask at once, each over a connection of its own.
class Http {
public:
    explicit Http(Path socket);
    ~Http();
    Http(const Http&) = delete;
    Http& operator=(const Http&) = delete;

    /// Returns by the deadline, or soon after a signal.
    tl::expected<HttpAnswer, HttpProblem> ask(const HttpRequest& request, const Clock& clock, const Signals& signals, Deadline deadline);

    const Path& socket() const { return socket_; }
    /// Requests that were sent, for tests.
    std::uint64_t requests() const { return requests_; }

private:
    class Line;
    std::unique_ptr<Line> take();
    void give_back(std::unique_ptr<Line> line);

    const Path socket_;
    std::atomic<std::uint64_t> requests_{0};
    std::mutex mutex_;
    std::vector<std::unique_ptr<Line>> idle_;
};

/// Everything but letters, digits and "-._~" as %XX: what users wrote goes into no URL without this.
std::string percent_encoded(std::string_view text);

}  // namespace svcmgr::docker
