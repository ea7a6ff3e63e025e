#include "tests/unit/docker/fake_engine.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <stdexcept>

namespace svcmgr::test {

namespace {

/// Waits for bytes and appends them; false when there are none to come.
bool receive_more(int connection, std::string& to, const std::atomic<bool>& ends) {
    while (!ends) {
        pollfd waiting{connection, POLLIN, 0};
        if (::poll(&waiting, 1, 20) == 0) continue;
        char bytes[4096];
        const auto count = ::recv(connection, bytes, sizeof bytes, 0);
        if (count <= 0) return false;
        to.append(bytes, static_cast<std::size_t>(count));
        return true;
    }
    return false;
}

bool send_all(int connection, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto count = ::send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

std::size_t length_in(const std::string& head) {
    const auto at = head.find("Content-Length: ");
    return at == std::string::npos ? 0 : std::stoul(head.substr(at + 16));
}

}  // namespace

FakeEngine::FakeEngine() : socket_(directory_.path() + "/docker.sock") {
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, socket_.c_str(), sizeof address.sun_path - 1);
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || ::listen(listener_, 16) != 0)
        throw std::runtime_error("the test can't listen on " + socket_);
    acceptor_ = std::thread([this] { accept_all(); });
}

FakeEngine::~FakeEngine() {
    ends_ = true;
    acceptor_.join();
    for (auto& thread : threads_) thread.join();
    ::close(listener_);
}

void FakeEngine::on(const std::string& beginning, Handler handler) {
    const std::lock_guard lock(mutex_);
    handlers_.insert(handlers_.begin(), {beginning, std::move(handler)});
}

void FakeEngine::on(const std::string& beginning, int status, const std::string& body) {
    on(beginning, [=](const Request&) { return reply(status, body); });
}

std::vector<std::string> FakeEngine::seen() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> lines;
    for (const Request& request : requests_) lines.push_back(request.method + " " + request.target);
    return lines;
}

std::string FakeEngine::body_of(const std::string& beginning) const {
    const std::lock_guard lock(mutex_);
    std::string body;
    for (const Request& request : requests_)
        if ((request.method + " " + request.target).starts_with(beginning)) body = request.body;
    return body;
}

std::string FakeEngine::head_of(const std::string& beginning) const {
    const std::lock_guard lock(mutex_);
    std::string head;
    for (const Request& request : requests_)
        if ((request.method + " " + request.target).starts_with(beginning)) head = request.head;
    return head;
}

FakeEngine::Answer FakeEngine::reply(int status, const std::string& body) {
    return {
        {fmt::format("HTTP/1.1 {} Words\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}", status, body.size(), body)}};
}

void FakeEngine::accept_all() {
    while (!ends_) {
        pollfd waiting{listener_, POLLIN, 0};
        if (::poll(&waiting, 1, 20) <= 0) continue;
        const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (connection >= 0) threads_.emplace_back([this, connection] { serve(connection); });
    }
}

FakeEngine::Answer FakeEngine::answer(const Request& request) {
    Handler handler;
    {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
        for (const auto& [beginning, known] : handlers_)
            if (!handler && (request.method + " " + request.target).starts_with(beginning)) handler = known;
    }
    if (handler) return handler(request);
    if (request.target == "/_ping") return {{fmt::format("HTTP/1.1 200 OK\r\nApi-Version: {}\r\nContent-Length: 2\r\n\r\nOK", version)}};
    return reply(404, R"({"message":"page not found"})");
}

void FakeEngine::serve(int connection) {
    std::string bytes;
    while (true) {
        auto end = bytes.find("\r\n\r\n");
        if (end == std::string::npos) {
            if (!receive_more(connection, bytes, ends_)) break;
            continue;
        }
        Request request;
        request.head = bytes.substr(0, end);
        const std::size_t whole = end + 4 + length_in(request.head);
        while (bytes.size() < whole && receive_more(connection, bytes, ends_)) {
        }
        request.body = bytes.substr(end + 4, whole - end - 4);
        bytes.erase(0, whole);
        const auto blank = request.head.find(' ');
        request.method = request.head.substr(0, blank);
        request.target = request.head.substr(blank + 1, request.head.find(' ', blank + 1) - blank - 1);
        const Answer what = answer(request);
        bool good = true;
        for (const std::string& piece : what.pieces) good = good && send_all(connection, piece);
        std::string ignored;
        if (what.then == Answer::Then::hang)
            while (receive_more(connection, ignored, ends_)) {
            }
        if (!good || what.pieces.empty() || what.then != Answer::Then::keep) break;
    }
    ::close(connection);
}

}  // namespace svcmgr::test
