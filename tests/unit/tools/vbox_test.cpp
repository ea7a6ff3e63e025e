#include "drivers/hypervisor/vbox/vbox.h"

#include "drivers/hypervisor/keywords/vbox.h"
#include "drivers/hypervisor/vbox/guest_properties.h"
#include "drivers/hypervisor/vbox/machines.h"
#include "tests/unit/needs.h"
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

// The heads of paragraphs as hosts of the versions 5.2, 6.1 and 7.0 print them in public reports; names and numbers are our own.
TEST_CASE("VBoxManage list --long vms: what newer versions print") {
    const auto paragraph = [](const std::string& head, const std::string& memory, const std::string& autostart) {
        return "Name:                        vm 1\n" + head + "Guest OS:                    Debian (64-bit)\n" + memory +
               "\nNumber of CPUs:              2\nState:                       running (since 2026-11-20T10:00:00.000000000)\n" +
               autostart +
               "#0: 'SATA', Type: IntelAhci, Instance: 0, Ports: 1 (max 30), Bootable\n  Port 0, Unit 0: UUID: 0e4d1b62\n"
               "    Location: \"/srv/vm1.vdi\"\nState: off\nAutostart Enabled: on\n";
    };
    const std::string groups = "Groups:                      /\n";
    for (const auto& text : {paragraph(groups, "Memory size                  1024MB", "Autostart Enabled:           disabled\n"),
                             paragraph("Encryption:                  disabled\n" + groups, "Memory size:                 1024MB",
                                       "Autostart Enabled:           disabled\n"),
                             paragraph("", "Memory size:     1024MB", "Autostart Enabled: off\n")}) {
        CAPTURE(text);
        const auto list = parse_machines(text);
        CHECK(list.problem() == "");
        CHECK(list.state_of("vm 1").value == Value::running);
        CHECK(list.state_of("vm 1").memory_kib == 1024u * 1024);
        CHECK(list.state_of("vm 1").vcpus == 2);
        CHECK(list.state_of("vm 1").warnings.empty());
    }
    for (const std::string word : {"enabled", "on"}) {
        const auto state =
            parse_machines(paragraph(groups, "Memory size:     1024MB", "Autostart Enabled: " + word + "\n")).state_of("vm 1");
        REQUIRE(state.warnings.size() == 1);
        CHECK(state.warnings.front().find("autostart is on") == 0);
    }
    const auto odd = parse_machines(paragraph(groups, "Memory size:     1024MB", "Autostart Enabled: aktiviert\n")).state_of("vm 1");
    CHECK(odd.value == Value::running);
    REQUIRE(odd.warnings.size() == 1);
    CHECK(odd.warnings.front().find("line 7 is not understood") != std::string::npos);
    CHECK(parse_machines(paragraph(groups, "Memory size 1024MB", "")).state_of("vm 1").value == Value::unknown);
}

TEST_CASE("guestproperty enumerate: addresses, of the versions before and since 7.0") {
    const auto old_way = parse_addresses(
        "Name: /VirtualBox/GuestInfo/Net/1/V4/IP, value: 192.168.56.106, timestamp: 1607138767607908000, flags: TRANSIENT, TRANSRESET\n"
        "Name: /VirtualBox/GuestInfo/Net/0/V4/Broadcast, value: 10.0.2.255, timestamp: 1, flags:\n"
        "Name: /VirtualBox/GuestInfo/Net/0/V4/IP, value: 10.0.2.15, timestamp: 1607138767607688000, flags: <NULL>\n"
        "Name: /VirtualBox/GuestInfo/Net/Count, value: 2, timestamp: 1, flags:\n");
    CHECK(old_way == std::vector<std::string>{"10.0.2.15", "192.168.56.106"});
    const auto new_way = parse_addresses(
        "/VirtualBox/GuestInfo/Net/10/V4/IP = '10.0.3.10' @ 2026-11-20T10:00:00.082Z\r\n"
        "/VirtualBox/GuestInfo/Net/2/V4/IP       = '10.0.3.2' @ 2026-11-20T10:00:00.082Z TRANSIENT, TRANSRESET\n"
        "/VirtualBox/GuestInfo/Net/2/V6/IP = 'fe80::2' @ 2026-11-20T10:00:00.082Z\n");
    CHECK(new_way == std::vector<std::string>{"10.0.3.2", "fe80::2", "10.0.3.10"});
    for (const std::string bad : {"", "No properties found.\n", "Name: /VirtualBox/GuestInfo/Net/0/V4/IP, value: \x1b[2J, timestamp: 1\n",
                                  "Name: /VirtualBox/GuestInfo/Net/-1/V4/IP, value: 10.0.2.15, timestamp: 1\n",
                                  "Name: /VirtualBox/GuestInfo/Net/0/V4/IP\n", "/VirtualBox/GuestInfo/Net/0/V4/IP = 10.0.2.15\n"})
        CHECK(parse_addresses(bad).empty());
}

TEST_CASE("showvminfo --machinereadable: quotes, long values, drives") {
    const auto info = parse_info(
        "name=\"vm1\"\ndescription=\"one\ntwo=2\"\nVideoMode=\"1288,790,32\"@0,0 1\nstoragecontrollername0=\"IDE "
        "1\"\nstoragecontrollertype0=\"PIIX4\"\n"
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

TEST_CASE("adapters that a machine is bridged to: real outputs") {
    const auto text = test::sample("vbox/glpi-sample1.txt");
    if (!text) return;
    // Of a Mac, whose adapters have such names; the others of this sample have NAT or host-only adapters.
    CHECK(bridged_adapters(*text, "Client-Leopard2") == std::vector<std::string>{"en0: Ethernet"});
    int machines = 0;
    const auto list = parse_machines(*text);
    for (const auto& [name, state] : list.guests()) machines += bridged_adapters(*text, name).empty() ? 0 : 1;
    CHECK(machines == 8);
    CHECK(bridged_adapters(*text, "nobody").empty());
}

TEST_CASE("a drill says which adapter of a host with Linux a machine would miss") {
    const std::string behind = "', Cable connected: on, Trace: off (file: none), Type: 82540EM\n";
    const std::string text = machine("vm1", "powered off") + "NIC 1:           MAC: 080027000001, Attachment: Bridged Interface 'eth0" +
                             behind + "NIC 2:           MAC: 080027000002, Attachment: Host-only Interface 'vboxnet0" + behind +
                             "NIC 3:           MAC: 080027000003, Attachment: Bridged Interface 'eth1" + behind +
                             machine("vm2", "powered off") + "NIC 1:           MAC: 080027000004, Attachment: Bridged Interface 'eth9" +
                             behind;
    const auto told = [&](const std::vector<std::string>& interfaces) {
        test::Played<Vbox> node(listed(text));
        for (const auto& name : interfaces) node.played.files().make_directories("/sys/class/net/" + name, 0755);
        return test::told(node.driver.needs({"vm1", "vm1"}, node.deadline()));
    };
    CHECK(told({"eth0"}) == test::Lines{"adapter eth0", "adapter eth1 missing: this node has no adapter eth1"});
    CHECK(told({"eth0", "eth1"}) == test::Lines{"adapter eth0", "adapter eth1"});
    CHECK(told({}).empty());
}

}  // namespace svcmgr::vbox
