#include "drivers/ssh/libssh/transport.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>

#include "drivers/network/errors.h"
#include "drivers/ssh/libssh/keys.h"
#include "drivers/ssh/libssh/tcp.h"

namespace svcmgr {

namespace {

template <typename Value>
bool set(ssh_session session, ssh_options_e option, const Value& value) {
    return ssh_options_set(session, option, &value) == SSH_OK;
}

bool set_text(ssh_session session, ssh_options_e option, const std::string& value) {
    return ssh_options_set(session, option, value.c_str()) == SSH_OK;
}

/// Everything that libssh would otherwise read from files, ask the system for or take from its own defaults is said here.
bool configure(ssh_session session, const SshTarget& target, const std::string& host_keys, int socket) {
    return set(session, SSH_OPTIONS_PROCESS_CONFIG,
               false) &&  //
                          // Not a real directory: libssh would look up the home directory, which asks the user database and may hang.
           set_text(session, SSH_OPTIONS_SSH_DIR, "/dev/null") &&  //
           // Our own file is judged by us; neither the user's nor the system's has a say.
           set_text(session, SSH_OPTIONS_KNOWNHOSTS, "/dev/null") &&         //
           set_text(session, SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null") &&  //
           // Required, and never resolved: the connected socket is given.
           set_text(session, SSH_OPTIONS_HOST, "localhost") &&    //
           set_text(session, SSH_OPTIONS_USER, target.user) &&    //
           set_text(session, SSH_OPTIONS_HOSTKEYS, host_keys) &&  //
           set(session, SSH_OPTIONS_NODELAY, 1) &&                //
           set(session, SSH_OPTIONS_FD, socket);
}

}  // namespace

void wait_for_session(ssh_session session, const Patience& patience) {
    const int flags = ssh_get_poll_flags(session);
    pollfd waiting{ssh_get_fd(session), POLLIN, 0};
    if ((flags & SSH_WRITE_PENDING) != 0) waiting.events |= POLLOUT;
    poll_for_a_tick({&waiting, 1}, patience);
}

tl::expected<Transport, SshOutcome> open_transport(const World& world, const SshTarget& target, const std::string& host_keys,
                                                   Duration connect_timeout, const Patience& patience) {
    auto tcp = connect_tcp(world, target, patience, connect_timeout);
    if (!tcp) return tl::unexpected(tcp.error());
    const std::string server = describe_server(target, tcp->address);
    auto failed = [&](SshOutcome::Value value, const std::string& reason) {
        return tl::unexpected(SshOutcome{value, fmt::format("{}: {}", server, reason), {}});
    };

    SessionHandle session(ssh_new());
    if (!session) return failed(SshOutcome::Value::unreachable, "libssh makes no session: out of memory");
    // libssh closes the socket that it is given, so it is given one of its own.
    const int socket = ::fcntl(tcp->socket.get(), F_DUPFD_CLOEXEC, 0);
    if (socket < 0) return failed(SshOutcome::Value::unreachable, network_reason(errno));
    if (!configure(session.get(), target, host_keys, socket))
        return failed(SshOutcome::Value::unreachable, "libssh refuses its options: " + last_error(session.get()));
    ssh_set_blocking(session.get(), 0);

    int state = ssh_connect(session.get());
    while (state == SSH_AGAIN) {
        if (auto over = patience.over()) {
            if (*over == SshOutcome::Value::interrupted) return failed(*over, "interrupted by a signal");
            return failed(*over, "it accepted the connection and then said nothing (more) within " + patience.text());
        }
        wait_for_session(session.get(), patience);
        state = ssh_connect(session.get());
    }
    if (state != SSH_OK) return failed(SshOutcome::Value::unreachable, "no ssh connection: " + last_error(session.get()));

    ssh_key shown = nullptr;
    if (ssh_get_server_publickey(session.get(), &shown) != SSH_OK)
        return failed(SshOutcome::Value::unreachable, "it showed no host key: " + last_error(session.get()));
    KeyHandle owner(shown);
    auto key = describe_key(shown);
    if (!key) return failed(SshOutcome::Value::unreachable, key.error());
    return Transport{std::move(session), tcp->address, std::move(*key)};
}

}  // namespace svcmgr
