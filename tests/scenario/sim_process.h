#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "drivers/files/memory_files.h"
#include "drivers/hypervisor/table.h"
#include "drivers/network/network.h"
#include "drivers/process/processes.h"
#include "drivers/signals.h"
#include "drivers/ssh/ssh.h"
#include "drivers/tasks.h"
#include "drivers/world.h"
#include "tests/scenario/sim_world.h"

namespace svcmgr::sim {

/// Thrown by every call into the World of a process that was killed, so that its threads end. Not a std::exception: product code
/// catches Error, and nothing of it runs after a real kill -9.
struct Killed {};

/// One run of svcmgr on a node: the World that it is given, and what may happen to it while it runs.
class Process {
public:
    Process(SimWorld& world, Node& node);
    /// For whoever looks at a node from outside, with a World that is never killed.
    struct Inspector {};
    Process(SimWorld& world, Node& node, Inspector);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    World world();
    Node& node() { return node_; }
    SimWorld& sim() { return world_; }
    const ProcessId& id() const { return id_; }
    std::string name() const;

    /// Runs `main` in a task of its own. Its result is the exit code.
    void run(std::function<int()> main);
    bool ended() const { return ended_; }
    Moment ended_at() const { return ended_at_; }
    int exit_code() const { return exit_code_; }
    bool killed() const { return dead_; }

    void signal(int number);
    /// As by SIGKILL.
    void kill();

    /// What each call into the World begins with: the places where a process can be killed, interrupted or overtaken.
    void call();
    /// Told each place, counted from 1, at which killing the process leaves another world than at the place before: the calls, the waits
    /// and the moments of a wait before which something has changed.
    std::function<void(int place)> on_place;
    /// Something changed while it was not its turn.
    void world_changed();

    /// It asked for a change of something that others see: a guest, an application. For the audits.
    void acted(const std::string& what) { acts_.push_back(what); }
    /// The network namespace in which it is now; empty: the node's own.
    std::string network_entered;
    /// What sshd was asked for when it was limited to this process's command; nothing: it was not sshd that began it, or no limit was set.
    std::optional<std::string> ssh_command;
    const std::vector<std::string>& acts() const { return acts_; }

    enum class Woken { by_time, by_signal };
    /// Waits until `until`, not longer than until a signal comes. Throws Killed.
    Woken pause(Moment until, const std::string& what);
    /// The same, and returns early when `ready` is true.
    Woken wait(const std::function<bool()>& ready, Moment until, const std::string& what);
    int pending_signal() const { return pending_signal_; }
    int take_signal() { return std::exchange(pending_signal_, 0); }
    /// The first signal that was sent to it, 0 when none was.
    int first_signal() const { return first_signal_; }

private:
    void place();

    struct Parts;
    Process(SimWorld& world, Node& node, int pid);

    SimWorld& world_;
    Node& node_;
    ProcessId id_;
    std::unique_ptr<Parts> parts_;
    bool dead_ = false;
    bool ended_ = false;
    int exit_code_ = -1;
    Moment ended_at_{};
    int pending_signal_ = 0;
    int first_signal_ = 0;
    int places_ = 0;
    std::vector<std::string> acts_;
    std::uint64_t seen_version_ = ~std::uint64_t{0};
    std::uint64_t calls_without_progress_ = 0;
    Moment last_progress_{};
};

}  // namespace svcmgr::sim
