#include "drivers/hypervisor/lxc/lxc.h"

#include <doctest/doctest.h>

#include <future>

#include "drivers/error.h"
#include "drivers/hypervisor/keywords/lxc.h"
#include "tests/unit/machine.h"

namespace svcmgr::lxc {

namespace {

using Value = GuestState::Value;

/// A liblxc whose containers are what the test says. It outlives the driver's threads, which share it.
class Scripted : public Library {
public:
    Path own_lxcpath() override { return "/var/lib/lxc"; }
    std::set<std::string> active(const Path& lxcpath) override {
        const std::lock_guard lock(mutex);
        ++lists;
        std::set<std::string> names;
        for (const auto& [id, word] : states)
            if (id.lxcpath == lxcpath && word != "STOPPED") names.insert(id.name);
        return names;
    }
    MonitorWord state(const ContainerId& id) override {
        std::unique_lock lock(mutex);
        ++questions;
        hang_if(id, lock);
        return {states.contains(id) ? states[id] : "STOPPED"};
    }
    void ask_to_stop(const ContainerId& id, const Path& config) override {
        std::unique_lock lock(mutex);
        hang_if(id, lock);
        asked.push_back(id.name + " " + config);
    }
    void stop_now(const ContainerId& id) override {
        std::unique_lock lock(mutex);
        hang_if(id, lock);
        states.erase(id);
    }
    bool kill(int pid, const std::string& first_argument) override {
        const std::lock_guard lock(mutex);
        killed.push_back(fmt::format("{} {}", pid, first_argument));
        if (first_argument.starts_with("[lxc monitor]")) states.erase(ContainerId{"/var/lib/lxc", "hung"});
        return true;
    }
    void wake_up() {
        const std::lock_guard lock(mutex);
        hanging.clear();
        changed.notify_all();
    }

    std::mutex mutex;
    std::condition_variable changed;
    std::map<ContainerId, std::string> states;
    std::set<std::string> hanging;
    int lists = 0;
    int questions = 0;
    std::vector<std::string> asked;
    std::vector<std::string> killed;

private:
    void hang_if(const ContainerId& id, std::unique_lock<std::mutex>& lock) {
        changed.wait(lock, [&] { return !hanging.contains(id.name); });
    }
};

struct Node : test::Machine {
    std::shared_ptr<Scripted> library = std::make_shared<Scripted>();
    LxcHypervisor driver{world(), "", library};

