#include "drivers/ssh/libssh/tcp.h"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <vector>

#include "drivers/network/errors.h"
#include "drivers/network/network.h"

namespace svcmgr {

namespace {

constexpr Duration head_start = std::chrono::milliseconds(250);

using AddressInfo = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

AddressInfo parse(const std::string& address, int port) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    addrinfo* list = nullptr;
    if (::getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &list) != 0) list = nullptr;
    return {list, freeaddrinfo};
}

/// All the attempts to reach one host.
class Attempts {
public:
    Attempts(const SshTarget& target, std::vector<std::string> addresses, const Patience& patience)
        : target_(target), left_(std::move(addresses)), patience_(patience) {
        std::reverse(left_.begin(), left_.end());
    }

    tl::expected<TcpConnection, SshOutcome> run() {
        while (!patience_.over()) {
            if (next_due()) begin_next();
            if (under_way_.empty() && left_.empty()) return tl::unexpected(unreachable());
            if (auto connection = connected()) return std::move(*connection);
        }
        if (patience_.over() == SshOutcome::Value::interrupted)
            return tl::unexpected(
                SshOutcome{SshOutcome::Value::interrupted, "interrupted by a signal while connecting to " + target_.host, {}});
        if (under_way_.empty() && failures_.empty()) fail(left_.back(), "no time was left to connect");
        for (const auto& attempt : under_way_) fail(attempt.address, "no answer within " + patience_.text());
        return tl::unexpected(unreachable());
    }

private:
    bool next_due() const { return !left_.empty() && (under_way_.empty() || patience_.clock().now() >= last_begin_ + head_start); }

    void begin_next() {
        const std::string address = left_.back();
        left_.pop_back();
        last_begin_ = patience_.clock().now();
        AddressInfo info = parse(address, target_.port);
        if (!info) return fail(address, fmt::format("port {} can't be used", target_.port));
        Descriptor socket(::socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        if (!socket) return fail(address, errno);
        set(socket, IPPROTO_TCP, TCP_NODELAY, 1);
        end_with_the_network(socket);
        if (::connect(socket.get(), info->ai_addr, info->ai_addrlen) != 0 && errno != EINPROGRESS) return fail(address, errno);
        under_way_.push_back({std::move(socket), address});
    }

    std::optional<TcpConnection> connected() {
        std::vector<pollfd> waiting;
        for (const auto& attempt : under_way_) waiting.push_back({attempt.socket.get(), POLLOUT, 0});
        poll_for_a_tick(waiting, patience_);
        std::vector<TcpConnection> still;
        for (std::size_t i = 0; i < waiting.size(); ++i) {
            TcpConnection& attempt = under_way_[i];
            int error = 0;
            socklen_t size = sizeof error;
            if (waiting[i].revents != 0) ::getsockopt(attempt.socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
            if (waiting[i].revents != 0 && error == 0) return std::move(attempt);
            if (error != 0)
                fail(attempt.address, error);
            else
                still.push_back(std::move(attempt));
        }
        under_way_ = std::move(still);
        return {};
    }

    /// A machine that is gone sends nothing, not even that it is gone: the kernel asks it whether it is there, also while a command runs.
    static void end_with_the_network(const Descriptor& socket) {
        constexpr int silence = 10, between = 5, questions = 4;  // seconds: 30 until it counts as gone
        set(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
        set(socket, IPPROTO_TCP, TCP_KEEPIDLE, silence);
        set(socket, IPPROTO_TCP, TCP_KEEPINTVL, between);
        set(socket, IPPROTO_TCP, TCP_KEEPCNT, questions);
        set(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, (silence + between * questions) * 1000);
    }

    /// What a kernel does not know is gone without.
    static void set(const Descriptor& socket, int level, int option, int value) {
        ::setsockopt(socket.get(), level, option, &value, sizeof value);
    }

    void fail(const std::string& address, const std::string& reason) { failures_.push_back({address, reason}); }
    void fail(const std::string& address, int error) { failures_.push_back({address, network_reason(error), error == ECONNREFUSED}); }

    SshOutcome unreachable() const {
        std::string text;
        for (const Failure& failure : failures_)
            text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", describe_server(target_, failure.address), failure.reason);
        const bool refused = !failures_.empty() && std::ranges::all_of(failures_, &Failure::refused);
        return {refused ? SshOutcome::Value::refused : SshOutcome::Value::unreachable, text, {}};
    }

    struct Failure {
        std::string address;
        std::string reason;
        bool refused = false;
    };

    const SshTarget& target_;
    std::vector<std::string> left_;  ///< the next one last
    const Patience& patience_;
    Moment last_begin_{};
    std::vector<TcpConnection> under_way_;
    std::vector<Failure> failures_;
};

}  // namespace

std::string describe_server(const SshTarget& target, const std::string& address) {
    if (target.host == address) return fmt::format("{} port {}", address, target.port);
    return fmt::format("{} ({} port {})", target.host, address, target.port);
}

tl::expected<TcpConnection, SshOutcome> connect_tcp(const World& world, const SshTarget& target, const Patience& patience,
                                                    Duration timeout) {
    Resolution resolution = world.network.resolve(target.host, patience.deadline());
    if (resolution.addresses.empty()) {
        auto value = patience.over() == SshOutcome::Value::interrupted ? SshOutcome::Value::interrupted : SshOutcome::Value::unresolved;
        return tl::unexpected(SshOutcome{value, fmt::format("{}: {}", target.host, resolution.problem), {}});
    }
    const Patience connecting = patience.at_most(timeout);
    return Attempts(target, std::move(resolution.addresses), connecting).run();
}

}  // namespace svcmgr
