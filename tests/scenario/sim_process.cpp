#include "tests/scenario/sim_process.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "drivers/error.h"
#include "tests/scenario/sim_isolation.h"
#include "tests/scenario/sim_network.h"

namespace svcmgr::sim {

namespace {

/// A process that calls and calls while no time passes and nothing changes would never end.
constexpr std::uint64_t most_calls_without_progress = 200'000;

class SimClock : public Clock {
public:
    explicit SimClock(Process& process) : process_(process) {}
    Moment now() const override {
        process_.call();
        return process_.sim().scheduler().now();
    }
    WallTime wall() const override {
        process_.call();
        return process_.sim().clock().wall() + process_.node().clock_off;
    }
    void sleep_until(Moment until) override {
        process_.call();
        process_.pause(until, "time to pass");
    }

private:
    Process& process_;
};

class SimSignals : public Signals {
public:
    explicit SimSignals(Process& process) : process_(process) {}
    int pending() const override {
        process_.call();
        return process_.pending_signal();
    }
    int take() override {
        process_.call();
        return process_.take_signal();
    }

private:
    Process& process_;
};

class SimTaskGroup : public TaskGroup {
public:
    explicit SimTaskGroup(Process& process) : process_(process) {}

    ~SimTaskGroup() override {
        // Does not throw, whatever happened to the process: its tasks refer to what the caller is about to destroy.
        process_.sim().scheduler().wait([this] { return running_ == 0; }, Scheduler::never, "its tasks to end");
    }

    Id spawn(std::function<void()> work) override {
        process_.call();
        const Id id = ++last_id_;
        ++running_;
        process_.sim().scheduler().start(&process_, [this, id, work = std::move(work)] {
            try {
                work();
            } catch (const Killed&) {
            }
            --running_;
            ended_.push_back(id);
        });
        return id;
    }

    std::optional<Id> wait_any(Deadline deadline) override {
        process_.call();
        process_.wait([this] { return !ended_.empty() || running_ == 0; }, deadline.at(), "one of its tasks to end");
        if (ended_.empty()) return std::nullopt;
        const Id id = ended_.front();
        ended_.erase(ended_.begin());
        return id;
    }

private:
    Process& process_;
    Id last_id_ = 0;
    int running_ = 0;
    std::vector<Id> ended_;
};

class SimTasks : public Tasks {
public:
    explicit SimTasks(Process& process) : process_(process) {}
    std::unique_ptr<TaskGroup> group() override {
        process_.call();
        return std::make_unique<SimTaskGroup>(process_);
    }

private:
    Process& process_;
};

class SimHost : public Host {
public:
    explicit SimHost(Process& process) : process_(process) {}
    std::string nodename() const override { return process_.node().name(); }
    std::string boot_id() const override { return process_.node().boot_id(); }
    Caller caller() const override { return process_.node().caller; }
    std::uint32_t user_id() const override { return 0; }
    std::optional<std::string> environment(const std::string& name) const override {
        return name == "SSH_ORIGINAL_COMMAND" ? process_.ssh_command : std::nullopt;
    }

private:
    Process& process_;
};

/// The node's files, as this process sees them.
class SimFiles : public Files {
public:
    SimFiles(Process& process, Clock& clock, const Signals& signals)
        : process_(process), files_(process.node().files().seen_by(clock, signals)) {}

    tl::expected<std::string, FileProblem> read(const Path& path, std::size_t limit) const override { return look().read(path, limit); }
    tl::expected<std::vector<std::string>, FileProblem> list(const Path& directory) const override { return look().list(directory); }
    tl::expected<FileFacts, FileProblem> facts(const Path& path) const override { return look().facts(path); }
    tl::expected<FileFacts, FileProblem> link_facts(const Path& path) const override { return look().link_facts(path); }
    tl::expected<Path, FileProblem> real_path(const Path& path) const override { return look().real_path(path); }
    tl::expected<Path, FileProblem> read_link(const Path& path) const override { return look().read_link(path); }
    tl::expected<std::uint64_t, FileProblem> free_bytes(const Path& path) const override { return look().free_bytes(path); }
    tl::expected<std::string, FileProblem> read_part(const Path& path, std::uint64_t offset, std::size_t limit) const override {
        return look().read_part(path, offset, limit);
    }
    std::optional<std::string> lock_holder(const Path& path) const override { return look().lock_holder(path); }
    std::string database_name(const Path& path) const override { return process_.node().databases().name_of(path); }

