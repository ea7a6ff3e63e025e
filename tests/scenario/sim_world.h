#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "drivers/files/memory_files.h"
#include "drivers/host.h"
#include "drivers/network/network.h"
#include "tests/scenario/sim_database.h"
#include "tests/scenario/sim_disks.h"
#include "tests/scenario/sim_guest.h"
#include "tests/scenario/sim_hypervisor.h"
#include "tests/scenario/sim_mounts.h"
#include "tests/scenario/sim_scheduler.h"

namespace svcmgr::sim {

class SimWorld;
class Process;

/// What a program of the node does when it is run.
struct ProgramModel {
    Duration takes = std::chrono::milliseconds(10);
    int exit_code = 0;
    std::string prints;
    std::string says;    ///< on stderr
    bool hangs = false;  ///< until its deadline
    // Of a launcher: the application that it starts, stops, or is asked about (0 when it runs, 1 when not).
    std::string starts;
    std::string stops;
    std::string checks;
};

/// A node: its files, its databases, its hypervisors and the processes that run on it.
class Node {
public:
    Node(SimWorld& world, std::string name);

    const std::string& name() const { return name_; }
    std::string boot_id() const;
    MemoryFiles& files() { return files_; }
    DatabaseDisk& databases() { return databases_; }
    enum class Disk { fine, full, read_only };
    /// The file system under /var.
    void set_disk(Disk disk);

    /// The hypervisor of a technology; each exists, with no guests, from the beginning.
    HypervisorModel& hypervisor(const std::string& type);
    std::map<std::string, HypervisorModel>& hypervisors() { return hypervisors_; }
    /// Technologies whose module is not installed here.
    std::set<std::string, std::less<>> without;

    /// Programs by their command line, or by their name alone; there are no others.
    std::map<std::string, ProgramModel> programs;

    Mounting& mounts() { return mounts_; }
    /// Shared disks, by the device that is the path to them.
    std::map<Path, DiskWay> disk_ways;
    /// What runs here beside guests.
    std::set<std::string> applications;
    /// Adapters and the addresses that are on them; scenarios give some.
    AddressTable adapters;
    std::vector<AdapterAddress> configured_addresses;  ///< what a reboot leaves of them

    std::map<int, Process*>& processes() { return processes_; }
    /// Also those that were killed and whose threads have not yet noticed.
    int unfinished_processes = 0;
    Caller caller{"root", "", ""};
    /// What the editor of the person at the terminal leaves in a file; nothing: it fails.
    std::optional<std::string> editor_writes;

    /// How its sshd answers its peers.
    enum class Ssh { fine, refused, silent, key_unknown, key_changed, not_authorised } ssh = Ssh::fine;
    bool has_svcmgr = true;
    std::string unknown_question;  ///< of peers, which its svcmgr does not know yet
    std::string other_version;     ///< of its svcmgr, whose answers are of another schema
    bool limits_keys = false;      ///< those of its peers are good for `svcmgr peer` only
    /// By how much its clock differs from the others'.
    std::chrono::microseconds clock_off{0};

    /// Power off and on again: everything that ran is gone, and what was not synced.
    void reboot();

private:
    SimWorld& world_;
    std::string name_;
    int boots_ = 1;
    MemoryFiles files_;
    Mounting mounts_{files_};
    DatabaseDisk databases_;
    std::map<std::string, HypervisorModel> hypervisors_;
    std::map<int, Process*> processes_;  ///< that are alive, by pid
};

/// Nodes, guests and the network between them, in memory, with a clock that jumps. Everything that is written about it is a line of
/// `transcript`, which scenarios compare.
class SimWorld {
public:
    /// Of the scheduler: 0 is the plain order.
    explicit SimWorld(std::uint64_t seed);
    ~SimWorld();
    SimWorld(const SimWorld&) = delete;
    SimWorld& operator=(const SimWorld&) = delete;

    /// By how much somebody has set the clocks of all nodes; what passes between two moments does not change.
    std::chrono::microseconds clock_set_by{0};

    Scheduler& scheduler() { return scheduler_; }
    Clock& clock() { return *clock_; }
    const Signals& no_signals() const { return *no_signals_; }

    Node& add_node(const std::string& name);
    Node* find_node(const std::string& name);
    std::map<std::string, std::unique_ptr<Node>>& nodes() { return nodes_; }
    /// Disks that nodes share, by id.
    std::map<std::string, DiskModel>& disks() { return disks_; }
    GuestModel& add_guest(const std::string& name);
    GuestModel* find_guest(const std::string& name);
    std::map<std::string, GuestModel>& guests() { return guests_; }

    /// The network. Names of nodes and guests' hostnames.
    struct Network {
        std::set<std::string> unresolvable;                 ///< names without an address
        std::set<std::string> elsewhere;                    ///< names that another machine answers to
        std::set<std::pair<std::string, std::string>> cut;  ///< packets between these are lost
        Duration delay = std::chrono::milliseconds(1);
    };
    Network network;
    /// The guest whose hostname or address this is; null when there is none.
    GuestModel* guest_at(const std::string& name_or_address);
    /// Its addresses; empty when it has none.
    std::vector<std::string> addresses_of(const std::string& name);
    /// A running instance of the guest that `from` can reach, and since when it runs; null when there is none.
    const InstanceModel* reachable(const std::string& from, const GuestModel& guest);

    /// Where a guest exists now: nodes on which it runs, is paused or is on its way.
    std::vector<std::string> homes(const std::string& guest);

    /// A line of the transcript, with the time.
    void log(const std::string& text);
    const std::vector<std::string>& transcript() const { return transcript_; }
    /// Something outside of svcmgr's memory is not as it was before: kills before and after differ.
    void happened();
    std::uint64_t version() const { return version_; }
    /// An effect: a line of the transcript that says what became different.
    void effect(const std::string& text);
    std::uint64_t effects() const { return effects_; }
    /// The last effect, or the last line that a command printed, also of one that runs quietly.
    const std::string& last_happening() const { return last_happening_; }
    void set_last_happening(std::string text) { last_happening_ = std::move(text); }
    /// Called after each effect.
    std::function<void(const std::string& text)> on_effect;

    int next_pid() { return ++last_pid_; }

    /// A command that one node runs on another by ssh. It goes on when nobody waits for it any more.
    struct RemoteRun {
        std::unique_ptr<Process> process;
        std::ostringstream out, err;
        std::string input;
    };
    /// What svcmgr does in a process; returns its exit code. Set by who plays scenarios.
    std::function<int(Process&, const std::vector<std::string>& words, const std::string& input, std::ostream& out, std::ostream& err)>
        svcmgr;
    RemoteRun& run_on(Node& node, std::vector<std::string> words, std::string input);
    bool remote_runs_ended() const;

private:
    Scheduler scheduler_;
    std::unique_ptr<Clock> clock_;
    std::unique_ptr<Signals> no_signals_;
    std::map<std::string, std::unique_ptr<Node>> nodes_;
    std::vector<std::unique_ptr<RemoteRun>> remote_runs_;
    std::map<std::string, GuestModel> guests_;
    std::map<std::string, DiskModel> disks_;
    std::vector<std::string> transcript_;
    std::uint64_t version_ = 0;
    std::uint64_t effects_ = 0;
    std::string last_happening_;
    int last_pid_ = 100;
};

/// The wall clock when a simulation begins: 2026-11-20 10:00:00 UTC.
WallTime first_wall_time();

/// "12.345" seconds of virtual time.
std::string time_text(Moment moment);

}  // namespace svcmgr::sim
