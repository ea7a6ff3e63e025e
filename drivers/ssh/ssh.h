#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "drivers/clock.h"
#include "drivers/error.h"
#include "drivers/files/files.h"
#include "drivers/process/processes.h"

namespace svcmgr {

struct SshTarget {
    std::string host;  ///< name or address, as the user wrote it; the name under which its key is recorded
    std::string user = "root";
    int port = 22;

    auto operator<=>(const SshTarget&) const = default;
};

/// What became of a command that was to run on another machine. The reasons are told apart because what to do next differs.
struct SshOutcome {
    enum class Value {
        ran,               ///< it ran: see `result`
        unresolved,        ///< the name has no address
        unreachable,       ///< no connection, or it broke
        refused,           ///< the machine answers, and nothing listens at the port
        timed_out,         ///< connected, and then silence until the deadline
        host_key_unknown,  ///< no key recorded: `svcmgr node trust NAME`
        host_key_changed,  ///< another key than the recorded one: `reason` names file and line
        not_authorised,    ///< none of our keys is accepted there
        interrupted,       ///< a signal asked to stop
    };
    Value value = Value::unreachable;
    std::string reason;    ///< for people; empty when it ran
    CommandResult result;  ///< meaningful when it ran

    bool ok() const { return value == Value::ran && result.ok(); }
    /// The reason, or the command's own description of how it ended.
    std::string describe() const { return value == Value::ran ? result.describe() : reason; }
};

/// What a command on another machine is told, and what is heard of it before it ends.
struct SshTalk {
    std::string_view input = {};  ///< its standard input, which ends behind that
    std::function<void(std::string_view line)> on_error_line =
        {};  ///< each whole line of its stderr, once; from the thread that waits for it
};

/// A host's public key as a server shows it.
struct HostKey {
    std::string type;         ///< "ssh-ed25519"
    std::string base64;       ///< the key itself, as in known_hosts
    std::string fingerprint;  ///< "SHA256:…"
};

struct HostKeyAnswer {
    std::vector<HostKey> keys;
    std::string problem;  ///< why there are none
};

/// A socket of this machine behind which a command on another machine is. As long as it lives, each connection to the socket has a run of
/// the command of its own, whose standard input and output it is; then the connections end, and the socket is removed.
class SshForward {
public:
    virtual ~SshForward() = default;
    /// What went wrong with a connection, the other side's own words among it; empty when nothing did so far.
    virtual std::string problem() const = 0;
};

/// Commands on guests and peers. Keys only; host keys are verified against svcmgr's own known_hosts; one connection to a
/// target serves all the commands of a run, also of several threads.
class Ssh {
public:
    virtual ~Ssh() = default;
    /// Runs `argv` there, quoted for the remote shell. Never throws.
    virtual SshOutcome run(const SshTarget& target, const Argv& argv, Deadline deadline, const CommandLimits& limits = {}) = 0;
    /// The same for one that is told something, or listened to. What it reads may be only a part of `input` when it ends before.
    virtual SshOutcome talk(const SshTarget& target, const Argv& argv, const SshTalk& talk, Deadline deadline,
                            const CommandLimits& limits = {}) = 0;
    /// Offers `argv` there at `socket` here, for programs that can't be given a descriptor. What is at that path is replaced; only root may
    /// connect. It goes on whatever signal is pending: whoever has it ends it. Throws Error when there can be no such socket.
    virtual std::unique_ptr<SshForward> forward(const SshTarget& target, const Argv& argv, const Path& socket) = 0;
    /// Asks a server for its key without authenticating and without trusting it.
    virtual HostKeyAnswer host_key(const SshTarget& target, Deadline deadline) = 0;
    /// Describes the public key in `text`, one line as in `id_ed25519.pub` or `ssh_host_ed25519_key.pub`; else why it is none.
    virtual tl::expected<HostKey, std::string> read_public_key(std::string_view text) = 0;
};

/// The one place that builds a remote command line: each argument quoted so that a POSIX shell reads it back byte for byte.
/// Arguments can't contain NUL (the protocol of argument vectors has none).
std::string quote_for_shell(const Argv& argv);

}  // namespace svcmgr
