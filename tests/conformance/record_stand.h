#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "drivers/files/real_files.h"
#include "drivers/hypervisor/table.h"
#include "drivers/network/real_network.h"
#include "drivers/process/real_processes.h"
#include "drivers/real_clock.h"
#include "drivers/real_host.h"
#include "drivers/real_signals.h"
#include "drivers/real_tasks.h"
#include "drivers/ssh/lazy_ssh.h"
#include "tests/conformance/stand.h"
#include "tests/conformance/transcript_writer.h"
#include "tests/scsi/no_reservations.h"

namespace svcmgr::conformance {

class RecordingProcesses : public RealProcesses {
public:
    RecordingProcesses(TranscriptWriter& writer, RealSignals& signals, const Host& host, Files& files)
        : RealProcesses(signals, host, files), writer_(writer) {}
    CommandResult run(const Argv& argv, Deadline deadline, const CommandLimits& limits, std::string_view input) override;

private:
    TranscriptWriter& writer_;
};

class RecordingFiles : public RealFiles {
public:
    RecordingFiles(TranscriptWriter& writer, RealSignals& signals) : RealFiles(signals), writer_(writer) {}
    tl::expected<std::string, FileProblem> read(const Path& path, std::size_t limit) const override;
    tl::expected<FileFacts, FileProblem> facts(const Path& path) const override;

private:
    TranscriptWriter& writer_;
};

class RecordingSsh : public LazySsh {
public:
    RecordingSsh(TranscriptWriter& writer, const Path& module_directory) : LazySsh(module_directory, {}), writer_(writer) {}
    SshOutcome run(const SshTarget& target, const Argv& argv, Deadline deadline, const CommandLimits& limits) override;

private:
    TranscriptWriter& writer_;
};

/// What is recorded: a technology of this host, and one guest of it that is down and may be started and stopped.
struct Recorded {
    std::string technology;
    Stand::Promises promises;
    Guest guest;
    std::vector<std::pair<std::string, std::string>> section;  ///< what its container section says
    Path directory;                                            ///< where the transcripts go
};

/// The real technology of this host; each case is written as a transcript. What would need somebody else, or a second guest, is skipped.
class RecordStand : public Stand {
public:
    RecordStand(Recorded recorded, const Path& module_directory);

    std::string technology() const override { return recorded_.technology; }
    World world() override { return {clock_, signals_, tasks_, host_, files_, processes_, network_, ssh_, *hypervisors_, reservations_}; }
    Hypervisor& driver() override { return *driver_; }
    Promises promises() const override { return recorded_.promises; }
    std::string lacks(const std::string& name) const override;
    void begin(const std::string& name) override;
    /// Ends the transcript, and the guest if it still runs.
    void restore() override;

    Guest make(GuestKind kind) override;
    std::vector<Guest> make_many(int) override { skip(); }
    void wait_ready(const Guest& guest) override;
    void pause(const Guest&) override { skip(); }
    void freeze_process(const Guest&) override { skip(); }
    void remove_disk(const Guest&) override { skip(); }
    void set_autostart(const Guest&) override { skip(); }
    void replicate_second_vcpu(const Guest&) override { skip(); }
    void move_definition_to_new_node(const Guest&) override { skip(); }
    Path replicate_wrong_guest(const Guest&) override { skip(); }
    Path replicate_nonsense(const Guest&) override { skip(); }
    void stop_daemon() override { skip(); }
    void kill_daemon() override { skip(); }
    void start_daemon() override { skip(); }
    void freeze_daemon() override { skip(); }
    void thaw_daemon() override { skip(); }

private:
    [[noreturn]] void skip();

    Recorded recorded_;
    TranscriptWriter writer_;
    std::string case_;
    bool given_ = false;    ///< the guest, to the case that runs
    bool skipped_ = false;  ///< the case that runs
    RealSignals signals_;
    RealClock clock_{signals_};
    RealTasks tasks_{signals_};
    RealHost host_;
    RecordingFiles files_{writer_, signals_};
    RecordingProcesses processes_{writer_, signals_, host_, files_};
    RealNetwork network_{signals_};
    RecordingSsh ssh_;
    test::NoReservations reservations_;
    std::optional<ModuleHypervisors> hypervisors_;
    std::unique_ptr<Hypervisor> driver_;
};

}  // namespace svcmgr::conformance
