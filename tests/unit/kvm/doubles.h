#pragma once

#include <atomic>
#include <cerrno>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "drivers/clock.h"
#include "drivers/error.h"
#include "drivers/files/files.h"
#include "drivers/host.h"
#include "drivers/hypervisor/table.h"
#include "drivers/network/network.h"
#include "drivers/process/processes.h"
#include "drivers/signals.h"
#include "drivers/ssh/ssh.h"
#include "drivers/tasks.h"
#include "drivers/world.h"
#include "tests/scsi/no_reservations.h"

namespace svcmgr::test {

/// Time as it passes.
class SteadyClock : public Clock {
public:
    Moment now() const override { return Moment(std::chrono::steady_clock::now().time_since_epoch()); }
    WallTime wall() const override { return {}; }
    void sleep_until(Moment) override { throw Error(Error::Code::failed, "nobody sleeps here"); }
};

class SettableSignals : public Signals {
public:
    int pending() const override { return number; }
    int take() override { return number.exchange(0); }
    std::atomic<int> number{0};
};

class ListedFiles : public Files {
public:
    std::map<Path, std::string> content;
    std::map<Path, FileProblem> problems;

    tl::expected<std::string, FileProblem> read(const Path& path, std::size_t limit) const override {
        if (const auto problem = problems.find(path); problem != problems.end()) return tl::unexpected(problem->second);
        const auto file = content.find(path);
        if (file == content.end()) return tl::unexpected(FileProblem{ENOENT, "no such file"});
        if (file->second.size() > limit) return tl::unexpected(FileProblem{0, "larger than its limit"});
        return file->second;
    }
    tl::expected<FileFacts, FileProblem> facts(const Path& path) const override {
        if (!content.contains(path)) return tl::unexpected(FileProblem{ENOENT, "no such file"});
        return FileFacts{};
    }

    tl::expected<std::string, FileProblem> read_part(const Path&, std::uint64_t, std::size_t) const override { return ""; }
    tl::expected<std::vector<std::string>, FileProblem> list(const Path&) const override { return tl::unexpected(FileProblem{}); }
    tl::expected<FileFacts, FileProblem> link_facts(const Path&) const override { return tl::unexpected(FileProblem{}); }
    tl::expected<Path, FileProblem> real_path(const Path&) const override { return tl::unexpected(FileProblem{}); }
    tl::expected<Path, FileProblem> read_link(const Path&) const override { return tl::unexpected(FileProblem{}); }
    tl::expected<std::uint64_t, FileProblem> free_bytes(const Path&) const override { return tl::unexpected(FileProblem{}); }
    void replace(const Path&, std::string_view, std::uint32_t) override {}
    void append(const Path&, std::string_view, std::uint32_t) override {}
    void make_directories(const Path&, std::uint32_t) override {}
    void rename(const Path&, const Path&) override {}
    void remove(const Path&) override {}
    tl::expected<std::unique_ptr<FileLock>, LockHeld> lock(const Path&, std::string_view, Deadline) override {
        return tl::unexpected(LockHeld{});
    }
    std::optional<std::string> lock_holder(const Path&) const override { return std::nullopt; }
    std::string database_name(const Path& path) const override { return path; }
};

class ListedProcesses : public Processes {
public:
    std::vector<ProcessInfo> processes;

    std::vector<ProcessInfo> list() const override { return processes; }
    CommandResult run(const Argv&, Deadline, const CommandLimits&, std::string_view) override { return {}; }
    CommandResult run_in(const Surroundings&, const Argv&, Deadline, const CommandLimits&) override { return {}; }
    ProcessId self() const override { return {}; }
    bool alive(const ProcessId&) const override { return false; }
};

/// Remembers what was to be run, and answers that it ran.
class RecordingSsh : public Ssh {
public:
    std::vector<std::pair<SshTarget, Argv>> commands;

    SshOutcome run(const SshTarget& target, const Argv& argv, Deadline, const CommandLimits&) override {
        commands.emplace_back(target, argv);
        SshOutcome outcome;
        outcome.value = SshOutcome::Value::ran;
        outcome.result.exit_code = 0;
        return outcome;
    }
    SshOutcome talk(const SshTarget& target, const Argv& argv, const SshTalk&, Deadline deadline, const CommandLimits& limits) override {
        return run(target, argv, deadline, limits);
    }
    std::unique_ptr<SshForward> forward(const SshTarget&, const Argv&, const Path&) override {
        throw Error(Error::Code::failed, "nothing is forwarded here");
    }
    HostKeyAnswer host_key(const SshTarget&, Deadline) override { return {}; }
    tl::expected<HostKey, std::string> read_public_key(std::string_view) override { return tl::unexpected(std::string("no keys here")); }
};

class NoTasks : public Tasks {
public:
    std::unique_ptr<TaskGroup> group() override { throw Error(Error::Code::failed, "no tasks here"); }
};

class NoHost : public Host {
public:
    std::string nodename() const override { return {}; }
    std::string boot_id() const override { return {}; }
    Caller caller() const override { return {}; }
    std::uint32_t user_id() const override { return 0; }
    std::optional<std::string> environment(const std::string&) const override { return std::nullopt; }
};

class NoNetwork : public Network {
public:
    Resolution resolve(const std::string&, Deadline) override { return {}; }
    PingAnswer ping(const std::string&, Deadline) override { return {}; }
    AddressTable addresses() override { return {}; }
    ProbeAnswer probe(const std::string&, const std::string&, Deadline) override { return {}; }
    void add_address(const AdapterAddress&) override {}
    void remove_address(const AdapterAddress&) override {}
    void announce(const std::string&, const std::string&) override {}
    Delivery deliver(const Path&, std::string_view) override { return Delivery::no_receiver; }
    std::unique_ptr<NetworkStay> enter(const std::string&) override { return {}; }
    std::unique_ptr<NetworkStay> go_home() override { return {}; }
};

class NoHypervisors : public Hypervisors {
public:
    Hypervisor& get(std::string_view) override { throw Error(Error::Code::unreachable, "no drivers here"); }
};

struct TestWorld {
    SteadyClock clock;
    SettableSignals signals;
    NoTasks tasks;
    NoHost host;
    ListedFiles files;
    ListedProcesses processes;
    NoNetwork network;
    RecordingSsh ssh;
    NoHypervisors hypervisors;
    NoReservations reservations;

    World world() { return {clock, signals, tasks, host, files, processes, network, ssh, hypervisors, reservations}; }
    /// Longer than anything here takes; a test that waits for it has failed.
    Deadline patient() const { return Deadline::in(clock, std::chrono::seconds(60)); }
    /// For what is meant to hang.
    Deadline soon() const { return Deadline::in(clock, std::chrono::milliseconds(100)); }
};

}  // namespace svcmgr::test
