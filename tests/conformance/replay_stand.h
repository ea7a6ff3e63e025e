#pragma once

#include <map>
#include <optional>

#include "drivers/files/memory_files.h"
#include "drivers/hypervisor/table.h"
#include "tests/conformance/stand.h"
#include "tests/conformance/transcript.h"
#include "tests/scsi/no_reservations.h"
#include "tests/unit/doubles.h"
#include "tests/unit/kvm/doubles.h"

namespace svcmgr::conformance {

/// Programs, and commands over ssh, whose answers are played.
class PlayedProcesses : public Processes {
public:
    explicit PlayedProcesses(Clock& clock) : clock_(clock) {}
    std::optional<Player> player;

    CommandResult run(const Argv& argv, Deadline deadline, const CommandLimits& limits, std::string_view input) override;
    CommandResult run_in(const Surroundings&, const Argv& argv, Deadline deadline, const CommandLimits& limits) override {
        return run(argv, deadline, limits, {});
    }
    std::vector<ProcessInfo> list() const override { return {}; }
    ProcessId self() const override { return {}; }
    bool alive(const ProcessId&) const override { return false; }

private:
    Clock& clock_;
};

class PlayedSsh : public Ssh {
public:
    explicit PlayedSsh(PlayedProcesses& processes) : processes_(processes) {}
    SshOutcome run(const SshTarget& target, const Argv& argv, Deadline deadline, const CommandLimits& limits) override;
    HostKeyAnswer host_key(const SshTarget&, Deadline) override { return {}; }
    tl::expected<HostKey, std::string> read_public_key(std::string_view) override { return tl::unexpected(std::string("no keys here")); }

private:
    PlayedProcesses& processes_;
};

/// A technology that can't run here: its tools' answers are played from tests/conformance/transcripts/TECHNOLOGY/CASE, and its driver is
/// the one of the module. Cases that make no sense for it are lines of the file `not-applicable` there: `CASE: REASON`.
class ReplayStand : public Stand {
public:
    ReplayStand(std::string technology, Promises promises, Path module_directory);

    std::string technology() const override { return technology_; }
    World world() override { return {clock_, signals_, tasks_, host_, *files_, processes_, network_, ssh_, *hypervisors_, reservations_}; }
    Hypervisor& driver() override { return hypervisors_->get(technology_); }
    bool replays() const override { return true; }
    Promises promises() const override { return promises_; }
    std::string lacks(const std::string& name) const override;
    void begin(const std::string& name) override;
    std::vector<std::string> complaints() override { return player().complaints(); }
    void restore() override {}

    Guest make(GuestKind) override { return with_section(player().next_guest()); }
    std::vector<Guest> make_many(int count) override;
    void wait_ready(const Guest&) override {}
    void pause(const Guest& guest) override { player().deed("pause " + guest.name); }
    void freeze_process(const Guest& guest) override { player().deed("freeze process " + guest.name); }
    void remove_disk(const Guest& guest) override { player().deed("remove disk " + guest.name); }
    void set_autostart(const Guest& guest) override { player().deed("autostart " + guest.name); }

    void replicate_second_vcpu(const Guest& guest) override { player().deed("second vcpu " + guest.name); }
    void move_definition_to_new_node(const Guest& guest) override { player().deed("move definition " + guest.name); }
    Path replicate_wrong_guest(const Guest& guest) override { return spoil("wrong guest " + guest.name); }
    Path replicate_nonsense(const Guest& guest) override { return spoil("nonsense " + guest.name); }

    void stop_daemon() override { player().deed("stop daemon"); }
    void kill_daemon() override { player().deed("kill daemon"); }
    void start_daemon() override { player().deed("start daemon"); }
    void freeze_daemon() override { player().deed("freeze daemon"); }
    void thaw_daemon() override { player().deed("thaw daemon"); }

private:
    Player& player();
    Guest with_section(Guest guest);
    Path spoil(const std::string& words);
    Path directory() const;

    std::string technology_;
    Promises promises_;
    Path module_directory_;
    test::ManualClock clock_;
    test::NoSignals signals_;
    test::NoTasks tasks_;
    test::FixedHost host_;
    std::optional<MemoryFiles> files_;
    PlayedProcesses processes_{clock_};
    test::NoNetwork network_;
    PlayedSsh ssh_{processes_};
    std::optional<ModuleHypervisors> hypervisors_;
    test::NoReservations reservations_;
    std::map<std::string, std::string> not_applicable_;
};

/// The file of a transcript: "look at a paused guest" -> "look-at-a-paused-guest".
std::string file_of_case(std::string name);

}  // namespace svcmgr::conformance
