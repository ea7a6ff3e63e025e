#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "drivers/clock.h"
#include "drivers/error.h"
#include "drivers/files/files.h"
#include "drivers/hypervisor/guest_networks.h"
#include "drivers/options.h"
#include "drivers/process/processes.h"
#include "drivers/ssh/ssh.h"

namespace svcmgr {

/// What a look at a guest returned.
struct GuestState {
    enum class Value {
        running,
        paused,    ///< it exists and does not run: suspended by a person, by an I/O error, by a watchdog …
        stopped,   ///< defined, not running
        changing,  ///< on its way: shutting down, migrating, being saved
        crashed,
        completed,  ///< of one that runs once: it has ended as it should
        absent,     ///< the hypervisor answered, and knows no such guest
        unknown,    ///< the hypervisor did not answer; never taken for stopped
    };
    /// What the guest's own check says of it while it runs, where it has one.
    enum class Health { unchecked, starting, healthy, unhealthy };
    Value value = Value::unknown;
    std::string reason;                 ///< in the hypervisor's words: "paused (I/O error)"; always set for `unknown`
    std::vector<std::string> warnings;  ///< true besides: "autostart is on", "libvirtd is stopped; found by its process 4711"
    std::vector<std::string> notes;     ///< worth knowing and nothing wrong: what it said last before it ended
    Health health = Health::unchecked;
    int vcpus = 0;                 ///< 0 when not known; a look at several guests need not find it out
    std::uint64_t memory_kib = 0;  ///< likewise
    /// Of the network, as its technology knows them without asking the guest; likewise. None does not say that it has none.
    std::vector<std::string> addresses = {};

    /// The reason, or the value's word where there is none.
    std::string describe() const;
    bool exists_here() const {
        return value == Value::running || value == Value::paused || value == Value::changing || value == Value::crashed;
    }
};

const char* to_string(GuestState::Value value) noexcept;

/// A guest as its env file describes it.
struct Guest {
    std::string name;               ///< the hypervisor's name of it
    std::string hostname;           ///< the name under which it is reached over the network
    bool windows = false;           ///< nothing can be run inside over ssh
    std::string ssh_user = "root";  ///< for commands inside, where they go over ssh
    int ssh_port = 22;
    /// By which its owner knows it, whatever its name: "svcmgr.service" … A technology that can attach labels does, and finds it by them.
    std::map<std::string, std::string> labels = {};
    /// It does its work and ends: not a failure, and what comes behind it waits for that.
    bool runs_once = false;
    /// Where its service mounts file systems before it is started: what is below need not be there while it is down.
    std::vector<Path> mount_points = {};
    /// Its container's section, with the keywords of the technology; null where nobody says anything but what is above.
    std::shared_ptr<const Options> section = nullptr;
    /// Which one that its section makes is to have; empty where its definition, or its technology, says it.
    std::string uuid = {};
    /// Whether this host is of its disaster recovery site: a guest that is started here is told so, where its technology can
    /// (contract.md 5.0).
    bool at_drp_site = false;
    /// Of a copy that was started of a guest (copies.h): its directory. Empty for a guest.
    Path copy_directory = {};
    /// Those that it is connected to before it is started, of a technology with `networks`; the first one's is its default route.
    std::vector<GuestNetwork> networks = {};
};

enum class StopMode {
    ask,    ///< tell the guest to shut down; returns once it was told, not once it is down
    force,  ///< take its power away; returns once it is gone
};

/// A disk that a hypervisor gives to a guest.
struct GuestDisk {
    enum class Kind { block, file, network, volume, other } kind = Kind::other;
    std::string source;  ///< device, file, "protocol://host/name", or "pool/volume" when its path is not known; empty for an empty drive
    std::string target;  ///< the name inside: "vda"
    std::string device;  ///< "disk", "lun", "cdrom", "floppy"
    std::string bus;     ///< "virtio", "scsi", "ide" …
    std::string serial;  ///< as given to the guest; empty when none
    bool readonly = false;
    std::uint64_t size = 0;  ///< bytes that the guest sees, 0 when not known
};

enum class Capability {
    start,
    pause,
    live_migration,
    run_inside,  ///< through the hypervisor itself rather than over ssh
    disks,
    definition,
    output,  ///< what it wrote is kept and can be read
};

struct Capabilities {
    std::set<Capability> can;
    std::string problem;  ///< why guests can't run on this host at all; empty when they can

