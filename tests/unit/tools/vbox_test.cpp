#include "drivers/hypervisor/vbox/vbox.h"

#include "drivers/hypervisor/keywords/vbox.h"
#include "drivers/hypervisor/vbox/machines.h"
#include "tests/unit/tools/support.h"

namespace svcmgr::vbox {

using Value = GuestState::Value;

namespace {

std::string machine(const std::string& name, const std::string& state, const std::string& memory = "256MB", const std::string& cpus = "1") {
    return "Name:            " + name + "\nGroups:          /\nGuest OS:        Debian (64 bit)\nMemory size:     " + memory +
           "\nNumber of CPUs:  " + cpus + "\nState:           " + state + "\n\nDescription:\nState:  running\n\n";
}

Guest with(const std::string& keyword, const std::string& value) {
    auto section = std::make_shared<Options>("container#1", Place(), vbox_keywords());
    section->set(keyword, {value, {}});
    Guest guest{"vm1", "vm1"};
    guest.section = section;
    return guest;
}

std::string listed(const std::string& text) {
    std::string transcript = "look: VBoxManage list --long vms\n";
    for (const auto& line : tools::lines_of(text)) transcript += "out: " + std::string(line.text) + "\n";
    return transcript;
}

}  // namespace

TEST_CASE("VBoxManage list --long vms: real outputs") {
    if (const auto text = test::sample("vbox/glpi-sample1.txt")) {
        const auto list = parse_machines(*text);
        CHECK(list.problem().empty());
        CHECK(list.guests().size() == 9);
        for (const auto& [name, state] : list.guests()) {
            const auto& the_name = name;
            CAPTURE(the_name);
            CHECK(state.value == Value::stopped);
            CHECK(state.reason == "powered off");
        }
        CHECK(list.state_of("Client-Leopard2").memory_kib == 1024u * 1024);
        CHECK(list.state_of("Apple, Inc Apple Keyboard [0069]").value == Value::absent);
    }
    if (const auto text = test::sample("vbox/glpi-sample3.txt")) {
        const auto list = parse_machines(*text);
        CHECK(list.problem().empty());
        CHECK(list.guests().size() == 6);
        CHECK(list.state_of("Node 1 : Debian").value == Value::stopped);
        CHECK(list.state_of("Node 1 : Debian").vcpus == 1);
    }
}

TEST_CASE("showvminfo --machinereadable: a part of a real output") {
    const auto text = test::sample("vbox/machinereadable-poweroff-2019.part.txt");
    if (!text) return;
    const auto info = parse_info(*text);
    REQUIRE(info.has_value());
    CHECK(info->at("VMState") == "poweroff");
    CHECK(info->at("biossystemtimeoffset") == "0");
    CHECK(info->at("teleporteraddress") == "");
    CHECK(disks_of(*info).empty());
}

TEST_CASE("VBoxManage list --long vms: states, and paragraphs that are none") {
    const auto list = parse_machines(machine("a", "running (since 2026-11-20T10:00:00.000000000)") + machine("b", "paused (since x)") +
                                     machine("c", "saved") + machine("d", "guru meditation") + machine("e", "stopping"));
    CHECK(list.problem().empty());
    CHECK(list.state_of("a").value == Value::running);
    CHECK(list.state_of("b").value == Value::paused);
    CHECK(list.state_of("c").value == Value::stopped);
    CHECK(list.state_of("d").value == Value::crashed);
    CHECK(list.state_of("e").value == Value::changing);
    CHECK(list.state_of("f").value == Value::absent);
    for (const auto& bad :
         {machine("a", "läuft"), machine("a", "running", "viel"), machine("a", "running", "-1MB"), machine("a", "running", "256MB", "one"),
          machine("a", "running") + machine("a", "powered off"), std::string("Name: a\nGuest OS: x\n")}) {
        CAPTURE(bad);
        CHECK(parse_machines(bad).state_of("a").value == Value::unknown);
        CHECK(parse_machines(bad).state_of("b").value == Value::absent);
    }
    CHECK(parse_machines(machine("", "running")).state_of("b").value == Value::unknown);
    const auto warned = parse_machines("WARNING: The vboxdrv kernel module is not loaded.\n" + machine("a", "running"));
    CHECK(warned.state_of("a").value == Value::running);
    CHECK(warned.state_of("b").value == Value::unknown);
}

TEST_CASE("showvminfo --machinereadable: quotes, long values, drives") {
    const auto info = parse_info(
        "name=\"vm1\"\ndescription=\"one\ntwo=2\"\nstoragecontrollername0=\"IDE 1\"\nstoragecontrollertype0=\"PIIX4\"\n"
        "\"IDE 1-0-0\"=\"/srv/vm1.vdi\"\n\"IDE 1-ImageUUID-0-0\"=\"u-1\"\n\"IDE 1-1-0\"=\"emptydrive\"\n\"IDE 1-1-1\"=\"/srv/a.ISO\"\n");
    REQUIRE(info.has_value());
    CHECK(info->at("description") == "one\ntwo=2");
    const auto disks = disks_of(*info);
    REQUIRE(disks.size() == 2);
    CHECK(disks[0].source == "/srv/vm1.vdi");
    CHECK(disks[0].serial == "u-1");
    CHECK(disks[0].bus == "PIIX4");
    CHECK(disks[1].device == "cdrom");
    CHECK(parse_info("name=\"vm1\"\nName vm1\n").error().find("line 2") == 0);
    CHECK_FALSE(parse_info("description=\"open\nfor ever\n").has_value());
}

TEST_CASE("a machine that this node does not know is registered from its file") {
    test::Played<Vbox> node(
        "file: /srv/vm1.vbox\ntext: <VirtualBox/>\nlook: VBoxManage list --long vms\n"
        "call: VBoxManage registervm /srv/vm1.vbox\n" +
        listed(machine("vm1", "powered off")) + "call: VBoxManage startvm vm1\n" + listed(machine("vm1", "running")));
    const auto guest = with("cf", "/srv/vm1.vbox");
    CHECK(node.driver.definition(guest) == std::vector<Path>{"/srv/vm1.vbox"});
    node.driver.start(guest, node.deadline());
    CHECK(node.complaints() == "");
}

TEST_CASE("a machine is started without a window where its section says so") {
    test::Played<Vbox> node(listed(machine("vm1", "powered off")) + "call: VBoxManage startvm vm1 --type headless\n" +
                            listed(machine("vm1", "running")));
    node.driver.start(with("headless", "true"), node.deadline());
    CHECK(node.complaints() == "");
}

}  // namespace svcmgr::vbox
