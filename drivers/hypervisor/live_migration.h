#pragma once

#include <optional>
#include <string>

#include "drivers/error.h"
#include "drivers/hypervisor/hypervisor.h"
#include "drivers/ssh/ssh.h"

namespace svcmgr {

/// How this host reaches the hypervisor of another one: over ssh and nothing else.
struct WayThere {
    SshTarget host;
    Argv door;    ///< what, run there, talks to the hypervisor there (LiveMigration::door)
    Path socket;  ///< where on this host that can be had while the guest moves; its directory belongs to root alone
};

/// Guests that move to another host and go on running, of a technology with Capability::live_migration.
///
/// At every moment one of the two hosts at most runs the guest. It arrives paused: whoever moves it sees that it has left this host, and
/// has the other one go on with it. Whatever breaks before that leaves it here, running or paused, and perhaps a paused one there that has
/// never run; whatever breaks later leaves it there, paused. `go_on` and `turn_away` end both.
///
/// All throw Error, but for `obstacle`.
class LiveMigration {
public:
    virtual ~LiveMigration() = default;

    /// What another host has to know of a guest that runs here to say whether it could come there: in the technology's own words, at most
    /// 1 MiB. A look.
    virtual std::string describe(const Guest& guest, Deadline deadline) = 0;
    /// On the host that it would come to: what is in its way; nothing when nothing is known to be. `description` comes from the other
    /// host: all of it is checked. A look that never throws.
    virtual std::optional<Error> obstacle(const Guest& guest, const std::string& description, Deadline deadline) = 0;

    /// Moves a guest that runs here, and returns once it has left: it is paused there, and its definition stays on both hosts. On an Error,
    /// a signal or the deadline the move is broken off, and it runs here as before, unless the message says otherwise.
    virtual void migrate(const Guest& guest, const WayThere& way, const Tell& tell, Deadline deadline) = 0;

    /// On either host, once it is known which of them has the guest: runs what a move has left paused. A move that is still going on is
    /// broken off first. One that runs is left alone.
    virtual void go_on(const Guest& guest, Deadline deadline) = 0;
    /// On the host that it was to come to: ends what has arrived and is not to run, or is on its way. One that runs is an Error.
    virtual void turn_away(const Guest& guest, Deadline deadline) = 0;

    /// The program whose standard input and output lead to this host's hypervisor.
    virtual Argv door() const = 0;
};

}  // namespace svcmgr
