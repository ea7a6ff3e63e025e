#pragma once

#include <optional>

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
#include "tests/scsi/no_reservations.h"

namespace svcmgr::conformance {

/// A node of tests/lab, in which this process runs, with a real libvirtd and real guests. What is done to it is done by the script kvm-lab.
class KvmStand : public Stand {
public:
    /// Throws Skipped outside of a lab.
    explicit KvmStand(const Path& module_directory);

    std::string technology() const override { return "kvm"; }
    World world() override { return {clock_, signals_, tasks_, host_, files_, processes_, network_, ssh_, *hypervisors_, reservations_}; }
    Hypervisor& driver() override { return hypervisors_->get("kvm"); }
    void restore() override;

    Guest make(GuestKind kind) override;
    std::vector<Guest> make_many(int count) override;
    void wait_ready(const Guest& guest) override { lab({"ready", guest.name}); }
    void pause(const Guest& guest) override { lab({"pause", guest.name}); }
    void freeze_process(const Guest& guest) override { lab({"freeze-process", guest.name}); }
    void remove_disk(const Guest& guest) override { lab({"remove-disk", guest.name}); }
    void set_autostart(const Guest& guest) override { lab({"autostart", guest.name}); }

    void replicate_second_vcpu(const Guest& guest) override { lab({"second-vcpu", guest.name}); }
    void move_definition_to_new_node(const Guest& guest) override { lab({"move-definition", guest.name}); }
    Path replicate_wrong_guest(const Guest& guest) override { return lab({"wrong-guest", guest.name}); }
    Path replicate_nonsense(const Guest& guest) override { return lab({"nonsense", guest.name}); }

    void stop_daemon() override { lab({"stop-daemon"}); }
    void kill_daemon() override { lab({"kill-daemon"}); }
    void start_daemon() override { lab({"start-daemon"}); }
    void freeze_daemon() override { lab({"freeze-daemon"}); }
    void thaw_daemon() override { lab({"thaw-daemon"}); }
    bool finds_guests_without_daemon() const override { return true; }

private:
    /// Runs kvm-lab; returns what it printed, without the newline. Throws Error.
    std::string lab(const Argv& words);
    /// What the lab exports and kvm-lab needs, as arguments of env(1): programs are started with a clean environment.
    Argv lab_environment() const;
    void new_driver();

    Path module_directory_;
    RealSignals signals_;
    RealClock clock_{signals_};
    RealTasks tasks_{signals_};
    RealHost host_;
    RealFiles files_{signals_};
    RealProcesses processes_{signals_, host_, files_};
    RealNetwork network_{signals_};
    LazySsh ssh_;
    std::optional<ModuleHypervisors> hypervisors_;
    test::NoReservations reservations_;
    int made_ = 0;
};

}  // namespace svcmgr::conformance
