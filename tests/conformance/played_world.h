#pragma once

#include <optional>

#include "drivers/files/memory_files.h"
#include "tests/conformance/transcript.h"
#include "tests/scsi/no_reservations.h"
#include "tests/unit/doubles.h"
#include "tests/unit/kvm/doubles.h"

namespace svcmgr::conformance {

/// Programs, and commands over ssh, whose answers are played.
class PlayedProcesses : public Processes {
public:
    PlayedProcesses(Transcript transcript, MemoryFiles& files, Clock& clock) : player_(std::move(transcript), files), clock_(clock) {}
    Player& player() { return player_; }

    CommandResult run(const Argv& argv, Deadline deadline, const CommandLimits& limits, std::string_view input) override;
    CommandResult run_in(const Surroundings&, const Argv& argv, Deadline deadline, const CommandLimits& limits) override {
        return run(argv, deadline, limits, {});
    }
    std::vector<ProcessInfo> list() const override { return {}; }
    ProcessId self() const override { return {}; }
    bool alive(const ProcessId&) const override { return false; }

private:
    Player player_;
    Clock& clock_;
};

class PlayedSsh : public Ssh {
public:
    explicit PlayedSsh(PlayedProcesses& processes) : processes_(processes) {}
    SshOutcome run(const SshTarget& target, const Argv& argv, Deadline deadline, const CommandLimits& limits) override;
    SshOutcome talk(const SshTarget& target, const Argv& argv, const SshTalk&, Deadline deadline, const CommandLimits& limits) override {
        return run(target, argv, deadline, limits);
    }
    std::unique_ptr<SshForward> forward(const SshTarget&, const Argv&, const Path&) override {
        throw Error(Error::Code::failed, "nothing is forwarded here");
    }
    HostKeyAnswer host_key(const SshTarget&, Deadline) override { return {}; }
    tl::expected<HostKey, std::string> read_public_key(std::string_view) override { return tl::unexpected(std::string("no keys here")); }

private:
    PlayedProcesses& processes_;
};

/// A node with the tools and the files of a transcript, and a clock that stands until somebody waits.
class PlayedWorld {
public:
    explicit PlayedWorld(Transcript transcript) : processes_(std::move(transcript), files_, clock_) {}

    World world() { return {clock_, signals_, tasks_, host_, files_, processes_, network_, ssh_, hypervisors_, reservations_}; }
    Player& player() { return processes_.player(); }
    Clock& clock() { return clock_; }
    MemoryFiles& files() { return files_; }
    test::SettableSignals& signals() { return signals_; }

private:
    test::ManualClock clock_;
    test::SettableSignals signals_;
    test::NoTasks tasks_;
    test::FixedHost host_;
    MemoryFiles files_{clock_, signals_};
    PlayedProcesses processes_;
    test::NoNetwork network_;
    PlayedSsh ssh_{processes_};
    test::NoHypervisors hypervisors_;
    test::NoReservations reservations_;
};

}  // namespace svcmgr::conformance
