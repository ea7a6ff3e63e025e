#pragma once

#include <map>
#include <memory>
#include <string>

#include "tests/conformance/lab_node.h"
#include "tests/conformance/stand.h"

namespace svcmgr::conformance {

/// A node of tests/lab, in which this process runs, with a real dockerd and containers of busybox. What is done to it is done by the script
/// docker-lab. A guest is a section, as an env file would have it.
class DockerStand : public Stand {
public:
    /// Throws Skipped outside of a lab, and where docker can't be started.
    explicit DockerStand(const Path& module_directory);

    std::string technology() const override { return "docker"; }
    World world() override { return node_.world(); }
    Hypervisor& driver() override { return node_.driver(); }
    std::string lacks(const std::string& test_case) const override;
    std::string told_of_site() const override { return "test \"$SVCMGR_DRP\" = 1"; }
    Promises promises() const override { return {.disks = false}; }
    int threads_of_a_change() const override { return 1; }
    void restore() override;

    Guest make(GuestKind kind) override;
    std::vector<Guest> make_many(int count) override;
    void wait_ready(const Guest& guest) override { lab({"ready", guest.name}); }
    void pause(const Guest& guest) override { lab({"pause", guest.name}); }
    void freeze_process(const Guest& guest) override { lab({"freeze-process", guest.name}); }
    void remove_disk(const Guest& guest) override { lab({"remove-volume", guest.name}); }
    void set_autostart(const Guest& guest) override { lab({"autostart", guest.name}); }

    void replicate_second_vcpu(const Guest& guest) override { say(guest.name, "run_args", "-m 64m --cpuset-cpus 0-1"); }
    void move_definition_to_new_node(const Guest&) override { throw NotApplicable{"an env file says all that docker has to know"}; }
    Path replicate_wrong_guest(const Guest&) override { throw NotApplicable{"an env file is nobody else's"}; }
    Path replicate_nonsense(const Guest&) override { throw NotApplicable{"validating an env file finds what docker would not accept"}; }

    void stop_daemon() override { lab({"stop-daemon"}); }
    void kill_daemon() override { lab({"kill-daemon"}); }
    void start_daemon() override { lab({"start-daemon"}); }
    void freeze_daemon() override { lab({"freeze-daemon"}); }
    void thaw_daemon() override { lab({"thaw-daemon"}); }

private:
    std::string lab(const Argv& words) { return node_.run(words); }
    void say(const std::string& name, const std::string& keyword, const std::string& value);

    LabNode node_;
    std::map<std::string, std::shared_ptr<Options>> sections_;
    int made_ = 0;
};

}  // namespace svcmgr::conformance
