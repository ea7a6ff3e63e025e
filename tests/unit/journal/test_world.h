#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/clock.h"
#include "drivers/files/memory_files.h"
#include "drivers/files/real_files.h"
#include "drivers/process/processes.h"
#include "drivers/real_signals.h"
#include "drivers/signals.h"
#include "drivers/world.h"

namespace svcmgr {

/// A clock that stands still until it is told otherwise. Begins at 2026-11-20 10:00:00 UTC.
class TestClock : public Clock {
public:
    Moment now() const override { return now_; }
    WallTime wall() const override { return wall_; }
    void sleep_until(Moment until) override { advance(until - now_); }

    void advance(Duration by) {
        now_ += by;
        wall_ += std::chrono::duration_cast<std::chrono::microseconds>(by);
    }
    /// Somebody sets the clock: deadlines and durations must not notice.
    void set_wall(Duration by) { wall_ += std::chrono::duration_cast<std::chrono::microseconds>(by); }

private:
    Moment now_{std::chrono::hours(1)};
    WallTime wall_{std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + std::chrono::hours(10)};
};

class TestSignals : public Signals {
public:
    int pending() const override { return 0; }
    int take() override { return 0; }
};

/// Processes are alive unless they are among the dead.
class TestProcesses : public Processes {
public:
    CommandResult run(const Argv&, Deadline, const CommandLimits&, std::string_view) override { return {}; }
    CommandResult run_in(const Surroundings&, const Argv&, Deadline, const CommandLimits&) override { return {}; }
    std::vector<ProcessInfo> list() const override { return {}; }
    ProcessId self() const override { return {"boot-1", 100, 5}; }
    bool alive(const ProcessId& process) const override { return !is_dead(process); }

    std::function<bool(const ProcessId&)> is_dead = [](const ProcessId&) { return false; };
};

/// Parts that stand still, around the given files. What the journal has no business with is nobody: to talk to it ends the test.
struct TestParts {
    TestClock clock;
    TestSignals signals;
    TestProcesses processes;

    World world(Files& files) {
        return {clock,     signals,           nobody<Tasks>(), nobody<Host>(),        files,
                processes, nobody<Network>(), nobody<Ssh>(),   nobody<Hypervisors>(), nobody<Reservations>()};
    }

private:
    alignas(64) char nobody_[64] = {};
    template <typename Part>
    Part& nobody() {
        return reinterpret_cast<Part&>(nobody_);
    }
};

/// Real files in a directory of their own, which goes with the object.
class TestDirectory {
public:
    TestDirectory();
    ~TestDirectory();
    TestDirectory(const TestDirectory&) = delete;
    TestDirectory& operator=(const TestDirectory&) = delete;

    const Path& path() const { return path_; }
    Path database() const { return path_ + "/state/svcmgr.db"; }

private:
    Path path_;
};

/// A whole world with real files.
class TestWorld : public TestParts, public TestDirectory {
public:
    RealSignals real_signals;
    RealFiles files{real_signals};
    World world() { return TestParts::world(files); }
};

/// Runs `work` in a child process and returns what it complained about, or how it died; empty when all was well.
/// `work` complains by throwing or by calling `complain`.
using Complain = std::function<void(const std::string&)>;
std::string in_child(const std::function<void(const Complain&)>& work);
/// The same, in several child processes at once; they count from 0.
std::string in_children(int count, const std::function<void(int child, const Complain&)>& work);

/// The same, in mount points of its own. Nothing where the system does not allow that: the caller says that it skips.
std::optional<std::string> in_child_with_mounts(const std::function<void(const Complain&)>& work);

/// In such a child: a file system of its own at `path`, `kib` large.
void mount_memory_disk(const Path& path, int kib);
void make_read_only(const Path& path);
void remount_writable(const Path& path);
void unmount(const Path& path);

}  // namespace svcmgr