    void replace(const Path& path, std::string_view content, std::uint32_t mode) override {
        change([&] { files_.replace(path, content, mode); });
    }
    void append(const Path& path, std::string_view content, std::uint32_t mode) override {
        if (path == "/proc/sysrq-trigger") return reset(content);
        change([&] { files_.append(path, content, mode); });
    }
    void make_directories(const Path& path, std::uint32_t mode) override {
        if (const auto facts = look().facts(path); facts && facts->kind == FileFacts::Kind::directory) return;
        change([&] { files_.make_directories(path, mode); });
    }
    void remove(const Path& path) override {
        change([&] { files_.remove(path); });
    }
    void rename(const Path& from, const Path& to) override {
        change([&] { files_.rename(from, to); });
    }
    tl::expected<std::unique_ptr<FileLock>, LockHeld> lock(const Path& path, std::string_view holder, Deadline deadline) override {
        process_.call();
        auto taken = files_.lock(path, holder, deadline);
        process_.sim().happened();
        return taken;
    }

private:
    /// The kernel does it at once; this process does not see it return.
    void reset(std::string_view letter) {
        process_.call();
        process_.sim().effect(fmt::format("{} is reset ({})", process_.node().name(), letter));
        process_.node().reboot();
        process_.call();
    }
    const MemoryFiles& look() const {
        process_.call();
        return files_;
    }
    template <typename Change>
    void change(Change what) {
        process_.call();
        what();
        process_.sim().happened();
    }

    Process& process_;
    MemoryFiles files_;
};

class SimProcesses : public Processes {
public:
    explicit SimProcesses(Process& process) : process_(process) {}

    CommandResult run(const Argv& argv, Deadline deadline, const CommandLimits&, std::string_view) override {
        process_.call();
        CommandResult result;
        const ProgramModel* program = find(argv);
        if (program == nullptr && (mount(argv, deadline, result) || change_network(argv, deadline, result))) return result;
        if (program == nullptr) {
            result.not_started = fmt::format("{} is not installed", argv.empty() ? "" : argv.front());
            return result;
        }
        const Moment end = program->hangs ? Scheduler::never : process_.sim().scheduler().now() + program->takes;
        if (process_.pause(std::min(end, deadline.at()), argv.front()) == Process::Woken::by_signal) {
            result.signal = process_.pending_signal();
            return result;
        }
        result.timed_out = process_.sim().scheduler().now() < end;
        if (result.timed_out) return result;
        result.exit_code = program->exit_code;
        result.out = program->prints;
        result.err = program->says;
        if (result.exit_code == 0) act(*program, result);
        return result;
    }
    CommandResult run_in(const Surroundings& around, const Argv& argv, Deadline deadline, const CommandLimits& limits) override {
        CommandResult result = run(argv, deadline, limits, {});
        if (around.output.empty()) return result;
        process_.node().files().put(around.output, result.out + result.err, 0600);
        result.out.clear();
        result.err.clear();
        return result;
    }
    std::vector<ProcessInfo> list() const override {
        process_.call();
        std::vector<ProcessInfo> all;
        for (const auto& [pid, process] : process_.node().processes()) all.push_back({pid, {"svcmgr"}});
        return all;
    }
    ProcessId self() const override { return process_.id(); }
    bool alive(const ProcessId& process) const override {
        process_.call();
        const auto& processes = process_.node().processes();
        const auto found = processes.find(process.pid);
        return found != processes.end() && found->second->id() == process;
    }

private:
    bool change_network(const Argv& argv, Deadline deadline, CommandResult& result) {
        constexpr Duration takes = std::chrono::milliseconds(5);
        Node& node = process_.node();
        const auto done = run_ip(node.files(), argv, node.name());
        if (!done) return false;
        if (!done->effect.empty()) changed(done->effect);
        process_.pause(std::min(process_.sim().scheduler().now() + takes, deadline.at()), argv.front());
        result.exit_code = done->exit_code;
        result.err = done->err;
        return true;
    }

    /// Whether it is one of the programs about mounts.
    bool mount(const Argv& argv, Deadline deadline, CommandResult& result) {
        constexpr Duration takes = std::chrono::milliseconds(20);
        Node& node = process_.node();
        const auto done = node.mounts().run(argv, node.name());
        if (!done) return false;
        if (!done->effect.empty()) changed(done->effect);
        process_.pause(std::min(process_.sim().scheduler().now() + takes, deadline.at()), argv.front());
        result.exit_code = done->exit_code;
        result.err = done->err;
        return true;
    }

    void act(const ProgramModel& program, CommandResult& result) {
        auto& applications = process_.node().applications;
        const std::string& name = process_.node().name();
        if (!program.checks.empty()) result.exit_code = applications.contains(program.checks) ? 0 : 1;
        if (!program.starts.empty() && applications.insert(program.starts).second)
            changed(fmt::format("{} runs on {}", program.starts, name));
        if (!program.stops.empty() && applications.erase(program.stops) != 0) changed(fmt::format("{} ends on {}", program.stops, name));
    }

    void changed(const std::string& effect) {
        process_.acted(effect);
        process_.sim().effect(effect);
    }

