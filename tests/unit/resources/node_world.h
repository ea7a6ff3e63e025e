#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "drivers/error.h"
#include "drivers/files/memory_files.h"
#include "drivers/hypervisor/table.h"
#include "drivers/network/address.h"
#include "drivers/network/network.h"
#include "drivers/process/processes.h"
#include "drivers/ssh/ssh.h"
#include "drivers/tasks.h"
#include "resources/looking.h"
#include "resources/resource.h"
#include "tests/scsi/no_reservations.h"
#include "tests/unit/doubles.h"

namespace svcmgr::test {

/// Programs that the test writes: by their whole command line, else by their name. What is run is remembered.
class ScriptedProcesses : public Processes {
public:
    using Answer = std::function<CommandResult(const Argv& argv)>;

    ScriptedProcesses(Clock& clock, Files& files) : clock_(clock), files_(files) {}

    CommandResult run(const Argv& argv, Deadline deadline, const CommandLimits&, std::string_view) override {
        return run_in({}, argv, deadline, {});
    }
    CommandResult run_in(const Surroundings& around, const Argv& argv, Deadline deadline, const CommandLimits&) override {
        const std::string line = fmt::format("{}", fmt::join(argv, " "));
        CommandResult result;
        if (deadline.passed(clock_)) {
            result.timed_out = true;
            result.not_started = "not started: its deadline had passed";
            return result;
        }
        ran.push_back(line);
        surroundings = around;
        given = deadline;
        const auto whole = answers.find(line);
        const auto answer = whole != answers.end() ? whole : answers.find(argv.empty() ? "" : argv.front());
        if (hanging.contains(argv.front())) {
            clock_.sleep_until(deadline.at());
            result.timed_out = true;
            return result;
        }
        if (answer == answers.end()) {
            result.not_started = fmt::format("{} is not installed", argv.empty() ? "" : argv.front());
            return result;
        }
        CommandResult said = answer->second(argv);
        if (around.output.empty()) return said;
        files_.replace(around.output, said.out + said.err, 0600);
        said.out.clear();
        said.err.clear();
        return said;
    }
    std::vector<ProcessInfo> list() const override { return {}; }
    ProcessId self() const override { return {}; }
    bool alive(const ProcessId&) const override { return true; }

    void answer(const std::string& command, int exit_code, const std::string& out = {}, const std::string& err = {}) {
        answers[command] = [=](const Argv&) {
            CommandResult result;
            result.exit_code = exit_code;
            result.out = out;
            result.err = err;
            return result;
        };
    }
    void does(const std::string& command, const std::function<void()>& effect) {
        answers[command] = [=](const Argv&) {
            effect();
            CommandResult result;
            result.exit_code = 0;
            return result;
        };
    }
    bool has_run(const std::string& line) const { return std::ranges::find(ran, line) != ran.end(); }

    std::map<std::string, Answer> answers;
    std::map<std::string, bool> hanging;
    std::vector<std::string> ran;
    Surroundings surroundings;      ///< of the last one
    std::optional<Deadline> given;  ///< likewise

private:
    Clock& clock_;
    Files& files_;
};

/// Tasks that run in the caller.
class InlineTasks : public Tasks {
public:
    std::unique_ptr<TaskGroup> group() override {
        class Group : public TaskGroup {
            Id spawn(std::function<void()> work) override {
                work();
                return ++last_;
            }
            std::optional<Id> wait_any(Deadline) override { return reported_ < last_ ? std::optional(++reported_) : std::nullopt; }
            Id last_ = 0;
            Id reported_ = 0;
        };
        return std::make_unique<Group>();
    }
};

class NobodyAnswersSsh : public Ssh {
public:
    SshOutcome run(const SshTarget&, const Argv&, Deadline, const CommandLimits&) override { return {}; }
    SshOutcome talk(const SshTarget&, const Argv&, const SshTalk&, Deadline, const CommandLimits&) override { return {}; }
    std::unique_ptr<SshForward> forward(const SshTarget&, const Argv&, const Path&) override {
        throw Error(Error::Code::failed, "nothing is forwarded here");
    }
    HostKeyAnswer host_key(const SshTarget&, Deadline) override { return {}; }
    tl::expected<HostKey, std::string> read_public_key(std::string_view) override { return tl::unexpected(std::string("no keys here")); }
};

class ScriptedNetwork : public Network {
public:
    Resolution resolve(const std::string& name, Deadline) override {
        if (address_bytes(name)) return {{name}, ""};
        const auto found = names.find(name);
        if (found != names.end()) return {{found->second}, ""};
        return {{}, fmt::format("{} has no address", name)};
    }
    PingAnswer ping(const std::string& host, Deadline) override { return {answering.contains(host), "no answer"}; }

