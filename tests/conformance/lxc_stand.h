#pragma once

#include "tests/conformance/lab_node.h"
#include "tests/conformance/stand.h"

namespace svcmgr::conformance {

/// A node of tests/lab, in which this process runs, with real containers of LXC. What is done to it is done by the script lxc-lab.
class LxcStand : public Stand {
public:
    /// Throws Skipped outside of a lab, and where a lab has no control groups.
    explicit LxcStand(const Path& module_directory);

    std::string technology() const override { return "lxc"; }
    World world() override { return node_.world(); }
    Hypervisor& driver() override { return node_.driver(); }
    /// Its disk is a directory here.
    Promises promises() const override { return {.disk_kind = GuestDisk::Kind::other, .disk_details = false}; }
    void restore() override;

    Guest make(GuestKind kind) override;
    std::vector<Guest> make_many(int count) override;
    void wait_ready(const Guest& guest) override { lab({"ready", guest.name}); }
    void pause(const Guest& guest) override { lab({"pause", guest.name}); }
    void freeze_process(const Guest& guest) override { lab({"freeze-process", guest.name}); }
    void remove_disk(const Guest& guest) override { lab({"remove-disk", guest.name}); }
    void set_autostart(const Guest& guest) override { lab({"autostart", guest.name}); }

    std::string told_of_site() const override { return "test -f /.drp_flag"; }

    void replicate_second_vcpu(const Guest& guest) override { lab({"second-vcpu", guest.name}); }
    void move_definition_to_new_node(const Guest&) override {
        throw NotApplicable{"LXC knows a container by its configuration, and keeps nothing else"};
    }
    Path replicate_wrong_guest(const Guest&) override { throw NotApplicable{"an LXC configuration does not say whose it is"}; }
    Path replicate_nonsense(const Guest& guest) override { return lab({"nonsense", guest.name}); }

    void stop_daemon() override { no_daemon(); }
    void kill_daemon() override { no_daemon(); }
    void start_daemon() override { no_daemon(); }
    void freeze_daemon() override { no_daemon(); }
    void thaw_daemon() override { no_daemon(); }
    bool finds_guests_without_daemon() const override { return false; }

private:
    std::string lab(const Argv& words) { return node_.run(words); }
    [[noreturn]] static void no_daemon() { throw NotApplicable{"LXC has no daemon: each container has a monitor of its own"}; }

    LabNode node_;
    int made_ = 0;
};

}  // namespace svcmgr::conformance