    bool has(Capability capability) const { return can.contains(capability); }
};

/// What can be known of a start before anything is changed.
struct StartOutlook {
    std::optional<Error> obstacle;  ///< why it would fail; nothing when nothing is known to be in its way
    std::string preparation;        ///< why `prepare` has to come first: "the image nginx:1.25 is not here"; empty when it need not
};

/// Which part of a guest's output is wanted.
struct OutputRange {
    std::size_t lines = 50;  ///< the last ones
    std::string after = {};  ///< those behind the `mark` of an earlier answer; empty: whatever there is
};

/// What a guest wrote.
struct GuestOutput {
    std::vector<std::string> lines;  ///< each with its time in front, "2026-11-20T10:00:00.123456789Z"
    std::string mark;                ///< where it ends, for the next OutputRange
    std::string problem;             ///< why there is nothing, or why there may be more; empty otherwise
};

class LiveMigration;

/// Told what goes on while something takes its time, one line each.
using Tell = std::function<void(const std::string&)>;

/// A technology that runs guests. Knows nothing of services. What it can't do is a capability that it does not declare.
///
/// Looking (`capabilities`, `look`, `outlook`, `output`, `disks`, `definition`) never throws and answers within its deadline, also when the
/// hypervisor hangs; changing throws Error. Calls may come from several threads at once.
class Hypervisor {
public:
    virtual ~Hypervisor() = default;

    virtual Capabilities capabilities(Deadline deadline) = 0;
    /// One query for all of them; the answers are in the order of the guests.
    virtual std::vector<GuestState> look(std::span<const Guest> guests, Deadline deadline) = 0;

    /// Of a guest that is down.
    virtual StartOutlook outlook(const Guest&, Deadline) { return {}; }
    /// Fetches what a start needs and does not find here: an image. Changes no guest.
    virtual void prepare(const Guest&, const Tell&, Deadline) {}

    /// Makes the guest's definition effective on this host (the file that a peer replicated, where the technology has one) and starts it.
    /// Returns once the hypervisor says that it runs. Starting one that runs is an Error: the caller looks first.
    virtual void start(const Guest& guest, Deadline deadline) = 0;
    /// Asking and forcing are both the caller's decision. Stopping one that is stopped succeeds.
    virtual void stop(const Guest& guest, StopMode mode, Deadline deadline) = 0;
    /// Gives up what this host keeps of a guest that was seen stopped, so that another host can have it: a zone is detached, a domain
    /// unbound. Most technologies keep nothing. One that has nothing to give up, or is not stopped, is left alone.
    virtual void release(const Guest& guest [[maybe_unused]], Deadline deadline [[maybe_unused]]) {}
    /// Runs a command in the guest: by the hypervisor's own means where it has them, else over ssh.
    virtual SshOutcome run_inside(const Guest& guest, const Argv& argv, Deadline deadline) = 0;
    /// Of a technology with Capability::output.
    virtual GuestOutput output(const Guest&, const OutputRange&, Deadline) {
        return {{}, {}, "its hypervisor keeps no output of its guests"};
    }

    /// The guest's disks from its live and its stored definition; of a target that both have, the live one.
    struct Disks {
        std::vector<GuestDisk> disks;
        std::string problem;  ///< why there are none, or why there may be others; empty when the list is complete
    };
    virtual Disks disks(const Guest& guest, Deadline deadline) = 0;
    /// The files that a peer needs to be able to start the guest; only those that exist.
    virtual std::vector<Path> definition(const Guest& guest) = 0;
    /// Where these files are on this host, whether they exist or not: a peer may put a definition there and nowhere else. Empty for a
    /// technology whose guests have no files.
    virtual std::vector<Path> definition_places(const Guest& guest [[maybe_unused]]) { return {}; }
    /// The file by which a guest that boots at the disaster recovery site knows it, on this host (contract.md 5.0, 5.8, 5.9): whoever
    /// starts the guest makes it there, and removes it elsewhere. Nothing for a technology that has none, or tells it in its `start`, and
    /// while it can't be told.
    virtual std::optional<Path> drp_flag(const Guest& guest [[maybe_unused]]) { return std::nullopt; }

    /// What this host lacks of the names that the definition has for the guest's disks: "the device file /dev/rdisk/disk18 …"; empty when
    /// it has all, and for technologies whose disks have the same names everywhere. A look.
    virtual std::string missing_devices(const Guest& guest [[maybe_unused]], Deadline deadline [[maybe_unused]]) { return {}; }
    /// Makes them, of what `save_devices` kept on another host.
    virtual void restore_devices(const Guest& guest [[maybe_unused]], Deadline deadline [[maybe_unused]]) {}
    /// Keeps among the files of the definition which disks the names stand for here. Only of a guest that runs here: nothing else says that
    /// the names are right. Changes no guest.
    virtual void save_devices(const Guest& guest [[maybe_unused]], Deadline deadline [[maybe_unused]]) {}

    /// The network namespace of a guest that runs here, as a path that can be entered, "/proc/4711/ns/net"; else why there is none. A look.
    virtual tl::expected<Path, std::string> network_namespace(const Guest& guest [[maybe_unused]], Deadline deadline [[maybe_unused]]) {
        return tl::unexpected<std::string>("its technology has no network namespaces");
    }
    /// How its guests are connected to networks of the hypervisor's own; null where it has none. It belongs to this object.
    virtual GuestNetworks* networks() { return nullptr; }

    /// How its guests move to another host while they run (live_migration.h); null without Capability::live_migration. It belongs to this
    /// object.
    virtual LiveMigration* live_migration() { return nullptr; }
};

}  // namespace svcmgr
