#include "drivers/ssh/libssh/forward.h"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "drivers/no_signals.h"
#include "drivers/ssh/libssh/pipe.h"
#include "drivers/ssh/libssh/session.h"

namespace svcmgr {

namespace {

constexpr Duration to_open = std::chrono::seconds(30);
constexpr int most_connections = 8;
constexpr int tick = 100;  // ms

/// A thread that takes no signals, since those are for the threads that know about them.
template <typename Body>
std::thread deaf_thread(Body body) {
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    std::thread thread(std::move(body));
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return thread;
}

}  // namespace

Forward::Forward(const World& world, SshSettings settings, SshTarget target, std::string command, Path socket)
    : world_(world), settings_(std::move(settings)), target_(std::move(target)), command_(std::move(command)), socket_(std::move(socket)) {
    listen();
    taking_ = deaf_thread([this] { take_connections(); });
}

Forward::~Forward() {
    over_ = true;
    taking_.join();
    for (std::thread& connection : connections_) connection.join();
    ::unlink(socket_.c_str());
}

void Forward::listen() {
    const auto failed = [&](int problem) {
        return Error(Error::Code::failed, fmt::format("there can be no socket: {}", std::strerror(problem)), socket_);
    };
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (socket_.size() >= sizeof address.sun_path) throw failed(ENAMETOOLONG);
    std::memcpy(address.sun_path, socket_.c_str(), socket_.size());
    listening_ = Descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!listening_) throw failed(errno);
    if (::unlink(socket_.c_str()) != 0 && errno != ENOENT) throw failed(errno);
    // Before anybody can connect: whoever does so talks to the other machine with our key.
    if (::fchmod(listening_.get(), 0600) != 0 ||
        ::bind(listening_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listening_.get(), most_connections) != 0)
        throw failed(errno);
}

void Forward::take_connections() {
    while (!over_) {
        pollfd waiting{listening_.get(), POLLIN, 0};
        if (::poll(&waiting, 1, tick) <= 0) continue;
        Descriptor connection(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (!connection || connections_.size() >= most_connections) continue;
        connections_.push_back(
            deaf_thread([this, number = std::make_shared<Descriptor>(std::move(connection))] { serve(std::move(*number)); }));
    }
}

void Forward::serve(Descriptor connection) {
    NoSignals deaf;  // whoever has a forward ends it
    World world{world_.clock,     deaf,           world_.tasks, world_.host,        world_.files,
                world_.processes, world_.network, world_.ssh,   world_.hypervisors, world_.reservations};
    const Patience opening(world, Deadline::in(world.clock, to_open));
    auto session = Session::open(world, settings_, target_, opening);
    if (!session) return complain(session.error().reason);
    Pipe pipe(**session, connection.get());
    complain(pipe.run(command_, over_, opening));
}

void Forward::complain(const std::string& problem) {
    const std::lock_guard lock(mutex_);
    if (problem_.empty()) problem_ = problem;
}

std::string Forward::problem() const {
    const std::lock_guard lock(mutex_);
    return problem_;
}

}  // namespace svcmgr
