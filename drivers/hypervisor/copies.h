#pragma once

#include <optional>
#include <string>

#include "drivers/clock.h"
#include "drivers/error.h"
#include "drivers/files/files.h"

namespace svcmgr {

struct Guest;

/// A copy of a guest that is started beside its own disks, and thrown away: a rehearsal of a disaster. It writes to layers above them and
/// never to them, and it is on one network of this host and on no other.
struct GuestCopy {
    std::string name;    ///< the hypervisor's name of it; no other guest has it
    Path directory;      ///< for what it writes: its own, made by its owner, empty before `make_copy`
    std::string bridge;  ///< of this host
};

/// What a Hypervisor is besides when it can start copies of guests. A copy is looked at like any guest, by its name and its directory
/// (Guest::copy_directory).
class CopiesGuests {
public:
    virtual ~CopiesGuests() = default;

    /// Why no copy of a guest that is down could be started on this host; nothing when nothing is known to be in its way. A look: never
    /// throws.
    virtual std::optional<Error> copy_outlook(const Guest& guest, Deadline deadline) = 0;
    /// Makes the layers of a copy in its directory. Reads the guest's own disks and writes nothing there. Throws Error.
    virtual void make_copy(const Guest& guest, const GuestCopy& copy, Deadline deadline) = 0;
    /// Starts it under its name, with a uuid and MAC addresses of its own. Throws Error.
    virtual void start_copy(const Guest& guest, const GuestCopy& copy, Deadline deadline) = 0;
    /// Takes its power away and lets the host forget it; returns once it is gone. One that is not there is no error; another guest of its
    /// name is left alone. Throws Error.
    virtual void end_copy(const GuestCopy& copy, Deadline deadline) = 0;
    /// Removes what `make_copy` and the copy itself wrote, of a copy that is gone. Throws Error.
    virtual void remove_layers(const GuestCopy& copy, Deadline deadline) = 0;
};

}  // namespace svcmgr