    AddressTable addresses() override { return table; }
    ProbeAnswer probe(const std::string&, const std::string& address, Deadline) override {
        done.push_back("probe " + address);
        return {!owner.empty(), owner, probe_problem};
    }
    void add_address(const AdapterAddress& address) override {
        done.push_back(fmt::format("add {}/{} {} {}", address.address, address.prefix, address.adapter, address.label));
        table.addresses.push_back(address);
        table.addresses.back().state = state_of_new;
    }
    void remove_address(const AdapterAddress& address) override {
        done.push_back(fmt::format("remove {}/{}", address.address, address.prefix));
        std::erase_if(table.addresses, [&](const AdapterAddress& held) { return held.address == address.address; });
    }
    void announce(const std::string&, const std::string& address) override { done.push_back("announce " + address); }
    Delivery deliver(const Path&, std::string_view) override { return Delivery::no_receiver; }
    std::unique_ptr<NetworkStay> enter(const std::string& name) override {
        done.push_back("enter " + name);
        return {};
    }
    std::unique_ptr<NetworkStay> go_home() override { return {}; }

    AddressTable table;
    std::string owner;          ///< the other machine that has whatever is probed
    std::string probe_problem;  ///< why nobody can be asked
    AdapterAddress::State state_of_new = AdapterAddress::State::usable;
    std::vector<std::string> done;
    std::map<std::string, std::string> names;
    std::map<std::string, bool> answering;
};

class NoHypervisors : public Hypervisors {
public:
    Hypervisor& get(std::string_view) override { throw Error(Error::Code::unreachable, "no hypervisors here"); }
};

/// A node for one resource: files in memory, programs that the test writes, a clock that jumps.
struct NodeWorld {
    ManualClock clock;
    NoSignals signals;
    InlineTasks tasks;
    FixedHost host;
    MemoryFiles files{clock, signals};
    ScriptedProcesses processes{clock, files};
    ScriptedNetwork network;
    NobodyAnswersSsh ssh;
    NoHypervisors hypervisors;
    Hypervisors* known_hypervisors = &hypervisors;
    NoReservations reservations;
    std::vector<std::string> notes;
    bool changed = false;

    NodeWorld() { mounted(""); }

    World world() { return {clock, signals, tasks, host, files, processes, network, ssh, *known_hypervisors, reservations}; }

    /// The mount table: `lines` beside that of the root file system.
    void mounted(const std::string& lines) {
        files.put("/proc/self/mountinfo", "20 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n" + lines);
    }

    ResourceObservation look(const Resource& resource, Purpose purpose = Purpose::show) {
        Looking looking(world(), purpose, {});
        return resource.look(looking);
    }
    Intent intend(const Resource& resource, Goal goal) {
        return resource.intend(goal, look(resource, goal == Goal::down ? Purpose::stop : Purpose::start));
    }
    Doing doing(Duration time = std::chrono::minutes(1)) {
        return {world(),
                Deadline::in(clock, time),
                [this](LogLine::Level, const std::string& note) { notes.push_back(note); },
                [this] { changed = true; },
                {"OPENSVC_SVCNAME=svc1", "OPENSVC_ACTION=start"}};
    }
    void perform(const Resource& resource, const std::string& verb, Duration time = std::chrono::minutes(1)) {
        Doing how = doing(time);
        resource.perform(verb, how);
    }
    /// The Error that a verb ends with, as text; empty when it ends well.
    std::string failure(const Resource& resource, const std::string& verb, Duration time = std::chrono::minutes(1)) {
        try {
            perform(resource, verb, time);
        } catch (const Error& error) {
            return error.what();
        }
        return {};
    }
};

inline std::string text_of(const ResourceObservation& seen) {
    std::string text(to_string(seen.status));
    for (const LogLine& line : seen.log) text += fmt::format("; {}: {}", to_string(line.level), line.message);
    return text;
}

/// Options of a section as if they had been read from a file.
inline Options section(const std::string& name, KeywordSet keywords, const std::map<std::string, std::string>& values) {
    Options options(name, {"svc1.env", 1, 1}, keywords);
    for (const auto& [keyword, value] : values) options.set(keyword, {value, {"svc1.env", 2, 1}});
    return options;
}

}  // namespace svcmgr::test
