#include "drivers/ssh/libssh/pipe.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "drivers/ssh/libssh/transport.h"

namespace svcmgr {

namespace {

constexpr std::size_t largest_piece = std::size_t{32} * 1024;  // what every server takes in one packet (RFC 4253, 6.1)
constexpr std::size_t most_waiting = std::size_t{1024} * 1024;
constexpr std::size_t most_said = 4096;
constexpr int tick = 100;  // ms, in which the end is noticed
constexpr int ticks_to_end = 20;

Pipe* pipe_of(void* self) {
    return static_cast<Pipe*>(self);
}

}  // namespace

Pipe::Pipe(Session& session, int socket) : session_(session), socket_(socket), channel_(ssh_channel_new(session.handle())) {
    callbacks_.size = sizeof callbacks_;
    callbacks_.userdata = this;
    callbacks_.channel_data_function = on_data;
    callbacks_.channel_eof_function = on_eof;
    callbacks_.channel_close_function = on_close;
    callbacks_.channel_exit_status_function = on_exit_status;
    if (channel_) ssh_set_channel_callbacks(channel_.get(), &callbacks_);
}

Pipe::~Pipe() {
    if (channel_) ssh_remove_channel_callbacks(channel_.get(), &callbacks_);
}

template <typename Step>
bool Pipe::complete(Step step, const Patience& opening) {
    int state = step();
    while (state == SSH_AGAIN && !opening.over()) {
        wait_for_session(session_.handle(), opening);
        state = step();
    }
    return state == SSH_OK;
}

std::string Pipe::run(const std::string& command, const std::atomic<bool>& over, const Patience& opening) {
    if (!channel_) return "libssh makes no channel: out of memory";
    if (!complete([&] { return ssh_channel_open_session(channel_.get()); }, opening) ||
        !complete([&] { return ssh_channel_request_exec(channel_.get(), command.c_str()); }, opening))
        return fmt::format("{}: no command can be run: {}", session_.server(), last_error(session_.handle()));
    while (!over && !socket_ended_ && !(command_ended_ && for_socket_.empty())) {
        const bool room = ssh_channel_window_size(channel_.get()) > 0 && !command_ended_;
        const auto wanted = static_cast<short>((room ? POLLIN : 0) | (for_socket_.empty() ? 0 : POLLOUT));
        const auto unsent = static_cast<short>((ssh_get_status(session_.handle()) & SSH_WRITE_PENDING) != 0 ? POLLOUT : 0);
        std::array<pollfd, 2> descriptors{{{socket_, wanted, 0}, {ssh_get_fd(session_.handle()), static_cast<short>(POLLIN | unsent), 0}}};
        ::poll(descriptors.data(), descriptors.size(), tick);
        if (room && (descriptors[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0) read_socket();
        if (ssh_event_dopoll(session_.event(), 0) == SSH_ERROR || ssh_is_connected(session_.handle()) == 0)
            return fmt::format("{}: the connection broke: {}", session_.server(), last_error(session_.handle()));
        if (!write_socket()) socket_ended_ = true;
        take_kept();
    }
    // What was the last word of one side is heard by the other; how a command ended is told behind its output.
    ssh_channel_send_eof(channel_.get());
    for (int ticks = 0; !closed_ && ticks < ticks_to_end; ++ticks)
        if (ssh_event_dopoll(session_.event(), tick) == SSH_ERROR) break;
    return complaint();
}

std::string Pipe::complaint() const {
    if (exit_code_ == 0) return {};
    return fmt::format(
        "{}: {}", session_.server(),
        said_.empty() ? fmt::format("the other end ended with {}", exit_code_) : printable(said_.substr(0, said_.find('\n'))));
}

void Pipe::read_socket() {
    std::array<char, largest_piece> piece;
    const std::size_t room = std::min<std::size_t>(ssh_channel_window_size(channel_.get()), piece.size());
    const ssize_t size = ::recv(socket_, piece.data(), room, MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (size <= 0) {
        socket_ended_ = true;
        return;
    }
    // It fits into the window, so libssh takes all of it.
    if (ssh_channel_write(channel_.get(), piece.data(), static_cast<std::uint32_t>(size)) != size) socket_ended_ = true;
}

bool Pipe::write_socket() {
    while (!for_socket_.empty()) {
        const ssize_t size = ::send(socket_, for_socket_.data(), for_socket_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return errno == EAGAIN;
        for_socket_.erase(0, static_cast<std::size_t>(size));
    }
    return true;
}

/// libssh hands over what it kept only together with what comes next, and nothing comes while the window is full.
void Pipe::take_kept() {
    std::array<char, largest_piece> piece;
    while (for_socket_.size() + piece.size() <= most_waiting) {
        const int size = ssh_channel_read_nonblocking(channel_.get(), piece.data(), static_cast<std::uint32_t>(piece.size()), 0);
        if (size <= 0) return;
        for_socket_.append(piece.data(), static_cast<std::size_t>(size));
    }
}

/// What is not taken stays with libssh, and the other side is told to send no more.
int Pipe::on_data(ssh_session, ssh_channel, void* data, std::uint32_t size, int is_stderr, void* self) {
    Pipe& pipe = *pipe_of(self);
    const std::string_view more(static_cast<const char*>(data), size);
    if (is_stderr != 0) {
        pipe.said_ += more.substr(0, most_said - std::min(pipe.said_.size(), most_said));
        return static_cast<int>(size);
    }
    const std::size_t room = most_waiting - std::min(pipe.for_socket_.size(), most_waiting);
    pipe.for_socket_ += more.substr(0, room);
    return static_cast<int>(std::min<std::size_t>(room, size));
}

void Pipe::on_eof(ssh_session, ssh_channel, void* self) {
    pipe_of(self)->command_ended_ = true;
}

void Pipe::on_close(ssh_session, ssh_channel, void* self) {
    pipe_of(self)->command_ended_ = true;
    pipe_of(self)->closed_ = true;
}

void Pipe::on_exit_status(ssh_session, ssh_channel, int status, void* self) {
    pipe_of(self)->exit_code_ = status;
}

}  // namespace svcmgr
