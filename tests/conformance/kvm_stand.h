#pragma once

#include "tests/conformance/lab_node.h"
#include "tests/conformance/stand.h"

namespace svcmgr::conformance {

/// A node of tests/lab, in which this process runs, with a real libvirtd and real guests. What is done to it is done by the script kvm-lab.
class KvmStand : public Stand {
public:
    /// Throws Skipped outside of a lab.
    explicit KvmStand(const Path& module_directory);

    std::string technology() const override { return "kvm"; }
    World world() override { return node_.world(); }
    Hypervisor& driver() override { return node_.driver(); }
    void restore() override;

    Guest make(GuestKind kind) override;
    std::vector<Guest> make_many(int count) override;
    void wait_ready(const Guest& guest) override { lab({"ready", guest.name}); }
    void pause(const Guest& guest) override { lab({"pause", guest.name}); }
    void freeze_process(const Guest& guest) override { lab({"freeze-process", guest.name}); }
    void remove_disk(const Guest& guest) override { lab({"remove-disk", guest.name}); }
    void set_autostart(const Guest& guest) override { lab({"autostart", guest.name}); }

    std::string told_of_site() const override { return "grep -q io.systemd.credential:svcmgr.drp=1 /sys/firmware/dmi/tables/DMI"; }

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
    std::string lab(const Argv& words) { return node_.run(words); }

    LabNode node_;
    int made_ = 0;
};

}  // namespace svcmgr::conformance
