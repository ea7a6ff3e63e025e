#pragma once

#include <libssh/callbacks.h>

#include <optional>
#include <string>

#include "drivers/ssh/libssh/handles.h"
#include "drivers/ssh/libssh/patience.h"
#include "drivers/ssh/ssh.h"

namespace svcmgr {

/// One command on a session: a channel from its opening to its end. libssh calls back into it, so it stays where it is.
class Command {
public:
    /// `event` serves the session's socket. Session and event outlive the command. `server` is how messages name the other side.
    /// So does what `talk` refers to.
    Command(ssh_session session, ssh_event event, std::string server, const SshTalk& talk, const CommandLimits& limits);
    Command(const Command&) = delete;
    Command& operator=(const Command&) = delete;
    ~Command();

    /// Opens the channel. Nothing has been run when this fails, so it may be tried again on another session. Nothing: it is open.
    std::optional<SshOutcome> open(const Patience& patience);

    /// Runs `line` to its end. What happened on the other side is known only when the outcome is `ran`. A command that is given up is
    /// told so by a signal, which not every server passes on.
    ///
    /// The end of a command is its exit status, and the end of its output. A daemon that it leaves behind may hold the output open for
    /// ever: a second of silence after the exit status ends it too.
    SshOutcome run(const std::string& line, const Patience& patience);

private:
    static int on_data(ssh_session, ssh_channel, void* data, std::uint32_t size, int is_stderr, void* self);
    static void on_eof(ssh_session, ssh_channel, void* self);
    static void on_close(ssh_session, ssh_channel, void* self);
    static void on_exit_status(ssh_session, ssh_channel, int status, void* self);
    static void on_exit_signal(ssh_session, ssh_channel, const char* signal, int, const char*, const char*, void* self);

    /// Sends as much of the input as the other side has room for. False when the channel is closed to it.
    bool feed();
    void tell_lines(std::string_view more);
    void keep(std::string& text, std::string_view more);
    bool ended(const Patience& patience) const;
    SshOutcome give_up(SshOutcome::Value why, const Patience& patience);
    SshOutcome broken(const std::string& during) const;

    ssh_session session_;
    ssh_event event_;
    std::string server_;
    const SshTalk& talk_;
    CommandLimits limits_;
    ChannelHandle channel_;
    ssh_channel_callbacks_struct callbacks_{};
    const Clock* clock_ = nullptr;  ///< while it runs

    std::string_view unsent_;
    bool input_ended_ = false;
    std::string begun_line_;  ///< of stderr: what came of a line that is not whole yet
    CommandResult result_;
    bool exited_ = false;  ///< the server said how it ended
    bool no_more_output_ = false;
    bool closed_ = false;
    Moment last_heard_{};
};

}  // namespace svcmgr
