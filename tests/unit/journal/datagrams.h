#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <optional>
#include <stdexcept>
#include <string>

#include "drivers/descriptor.h"
#include "drivers/network/real_network.h"
#include "drivers/real_clock.h"
#include "tests/unit/journal/test_world.h"

namespace svcmgr {

/// Receives at a unix socket, as a log daemon does.
class Receiver {
public:
    explicit Receiver(const Path& path) : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        if (::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) throw std::runtime_error(path);
    }

    /// The oldest that nobody has taken yet.
    std::optional<std::string> take() {
        std::string datagram(1 << 20, '\0');
        const ssize_t length = ::recv(socket_.get(), datagram.data(), datagram.size(), 0);
        if (length < 0) return {};
        datagram.resize(static_cast<std::size_t>(length));
        return datagram;
    }

private:
    Descriptor socket_;
};

/// A machine whose log's sockets are below a directory.
struct LogWorld : TestParts {
    LogWorld() {
        files.make_directories(root() + "/run/systemd/journal", 0755);
        files.make_directories(root() + "/dev", 0755);
    }
    const Path& root() const { return directory.path(); }
    World world() {
        const World still = TestParts::world(files);
        return {real_clock,      still.signals, still.tasks, still.host,        still.files,
                still.processes, network,       still.ssh,   still.hypervisors, still.reservations};
    }

    TestDirectory directory;
    RealSignals real_signals;
    RealFiles files{real_signals};
    RealClock real_clock{real_signals};
    RealNetwork network{real_signals};
};

}  // namespace svcmgr
