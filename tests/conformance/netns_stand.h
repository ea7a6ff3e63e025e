#pragma once

#include <set>

#include "tests/conformance/lab_node.h"
#include "tests/conformance/stand.h"

namespace svcmgr::conformance {

/// A node of tests/lab, in which this process runs, with real network namespaces. What is done to it is done by the script netns-lab.
class NetnsStand : public Stand {
public:
    /// Throws Skipped outside of a lab.
    explicit NetnsStand(const Path& module_directory);

    std::string technology() const override { return "netns"; }
    World world() override { return node_.world(); }
    Hypervisor& driver() override { return node_.driver(); }
    std::string lacks(const std::string& test_case) const override;
    Promises promises() const override { return {.disks = false}; }
    void restore() override;

    Guest make(GuestKind kind) override;
    std::vector<Guest> make_many(int count) override;
    /// A namespace that is to be deaf has a process by then that is.
    void wait_ready(const Guest& guest) override;
    void pause(const Guest&) override { throw NotApplicable{"a network namespace is there or is not"}; }
    void freeze_process(const Guest&) override { throw NotApplicable{"a network namespace is no process"}; }
    void remove_disk(const Guest&) override { throw NotApplicable{"a network namespace has no disk"}; }
    void set_autostart(const Guest&) override { throw NotApplicable{"nothing makes network namespaces at boot"}; }

    void replicate_second_vcpu(const Guest&) override { no_definition(); }
    void move_definition_to_new_node(const Guest&) override { no_definition(); }
    Path replicate_wrong_guest(const Guest&) override { no_definition(); }
    Path replicate_nonsense(const Guest&) override { no_definition(); }

    void stop_daemon() override { no_daemon(); }
    void kill_daemon() override { no_daemon(); }
    void start_daemon() override { no_daemon(); }
    void freeze_daemon() override { no_daemon(); }
    void thaw_daemon() override { no_daemon(); }

private:
    [[noreturn]] static void no_daemon() { throw NotApplicable{"network namespaces are the kernel's own: there is no daemon"}; }
    [[noreturn]] static void no_definition() { throw NotApplicable{"a network namespace is made of its section: there is no file"}; }

    LabNode node_;
    std::set<std::string> deaf_;
    int made_ = 0;
};

}  // namespace svcmgr::conformance