    ~Node() { library->wake_up(); }
    Guest container(const std::string& name, const std::string& word = "STOPPED", const std::string& config = "") {
        files.put("/var/lib/lxc/" + name + "/config", "lxc.rootfs.path = dir:/srv/" + name + "\n" + config);
        files.put_directory("/srv/" + name);
        library->states[{"/var/lib/lxc", name}] = word;
        return {name, name};
    }
    GuestState look(const Guest& guest) { return driver.look({&guest, 1}, patient()).front(); }
    /// What a change says that fails.
    template <typename Change>
    Error error_of(Change change) {
        try {
            change();
        } catch (const Error& error) {
            return error;
        }
        FAIL("it did not fail");
        return {Error::Code::failed, ""};
    }
};

}  // namespace

TEST_CASE("the state of a container is what its monitor says, or that it has none") {
    Node node;
    CHECK(node.look(node.container("up", "RUNNING")).value == Value::running);
    CHECK(node.look(node.container("iced", "FROZEN")).value == Value::paused);
    CHECK(node.look(node.container("ending", "STOPPING")).value == Value::changing);
    CHECK(node.look(node.container("down")).value == Value::stopped);
    CHECK(node.look({"nobody", "nobody"}).value == Value::absent);
    CHECK(node.look({"nobody", "nobody"}).reason.find("/var/lib/lxc/nobody/config") != std::string::npos);
    CHECK(node.driver.look({}, node.patient()).empty());
}

TEST_CASE("1000 containers are looked at with one list, and only those that run are asked") {
    Node node;
    std::vector<Guest> guests;
    for (int i = 0; i < 1000; ++i) guests.push_back(node.container(fmt::format("many{}", i), i % 100 == 0 ? "RUNNING" : "STOPPED"));
    const auto states = node.driver.look(guests, node.patient());
    CHECK(std::count_if(states.begin(), states.end(), [](const GuestState& state) { return state.value == Value::running; }) == 10);
    CHECK(node.library->lists == 1);
    CHECK(node.driver.lists() == 1);
    CHECK(node.library->questions == 10);
    CHECK(node.tools.ran.empty());
}

TEST_CASE("a monitor that hangs keeps back its own container only") {
    Node node;
    std::vector<Guest> guests;
    for (const char* name : {"a", "hung", "z"}) guests.push_back(node.container(name, "RUNNING"));
    node.library->hanging = {"hung"};
    node.tools.processes = {{4711, {"[lxc monitor] /var/lib/lxc hung"}}};
    const auto states = node.driver.look(guests, Deadline::in(node.clock, std::chrono::seconds(1)));
    CHECK(states[0].value == Value::running);
    CHECK(states[1].value == Value::unknown);
    CHECK(states[1].reason.find("4711") != std::string::npos);
    CHECK(states[2].value == Value::running);
}

TEST_CASE("processes that a dead monitor left are no stopped container") {
    Node node;
    const auto guest = node.container("vm188");
    node.files.put("/sys/fs/cgroup/lxc.payload.vm188/cgroup.procs", "815\n816\n");
    const auto state = node.look(guest);
    CHECK(state.value == Value::crashed);
    CHECK(state.reason.find("815") != std::string::npos);
    SUBCASE("and a forced stop kills them") {
        node.tools.processes = {{815, {"/sbin/init"}}, {816, {"sleep", "1"}}, {817, {"bystander"}}};
        CHECK(node.error_of([&] { node.driver.stop(guest, StopMode::force, node.soon()); }).code() == Error::Code::failed);
        CHECK(node.library->killed == std::vector<std::string>{"815 /sbin/init", "816 sleep"});
    }
    SUBCASE("also those of a group that LXC numbered, and of groups in it") {
        node.files.put("/sys/fs/cgroup/lxc.payload.vm188/cgroup.procs", "");
        node.files.put("/sys/fs/cgroup/lxc.payload.vm188-1/cgroup.procs", "");
        node.files.put("/sys/fs/cgroup/lxc.payload.vm188-1/system.slice/init.scope/cgroup.procs", "915\n");
        node.files.put("/sys/fs/cgroup/lxc.payload.vm188-1/system.slice/cgroup.procs", "");
        CHECK(node.look(guest).reason.find("915") != std::string::npos);
    }
    SUBCASE("but not those of a container that is called so") {
        node.files.put("/sys/fs/cgroup/lxc.payload.vm188/cgroup.procs", "");
        node.files.put("/sys/fs/cgroup/lxc.payload.vm188-1/cgroup.procs", "915\n");
        node.files.put("/sys/fs/cgroup/lxc.payload.vm1889/cgroup.procs", "916\n");
        node.files.put("/sys/fs/cgroup/lxc.payload.vm188-x/cgroup.procs", "917\n");
        node.container("vm188-1");
        CHECK(node.look(guest).value == Value::stopped);
    }
    SUBCASE("nor of one that runs out of another directory") {
        node.files.put("/sys/fs/cgroup/lxc.payload.vm188/cgroup.procs", "");
        node.files.put("/sys/fs/cgroup/lxc.payload.vm188-1/cgroup.procs", "915\n");
        node.files.put("/proc/net/unix", "1: 2 0 1 1 01 7 @/srv/lxc/vm188-1/command\n");
        CHECK(node.look(guest).value == Value::stopped);
    }
    SUBCASE("unless they may be those of another container of that name") {
        node.files.put("/proc/net/unix", "1: 2 0 1 1 01 7 @/srv/lxc/vm188/command\n");
        CHECK(node.look(guest).value == Value::stopped);
    }
}

TEST_CASE("what is odd about a container is a warning") {
    Node node;
    CHECK(node.look(node.container("plain")).warnings.empty());
    const auto automatic = node.look(node.container("auto", "STOPPED", "lxc.start.auto = 1\n"));
    REQUIRE(automatic.warnings.size() == 1);
    CHECK(automatic.warnings[0].find("autostart") != std::string::npos);
    const auto broken = node.look(node.container("broken", "RUNNING", "nonsense\n"));
    CHECK(broken.value == Value::running);
    REQUIRE(broken.warnings.size() == 1);
    CHECK(broken.warnings[0].find("config:2") != std::string::npos);
    const auto twin = node.container("twin");
    node.files.put("/proc/net/unix", "1: 2 0 1 1 01 7 @/srv/lxc/twin/command\n");
    REQUIRE(node.look(twin).warnings.size() == 1);
    CHECK(node.look(twin).warnings[0].find("/srv/lxc") != std::string::npos);
}

TEST_CASE("limits of the configuration are the guest's size") {
    Node node;
    const auto state = node.look(node.container("vm188", "RUNNING", "lxc.cgroup2.cpuset.cpus = 0-1\nlxc.cgroup2.memory.max = 1G\n"));
    CHECK(state.vcpus == 2);
    CHECK(state.memory_kib == 1048576);
}

TEST_CASE("a start is lxc-start with everything said") {
    Node node;
    const auto guest = node.container("vm188");
    node.tools.answer("lxc-start", 0);
    node.driver.start(guest, node.patient());
    CHECK(node.tools.ran.back() ==
          "lxc-start --daemon -P /var/lib/lxc -n vm188 -f /var/lib/lxc/vm188/config -o /var/log/lxc/vm188.log -l ERROR");
}

TEST_CASE("a start that can't succeed changes nothing and says why") {
    Node node;
    const auto refused = [&](const Guest& guest) { return node.error_of([&] { node.driver.start(guest, node.patient()); }); };
    CHECK(refused({"nobody", "nobody"}).where() == "/var/lib/lxc/nobody/config");
    CHECK(refused(node.container("broken", "STOPPED", "nonsense\n")).code() == Error::Code::invalid);
    CHECK(refused(node.container("up", "RUNNING")).message().find("already") != std::string::npos);
    const auto rootless = node.container("rootless");
    node.files.remove_tree("/srv/rootless");
    CHECK(refused(rootless).message().find("/srv/rootless") != std::string::npos);
    const auto twin = node.container("twin");
    node.files.put("/proc/net/unix", "1: 2 0 1 1 01 7 @/srv/lxc/twin/command\n");
    CHECK(refused(twin).code() == Error::Code::refused);
    CHECK(node.tools.ran.empty());
    SUBCASE("a namesake on another root file system is none of its business") {
        node.files.put("/srv/lxc/twin/config", "lxc.rootfs.path = dir:/srv/other\n");
        node.tools.answer("lxc-start", 0);
        node.driver.start(twin, node.patient());
        CHECK(node.tools.ran.size() == 1);
    }
}

TEST_CASE("a start that fails says what LXC's log says of it, and not of an earlier one") {
    Node node;
    const auto guest = node.container("vm188");
    const auto line = [](const std::string& words) {
        return "lxc-start vm188 20261120192722.465 ERROR    start - ../src/lxc/start.c:f:1 - Success - " + words + "\n";
    };
    node.files.put("/var/log/lxc/vm188.log", line("an old story"));
    node.tools.answers["lxc-start"] = [&](const Argv&) {
        node.files.append("/var/log/lxc/vm188.log", line("no bridge"), 0644);
        CommandResult result;
        result.exit_code = 1;
        return result;
    };
    const auto error = node.error_of([&] { node.driver.start(guest, node.patient()); });
    CHECK(error.code() == Error::Code::failed);
    CHECK(error.message() == "vm188 did not start: no bridge");
    CHECK(error.hint().find("/var/log/lxc/vm188.log") != std::string::npos);
    SUBCASE("a configuration that LXC refuses is named") {
        node.tools.answer("lxc-start", 1, "", "lxc-start: vm188: c.c: f: 1 Unsupported config key \"lxc.nonsense\"\n");
        CHECK(node.error_of([&] { node.driver.start(guest, node.patient()); }).where() == "/var/lib/lxc/vm188/config");
    }
    SUBCASE("one that hangs is given up at the deadline") {
        node.tools.hang("lxc-start");
        CHECK(node.error_of([&] { node.driver.start(guest, node.patient()); }).code() == Error::Code::timed_out);
    }
    SUBCASE("without lxc-start the package is named") {
        node.tools.answers.clear();
        const auto missing = node.error_of([&] { node.driver.start(guest, node.patient()); });
        CHECK(missing.code() == Error::Code::unreachable);
        CHECK(missing.hint().find("package lxc") != std::string::npos);
    }
}

TEST_CASE("a stop that asks tells the container's init, and one that does not run needs none") {
    Node node;
    const auto guest = node.container("vm188", "RUNNING");
    node.driver.stop(guest, StopMode::ask, node.patient());
    CHECK(node.library->asked == std::vector<std::string>{"vm188 /var/lib/lxc/vm188/config"});
    for (const auto mode : {StopMode::ask, StopMode::force}) CHECK_NOTHROW(node.driver.stop(node.container("down"), mode, node.patient()));
    CHECK(node.library->asked.size() == 1);
    CHECK(node.library->killed.empty());
}

TEST_CASE("a monitor that hangs is asked until the deadline, and killed when the stop is forced") {
    Node node;
    const auto guest = node.container("hung", "RUNNING");
    node.library->hanging = {"hung"};
    node.tools.processes = {{4711, {"[lxc monitor] /var/lib/lxc hung"}}, {4712, {"[lxc monitor] /var/lib/lxc hung2"}}};
    const auto error = node.error_of([&] { node.driver.stop(guest, StopMode::ask, node.soon()); });
    CHECK(error.code() == Error::Code::timed_out);
    CHECK(error.hint().find("4711") != std::string::npos);
    node.driver.stop(guest, StopMode::force, Deadline::in(node.clock, std::chrono::seconds(1)));
    CHECK(node.library->killed == std::vector<std::string>{"4711 [lxc monitor] /var/lib/lxc hung"});
    CHECK(node.look(guest).value == Value::stopped);
}

TEST_CASE("a command runs inside by lxc-attach, or by the section's rcmd") {
    Node node;
    auto guest = node.container("vm188", "RUNNING");
    node.tools.answer("lxc-attach", 3, "out", "err");
    const auto outcome = node.driver.run_inside(guest, {"echo", "two words"}, node.patient());
    CHECK(outcome.value == SshOutcome::Value::ran);
    CHECK(outcome.result.exit_code == 3);
    CHECK(node.tools.ran.back() == "lxc-attach -P /var/lib/lxc -n vm188 --clear-env -- echo two words");
    auto section = std::make_shared<Options>("container#1", svcmgr::Place(), lxc_keywords());
    section->set("rcmd", {"lxc-attach -e -n vm188 --", {}});
    guest.section = section;
    node.driver.run_inside(guest, {"pwd"}, node.patient());
    CHECK(node.tools.ran.back() == "lxc-attach -e -n vm188 -- pwd");
}

TEST_CASE("nothing is attached to a frozen container: it would hang there and could not be killed") {
    Node node;
    node.tools.answer("lxc-attach", 0);
    for (const auto& guest : {node.container("iced", "FROZEN"), node.container("down"), Guest{"nobody", "nobody"}}) {
        const auto outcome = node.driver.run_inside(guest, {"pwd"}, node.patient());
        CHECK_FALSE(outcome.ok());
        CHECK(outcome.reason.find(guest.name) != std::string::npos);
    }
    CHECK(node.tools.ran.empty());
    node.tools.hang("lxc-attach");
    CHECK(node.driver.run_inside(node.container("up", "RUNNING"), {"pwd"}, node.patient()).value == SshOutcome::Value::timed_out);
}

TEST_CASE("a peer needs the configuration, what it includes and its fstab") {
    Node node;
    node.files.put("/srv/common", "lxc.include = /usr/share/lxc/config/common.conf\n");
    node.files.put("/usr/share/lxc/config/common.conf", "");
    node.files.put("/srv/fstab", "/dev/vg/data data ext4 rw 0 0\n");
    const auto guest = node.container("vm188", "STOPPED", "lxc.include = /srv/common\nlxc.mount.fstab = /srv/fstab\n");
    CHECK(node.driver.definition(guest) == std::vector<Path>{"/var/lib/lxc/vm188/config", "/srv/common", "/srv/fstab"});
    CHECK(node.driver.definition({"nobody", "nobody"}).empty());
    const auto disks = node.driver.disks(guest, node.patient());
    CHECK(disks.problem.empty());
    REQUIRE(disks.disks.size() == 2);
    CHECK(disks.disks[1].source == "/dev/vg/data");
    node.files.remove("/srv/fstab");
    CHECK(node.driver.disks(guest, node.patient()).problem.find("/srv/fstab") != std::string::npos);
    CHECK_FALSE(node.driver.disks({"nobody", "nobody"}, node.patient()).problem.empty());
}

TEST_CASE("a host without LXC's tools or without control groups can run nothing, and says so") {
    Node node;
    CHECK(node.driver.capabilities(node.patient()).problem.find("package lxc") != std::string::npos);
    node.tools.answer("lxc-start", 0, "5.0.2\n");
    CHECK(node.driver.capabilities(node.patient()).problem.find("control groups") != std::string::npos);
    node.files.put("/sys/fs/cgroup/cgroup.procs", "");
    const auto capabilities = node.driver.capabilities(node.patient());
    CHECK(capabilities.problem.empty());
    CHECK(capabilities.has(Capability::run_inside));
}

// If this fails, a drill says yes of a node on which the container can't be started.
TEST_CASE("what a container takes from the host is told by name, and what is not here is missing") {
    Node node;
    const Guest guest =
        node.container("web", "STOPPED", "lxc.net.0.type = veth\nlxc.net.0.link = br0\nlxc.net.1.type = phys\nlxc.net.1.link = eth7\n");
    node.files.put_directory("/sys/class/net/br0");
    const std::vector<HostNeed> needs = node.driver.needs(guest, node.patient());
    REQUIRE(needs.size() == 2);
    CHECK(needs[0].what == "bridge br0");
    CHECK(needs[0].answer == HostNeed::Answer::here);
    CHECK(needs[1].what == "adapter eth7");
    CHECK(needs[1].answer == HostNeed::Answer::missing);
    CHECK(needs[1].reason == "this node has no adapter eth7");
    CHECK(node.driver.needs({"nobody", "nobody"}, node.patient()).empty());
    node.files.put("/var/lib/lxc/web/config", "lxc.include = /nowhere\n");
    const std::vector<HostNeed> unread = node.driver.needs(guest, node.patient());
    REQUIRE(unread.size() == 1);
    CHECK(unread[0].answer == HostNeed::Answer::missing);
}

}  // namespace svcmgr::lxc
