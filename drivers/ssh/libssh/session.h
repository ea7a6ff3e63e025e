#pragma once

#include <memory>
#include <string>

#include <tl/expected.hpp>

#include "drivers/ssh/libssh/handles.h"
#include "drivers/ssh/libssh/patience.h"
#include "drivers/ssh/libssh/transport.h"
#include "drivers/ssh/settings.h"
#include "drivers/ssh/ssh.h"

namespace svcmgr {

/// An authenticated connection to a host whose key is the recorded one. Used by one thread at a time.
class Session {
public:
    /// Failures are those of SshOutcome that come before a command runs.
    static tl::expected<std::unique_ptr<Session>, SshOutcome> open(const World& world, const SshSettings& settings, const SshTarget& target,
                                                                   const Patience& patience);
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    ~Session();

    ssh_session handle() const { return transport_.session.get(); }
    ssh_event event() const { return event_.get(); }
    /// How messages name the other side.
    const std::string& server() const { return server_; }

private:
    Session(Transport transport, std::string server);

    Transport transport_;
    std::string server_;
    EventHandle event_;
};

}  // namespace svcmgr
