#include "drivers/network/real_network.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>

#include "drivers/descriptor.h"
#include "drivers/network/echo.h"
#include "drivers/network/namespaces.h"
#include "drivers/waiting.h"

namespace svcmgr {

namespace {

constexpr std::size_t most_addresses = 4;
constexpr Duration between_requests = std::chrono::seconds(1);
constexpr Duration patience_with_receivers = std::chrono::milliseconds(100);

/// One ping: a host's addresses asked side by side.
class Ping {
public:
    Ping(const RealSignals& signals, Moment begin, Deadline deadline) : signals_(signals), begin_(begin), deadline_(deadline) {}

    PingAnswer run(const std::string& host, const std::vector<std::string>& addresses) {
        for (const auto& address : addresses) add(address);
        if (sockets_.empty()) return {false, last_error_};
        for (Moment next = boot_time(); boot_time() < deadline_.at() && signals_.pending() == 0; next += between_requests) {
            send();
            if (answered_until(std::min(next + between_requests, deadline_.at()))) return {true, ""};
        }
        return {false, reason(host, addresses)};
    }

private:
    void add(const std::string& address) {
        if (auto socket = EchoSocket::open(address))
            sockets_.push_back(std::move(*socket));
        else
            last_error_ = socket.error();
    }

    void send() {
        for (auto& socket : sockets_)
            if (auto sent = socket.send(); !sent) last_error_ = sent.error();
    }

    bool answered_until(Moment until) {
        while (true) {
            std::vector<pollfd> waiting{{signals_.descriptor(), POLLIN, 0}};
            for (const auto& socket : sockets_) waiting.push_back({socket.descriptor(), POLLIN, 0});
            poll_until(waiting, until);
            for (auto& socket : sockets_) {
                auto received = socket.receive();
                if (received.reply) return true;
                if (!received.error.empty()) last_error_ = received.error;
            }
            if (waiting[0].revents != 0 || boot_time() >= until) return false;
        }
    }

    std::string reason(const std::string& host, const std::vector<std::string>& addresses) const {
        if (signals_.pending() != 0) return "interrupted by a signal";
        if (!last_error_.empty()) return last_error_;
        std::string text = "no answer within " + to_text(std::max(Duration::zero(), deadline_.at() - begin_));
        if (addresses.front() == host) return text;
        return fmt::format("{} from {}", text, fmt::join(addresses, ", "));
    }

    const RealSignals& signals_;
    Moment begin_;  ///< of all the waiting, also for the resolver
    Deadline deadline_;
    std::vector<EchoSocket> sockets_;
    std::string last_error_;
};

}  // namespace

RealNetwork::RealNetwork(const RealSignals& signals, Lookup lookup, Path module_directory)
    : signals_(signals), resolver_(signals, std::move(lookup)), links_(std::move(module_directory)) {}

Resolution RealNetwork::resolve(const std::string& name, Deadline deadline) {
    return resolver_.resolve(name, deadline);
}

PingAnswer RealNetwork::ping(const std::string& host, Deadline deadline) {
    const Moment begin = boot_time();
    Resolution resolution = resolver_.resolve(host, deadline);
    if (resolution.addresses.empty()) return {false, resolution.problem};
    auto& addresses = resolution.addresses;
    if (addresses.size() > most_addresses) addresses.resize(most_addresses);
    return Ping(signals_, begin, deadline).run(host, addresses);
}

Delivery RealNetwork::deliver(const Path& socket, std::string_view datagram) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (socket.size() >= sizeof address.sun_path) return Delivery::no_receiver;
    socket.copy(address.sun_path, socket.size());
    const Descriptor sender(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!sender || ::connect(sender.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return Delivery::no_receiver;
    // Only of a connected one does poll(2) see the receiver's room.
    pollfd room{sender.get(), POLLOUT, 0};
    poll_until({&room, 1}, boot_time() + patience_with_receivers);
    if (::send(sender.get(), datagram.data(), datagram.size(), MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) return Delivery::taken;
    return errno == EAGAIN ? Delivery::no_room : Delivery::no_receiver;
}

std::unique_ptr<NetworkStay> RealNetwork::enter(const std::string& network) {
    return enter_namespace(network);
}

std::unique_ptr<NetworkStay> RealNetwork::go_home() {
    return enter_first_namespace();
}

}  // namespace svcmgr
