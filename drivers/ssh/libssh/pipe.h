#pragma once

#include <libssh/callbacks.h>

#include <atomic>
#include <string>

#include "drivers/ssh/libssh/handles.h"
#include "drivers/ssh/libssh/patience.h"
#include "drivers/ssh/libssh/session.h"

namespace svcmgr {

/// A command on a session whose standard input and output are a socket of this process: what comes from one goes to the other, until one
/// of them ends. libssh calls back into it, so it stays where it is.
class Pipe {
public:
    /// All outlive it. `socket` is not blocking.
    Pipe(Session& session, int socket);
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    ~Pipe();

    /// Returns when either side has ended, or `over` is set. Why it did not end well, the command's own complaint among it; else empty.
    std::string run(const std::string& command, const std::atomic<bool>& over, const Patience& opening);

private:
    static int on_data(ssh_session, ssh_channel, void* data, std::uint32_t size, int is_stderr, void* self);
    static void on_eof(ssh_session, ssh_channel, void* self);
    static void on_close(ssh_session, ssh_channel, void* self);
    static void on_exit_status(ssh_session, ssh_channel, int status, void* self);

    /// Calls `step` until it does not ask to be called again; false when it failed or `opening` is over.
    template <typename Step>
    bool complete(Step step, const Patience& opening);
    /// From the socket to the command, as much as it has room for.
    void read_socket();
    /// What the command wrote, as much as the socket has room for; false when nobody is at its other end any more.
    bool write_socket();
    /// What libssh kept while there was no room.
    void take_kept();
    std::string complaint() const;

    Session& session_;
    int socket_;
    ChannelHandle channel_;
    ssh_channel_callbacks_struct callbacks_{};
    std::string for_socket_;
    std::string said_;  ///< on stderr
    bool socket_ended_ = false;
    bool command_ended_ = false;  ///< it writes no more
    bool closed_ = false;
    int exit_code_ = 0;
};

}  // namespace svcmgr