    const ProgramModel* find(const Argv& argv) const {
        if (argv.empty()) return nullptr;
        const auto& programs = process_.node().programs;
        auto found = programs.find(fmt::format("{}", fmt::join(argv, " ")));
        if (found == programs.end()) found = programs.find(argv.front());
        return found == programs.end() ? nullptr : &found->second;
    }

    Process& process_;
};

class SimHypervisors : public Hypervisors {
public:
    explicit SimHypervisors(Process& process) : process_(process) {}

    Hypervisor& get(std::string_view type) override {
        process_.call();
        const std::string name(type);
        if (process_.node().without.contains(name))
            throw Error(Error::Code::unreachable, fmt::format("svcmgr-{}.so is not installed", name), "",
                        fmt::format("install the package svcmgr-{}", name));
        auto& driver = drivers_[name];
        if (!driver) driver = std::make_unique<SimHypervisor>(process_, process_.node().hypervisor(name));
        return *driver;
    }

private:
    Process& process_;
    std::map<std::string, std::unique_ptr<SimHypervisor>> drivers_;
};

}  // namespace

struct Process::Parts {
    explicit Parts(Process& process)
        : clock(process),
          signals(process),
          tasks(process),
          host(process),
          files(process, clock, signals),
          processes(process),
          network(process),
          ssh(process),
          hypervisors(process),
          scsi(process) {}

    SimClock clock;
    SimSignals signals;
    SimTasks tasks;
    SimHost host;
    SimFiles files;
    SimProcesses processes;
    SimNetwork network;
    SimSsh ssh;
    SimHypervisors hypervisors;
    SimScsiTransport scsi;
    ScsiReservations reservations{scsi, clock};
};

Process::Process(SimWorld& world, Node& node, int pid)
    : world_(world), node_(node), id_{node.boot_id(), pid, 0}, parts_(std::make_unique<Parts>(*this)) {
    constexpr Duration tick = std::chrono::milliseconds(10);
    id_.start_ticks = static_cast<std::uint64_t>(world.scheduler().now().time_since_epoch() / tick);
}

Process::Process(SimWorld& world, Node& node) : Process(world, node, world.next_pid()) {}
Process::Process(SimWorld& world, Node& node, Inspector) : Process(world, node, 0) {}

Process::~Process() = default;

World Process::world() {
    return {parts_->clock,     parts_->signals, parts_->tasks, parts_->host,        parts_->files,
            parts_->processes, parts_->network, parts_->ssh,   parts_->hypervisors, parts_->reservations};
}

std::string Process::name() const {
    return fmt::format("{}[{}]", node_.name(), id_.pid);
}

void Process::run(std::function<int()> main) {
    node_.processes().emplace(id_.pid, this);
    ++node_.unfinished_processes;
    world_.scheduler().start(this, [this, main = std::move(main)] {
        try {
            exit_code_ = main();
        } catch (const Killed&) {
            exit_code_ = 137;
        }
        if (dead_) exit_code_ = 137;
        ended_ = true;
        ended_at_ = world_.scheduler().now();
        node_.processes().erase(id_.pid);
        --node_.unfinished_processes;
        world_.happened();
    });
}

void Process::signal(int number) {
    if (ended_ || pending_signal_ != 0) return;
    pending_signal_ = number;
    if (first_signal_ == 0) first_signal_ = number;
    world_.happened();
}

void Process::kill() {
    if (ended_) return;
    dead_ = true;
    // From this moment on it is nobody: what asks whether it is alive need not wait until its threads have noticed.
    node_.processes().erase(id_.pid);
    world_.happened();
}

void Process::call() {
    if (dead_) throw Killed{};
    if (Scheduler::process_of_this_thread() != this) return;  // the scenario looks through the World of a process
    place();
    if (dead_) throw Killed{};
    if (last_progress_ != world_.scheduler().now()) {
        last_progress_ = world_.scheduler().now();
        calls_without_progress_ = 0;
    }
    if (++calls_without_progress_ > most_calls_without_progress) {
        world_.log(fmt::format("{} calls for ever without waiting: a busy loop", name()));
        kill();
        throw Killed{};
    }
    world_.scheduler().perhaps_yield();
    if (dead_) throw Killed{};
}

void Process::place() {
    if (seen_version_ == world_.version()) return;
    seen_version_ = world_.version();
    calls_without_progress_ = 0;
    ++places_;
    if (on_place) on_place(places_);
}

void Process::world_changed() {
    if (!ended_ && !dead_) place();
}

Process::Woken Process::pause(Moment until, const std::string& what) {
    return wait([] { return false; }, until, what);
}

Process::Woken Process::wait(const std::function<bool()>& ready, Moment until, const std::string& what) {
    place();
    world_.scheduler().wait([&] { return dead_ || pending_signal_ != 0 || ready(); }, until, what);
    if (dead_) throw Killed{};
    return pending_signal_ != 0 ? Woken::by_signal : Woken::by_time;
}

}  // namespace svcmgr::sim
