#pragma once

#include <string>
#include <vector>

#include "drivers/hypervisor/hypervisor.h"
#include "drivers/world.h"

namespace svcmgr::conformance {

/// Thrown by a stand for what can't be done on this machine: the case is skipped, for this reason.
struct Skipped {
    std::string reason;
};

/// Thrown by a stand for what its technology does not have: the case makes no sense for it, for this reason.
struct NotApplicable {
    std::string reason;
};

enum class GuestKind {
    ordinary,
    deaf,  ///< ignores a request to shut down
};

/// A machine with one technology on it, and what has to be done to it so that its driver can be tried: everything that a driver itself
/// can't do. What a stand can't do throws Skipped; what goes wrong throws Error.
class Stand {
public:
    virtual ~Stand() = default;
    virtual std::string technology() const = 0;
    virtual World world() = 0;
    virtual Hypervisor& driver() = 0;

    /// Whether the technology's answers are played from transcripts.
    virtual bool replays() const { return false; }
    /// Why a case makes no sense for this technology; empty when it does.
    virtual std::string lacks(const std::string& test_case [[maybe_unused]]) const { return {}; }
    /// What a look at this technology can tell.
    struct Promises {
        bool disks = true;
        GuestDisk::Kind disk_kind = GuestDisk::Kind::file;
        bool disk_details = true;  ///< a disk's target, bus, serial and size
    };
    virtual Promises promises() const { return {}; }
    /// How many threads a change takes while it waits for the daemon: the caller's, and those in which the driver waits.
    virtual int threads_of_a_change() const { return 2; }
    /// A case begins that makes sense for this technology.
    virtual void begin(const std::string& test_case [[maybe_unused]]) {}
    /// What went wrong in the case and was not the case's business: a call that the driver made too often, say. Asked before `restore`.
    virtual std::vector<std::string> complaints() { return {}; }
    /// Undoes what a case did: guests are gone, the daemon runs, and the next `driver` is a new one.
    virtual void restore() = 0;

    /// Defines a guest, stopped, with a disk of `disk_size` bytes and one vcpu. Its name was never used before.
    virtual Guest make(GuestKind kind) = 0;
    static constexpr std::uint64_t disk_size = 16 << 20;
    /// Defines guests that are never started.
    virtual std::vector<Guest> make_many(int count) = 0;
    /// A name that the technology allows and no guest has.
    virtual Guest nobody() const { return {"nobody", "nobody", false}; }

    /// Returns when the guest answers ssh and hears requests to shut down.
    virtual void wait_ready(const Guest& guest) = 0;
    virtual void pause(const Guest& guest) = 0;
    /// Its process exists and does nothing any more. `restore` ends it.
    virtual void freeze_process(const Guest& guest) = 0;
    /// What its disk is made of is gone, so that it can't start.
    virtual void remove_disk(const Guest& guest) = 0;
    virtual void set_autostart(const Guest& guest) = 0;
    /// A command of the guest's shell that ends with 0 when the guest was told that it starts at the disaster recovery site; empty where
    /// that is seen on its host alone.
    virtual std::string told_of_site() const { return {}; }

    /// The definition is replaced by one with two vcpus, as a peer does: the files are new, the hypervisor is not told.
    virtual void replicate_second_vcpu(const Guest& guest) = 0;
    /// The hypervisor never heard of the guest, and the files of its definition are there, as on a peer that they were replicated to.
    virtual void move_definition_to_new_node(const Guest& guest) = 0;
    /// The definition is replaced by one that says it is of another guest; returns the file that it is in.
    virtual Path replicate_wrong_guest(const Guest& guest) = 0;
    /// The definition is replaced by one that the hypervisor does not accept; returns the file that it is in.
    virtual Path replicate_nonsense(const Guest& guest) = 0;

    /// Guests go on running without the daemon.
    virtual void stop_daemon() = 0;
    virtual void kill_daemon() = 0;
    virtual void start_daemon() = 0;
    /// It exists and does nothing any more.
    virtual void freeze_daemon() = 0;
    virtual void thaw_daemon() = 0;
    /// Whether the driver has other means to find a running guest while the daemon does not run.
    virtual bool finds_guests_without_daemon() const { return false; }
};

}  // namespace svcmgr::conformance
