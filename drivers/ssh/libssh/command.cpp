#include "drivers/ssh/libssh/command.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstring>

#include "drivers/ssh/libssh/transport.h"

namespace svcmgr {

namespace {

constexpr Duration silence_after_exit = std::chrono::seconds(1);
constexpr std::size_t largest_piece = std::size_t{32} * 1024;  // what every server takes in one packet (RFC 4253, 6.1)

Command* command_of(void* self) {
    return static_cast<Command*>(self);
}

/// The number of "TERM" (RFC 4254, 6.10); servers add their own as "BUS@example.com". 0 when this system has no such signal.
int signal_number(std::string_view name) {
    name = name.substr(0, name.find('@'));
    for (int number = 1; number < NSIG; ++number)
        if (const char* known = sigabbrev_np(number); known != nullptr && name == known) return number;
    return 0;
}

}  // namespace

Command::Command(ssh_session session, ssh_event event, std::string server, const SshTalk& talk, const CommandLimits& limits)
    : session_(session),
      event_(event),
      server_(std::move(server)),
      talk_(talk),
      limits_(limits),
      channel_(ssh_channel_new(session)),
      unsent_(talk.input) {
    callbacks_.size = sizeof callbacks_;
    callbacks_.userdata = this;
    callbacks_.channel_data_function = on_data;
    callbacks_.channel_eof_function = on_eof;
    callbacks_.channel_close_function = on_close;
    callbacks_.channel_exit_status_function = on_exit_status;
    callbacks_.channel_exit_signal_function = on_exit_signal;
    if (channel_) ssh_set_channel_callbacks(channel_.get(), &callbacks_);
}

Command::~Command() {
    if (!channel_) return;
    // The channel may live in libssh until the server has closed its side, and must not call back into what is gone.
    ssh_remove_channel_callbacks(channel_.get(), &callbacks_);
}

std::optional<SshOutcome> Command::open(const Patience& patience) {
    if (!channel_) return SshOutcome{SshOutcome::Value::unreachable, server_ + ": libssh makes no channel: out of memory", {}};
    int state = ssh_channel_open_session(channel_.get());
    while (state == SSH_AGAIN) {
        if (auto over = patience.over()) {
            if (*over == SshOutcome::Value::interrupted) return SshOutcome{*over, server_ + ": interrupted by a signal", {}};
            return SshOutcome{*over, fmt::format("{}: it said nothing within {}", server_, patience.text()), {}};
        }
        wait_for_session(session_, patience);
        state = ssh_channel_open_session(channel_.get());
    }
    if (state != SSH_OK) return broken("no command can be run");
    return {};
}

SshOutcome Command::run(const std::string& line, const Patience& patience) {
    clock_ = &patience.clock();
    int state = ssh_channel_request_exec(channel_.get(), line.c_str());
    while (state == SSH_AGAIN) {
        if (auto over = patience.over()) return give_up(*over, patience);
        wait_for_session(session_, patience);
        state = ssh_channel_request_exec(channel_.get(), line.c_str());
    }
    if (state != SSH_OK) return broken("the command was not accepted");

    while (!ended(patience)) {
        if (!feed()) break;
        if (auto over = patience.over()) return give_up(*over, patience);
        if (ssh_event_dopoll(event_, tick_milliseconds(patience)) == SSH_ERROR || ssh_is_connected(session_) == 0) break;
    }
    if (!exited_) return broken("the connection broke while the command ran; whether it ended is not known");
    return {SshOutcome::Value::ran, {}, std::move(result_)};
}

bool Command::feed() {
    if (input_ended_ || exited_ || closed_) return true;
    while (!unsent_.empty()) {
        const std::size_t room = ssh_channel_window_size(channel_.get());
        if (room == 0) return true;
        const auto size = static_cast<std::uint32_t>(std::min({unsent_.size(), room, largest_piece}));
        const int sent = ssh_channel_write(channel_.get(), unsent_.data(), size);
        if (sent == SSH_ERROR) return false;
        if (sent <= 0) return true;
        unsent_.remove_prefix(static_cast<std::size_t>(sent));
    }
    input_ended_ = true;
    return ssh_channel_send_eof(channel_.get()) != SSH_ERROR;
}

void Command::tell_lines(std::string_view more) {
    if (!talk_.on_error_line) return;
    for (std::size_t end = more.find('\n'); end != std::string_view::npos; end = more.find('\n')) {
        begun_line_ += more.substr(0, end);
        talk_.on_error_line(begun_line_);
        begun_line_.clear();
        more.remove_prefix(end + 1);
    }
    begun_line_ += more.substr(0, limits_.output_bytes - std::min(begun_line_.size(), limits_.output_bytes));
}

bool Command::ended(const Patience& patience) const {
    if (closed_) return true;
    return exited_ && (no_more_output_ || patience.clock().now() - last_heard_ > silence_after_exit);
}

SshOutcome Command::give_up(SshOutcome::Value why, const Patience& patience) {
    const bool timed_out = why == SshOutcome::Value::timed_out;
    // No answer is asked for, so this does not wait.
    ssh_channel_request_send_signal(channel_.get(), timed_out ? "KILL" : "TERM");
    if (!timed_out) return {why, fmt::format("{}: interrupted by a signal; what was started may go on there", server_), {}};
    return {why, fmt::format("{}: the command did not end within {}; it may go on there", server_, patience.text()), {}};
}

SshOutcome Command::broken(const std::string& during) const {
    return {SshOutcome::Value::unreachable, fmt::format("{}: {}: {}", server_, during, last_error(session_)), {}};
}

void Command::keep(std::string& text, std::string_view more) {
    last_heard_ = clock_->now();
    const std::size_t room = limits_.output_bytes - std::min(text.size(), limits_.output_bytes);
    text += more.substr(0, room);
    if (more.size() > room) result_.truncated = true;
}

int Command::on_data(ssh_session, ssh_channel, void* data, std::uint32_t size, int is_stderr, void* self) {
    Command& command = *command_of(self);
    const std::string_view more(static_cast<const char*>(data), size);
    command.keep(is_stderr != 0 ? command.result_.err : command.result_.out, more);
    if (is_stderr != 0) command.tell_lines(more);
    return static_cast<int>(size);
}

void Command::on_eof(ssh_session, ssh_channel, void* self) {
    command_of(self)->no_more_output_ = true;
}

void Command::on_close(ssh_session, ssh_channel, void* self) {
    command_of(self)->closed_ = true;
}

void Command::on_exit_status(ssh_session, ssh_channel, int status, void* self) {
    Command& command = *command_of(self);
    command.exited_ = true;
    command.last_heard_ = command.clock_->now();
    // The protocol has 32 bits, a process 8: what is more must not become a success.
    command.result_.exit_code = status >= 0 && status <= 255 ? status : 255;
}

void Command::on_exit_signal(ssh_session, ssh_channel, const char* signal, int, const char*, const char*, void* self) {
    Command& command = *command_of(self);
    command.exited_ = true;
    command.last_heard_ = command.clock_->now();
    command.result_.exit_code = -1;
    command.result_.signal = signal_number(signal == nullptr ? "" : signal);
}

}  // namespace svcmgr
