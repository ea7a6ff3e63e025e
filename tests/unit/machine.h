#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "drivers/files/memory_files.h"
#include "tests/unit/kvm/doubles.h"

namespace svcmgr::test {

/// Real time, in which whoever sleeps wakes up at once.
class ImpatientClock : public Clock {
public:
    Moment now() const override { return Moment(std::chrono::steady_clock::now().time_since_epoch() + Duration(slept_)); }
    WallTime wall() const override { return {}; }
    void sleep_until(Moment until) override {
        if (const auto left = until - now(); left > Duration::zero()) slept_ += left.count();
    }

private:
    std::atomic<Duration::rep> slept_{0};
};

/// Programs that the test writes, by their name or by the beginning of their command line. What is run is remembered.
class Tools : public Processes {
public:
    using Answer = std::function<CommandResult(const Argv& argv)>;

    void answer(const std::string& command, int exit_code, const std::string& out = {}, const std::string& err = {}) {
        answers[command] = [=](const Argv&) {
            CommandResult result;
            result.exit_code = exit_code;
            result.out = out;
            result.err = err;
            return result;
        };
    }
    void hang(const std::string& command) {
        answers[command] = [](const Argv&) {
            CommandResult result;
            result.timed_out = true;
            return result;
        };
    }
    int count(const std::string& beginning) const {
        int found = 0;
        for (const auto& line : ran) found += line.starts_with(beginning) ? 1 : 0;
        return found;
    }

    CommandResult run(const Argv& argv, Deadline deadline, const CommandLimits& limits, std::string_view) override {
        return run_in({}, argv, deadline, limits);
    }
    CommandResult run_in(const Surroundings&, const Argv& argv, Deadline, const CommandLimits& limits) override {
        const auto line = fmt::format("{}", fmt::join(argv, " "));
        const std::lock_guard lock(mutex_);
        ran.push_back(line);
        const Answer* best = nullptr;
        std::size_t length = 0;
        for (const auto& [command, said] : answers)
            if ((line + " ").starts_with(command + " ") && command.size() >= length) {
                best = &said;
                length = command.size();
            }
        CommandResult result;
        if (best == nullptr) {
            result.not_started = argv.front() + " can't be started: no such file";
            return result;
        }
        result = (*best)(argv);
        result.truncated = result.out.size() > limits.output_bytes;
        if (result.truncated) result.out.resize(limits.output_bytes);
        return result;
    }
    std::vector<ProcessInfo> list() const override { return processes; }
    ProcessId self() const override { return {}; }
    bool alive(const ProcessId&) const override { return false; }

    std::map<std::string, Answer> answers;
    std::vector<std::string> ran;
    std::vector<ProcessInfo> processes;

private:
    std::mutex mutex_;
};

/// A machine without daemons: its files and its programs are what the test says.
struct Machine {
    ImpatientClock clock;
    SettableSignals signals;
    NoTasks tasks;
    NoHost host;
    MemoryFiles files{clock, signals};
    Tools tools;
    NoNetwork network;
    RecordingSsh ssh;
    NoHypervisors hypervisors;
    NoReservations reservations;

    World world() { return {clock, signals, tasks, host, files, tools, network, ssh, hypervisors, reservations}; }
    /// Longer than anything here takes; a test that waits for it has failed.
    Deadline patient() const { return Deadline::in(clock, std::chrono::seconds(60)); }
    /// For what is meant to hang.
    Deadline soon() const { return Deadline::in(clock, std::chrono::milliseconds(300)); }
};

}  // namespace svcmgr::test
