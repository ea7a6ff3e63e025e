#pragma once

#include "tests/conformance/lab_node.h"
#include "tests/conformance/stand.h"

namespace svcmgr::conformance {

/// A node of tests/lab, in which this process runs, beside a machine of QEMU that is a real host of Xen. The node's xl is that of the host,
/// over ssh. What is done to them is done by the script xen-lab.
class XenStand : public Stand {
public:
    /// Throws Skipped outside of a lab.
    explicit XenStand(const Path& module_directory) : node_(module_directory, "xen", {}, "xen-lab") {}

    std::string technology() const override { return "xen"; }
    World world() override { return node_.world(); }
    Hypervisor& driver() override { return node_.driver(); }
    /// What a disk is inside is its name; its size is known on the host.
    Promises promises() const override { return {.disk_details = false}; }
    std::string lacks(const std::string& test_case) const override;
    void begin(const std::string& test_case) override;
    void restore() override;

    Guest make(GuestKind kind) override;
    std::vector<Guest> make_many(int count) override;
    void wait_ready(const Guest& guest) override { lab({"ready", guest.name}); }
    void pause(const Guest& guest) override { lab({"pause", guest.name}); }
    void freeze_process(const Guest&) override { lacking(); }
    void remove_disk(const Guest& guest) override { lab({"remove-disk", guest.name}); }
    void set_autostart(const Guest& guest) override { lab({"autostart", guest.name}); }

    void replicate_second_vcpu(const Guest& guest) override { lab({"second-vcpu", guest.name}); }
    void move_definition_to_new_node(const Guest&) override { lacking(); }
    Path replicate_wrong_guest(const Guest& guest) override { return lab({"wrong-guest", guest.name}); }
    Path replicate_nonsense(const Guest& guest) override { return lab({"nonsense", guest.name}); }

    void stop_daemon() override { lacking(); }
    void kill_daemon() override { lacking(); }
    void start_daemon() override { lacking(); }
    void freeze_daemon() override { lab({"freeze-daemon"}); }
    void thaw_daemon() override { lab({"thaw-daemon"}); }
    bool finds_guests_without_daemon() const override { return false; }

private:
    std::string lab(const Argv& words) { return node_.run(words); }
    static constexpr const char* no_restart = "a host whose xenstored ended has to be rebooted";
    /// The cases that need it are not tried (see `lacks`).
    [[noreturn]] static void lacking() { throw NotApplicable{"Xen has no such thing"}; }

    LabNode node_;
    int made_ = 0;
};

}  // namespace svcmgr::conformance
