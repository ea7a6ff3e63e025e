#include "drivers/hypervisor/hpvm/hpvm.h"

#include "drivers/hypervisor/hpvm/status.h"
#include "drivers/hypervisor/keywords/hpvm.h"
#include "tests/unit/needs.h"
#include "tests/unit/tools/support.h"

namespace svcmgr::hpvm {

using Value = GuestState::Value;

namespace {

Options node_options() {
    return Options("hpvm", Place(), hpvm_node_keywords());
}

std::string record(const std::string& name, const std::string& state, const std::string& boot, const std::string& vcpus,
                   const std::string& memory) {
    return name + ":8:HPUX:::::::" + ":" + state + ":" + boot + ":::::::" + ":" + vcpus + ":" + memory + ":\n";
}

constexpr const char* devices =
    "look: /opt/hpvm/bin/hpvmstatus -d -P vm1\n"
    "out: disk:avio_stor:0,2,0:disk:/dev/rdisk/disk18\n"
    "out: dvd:scsi:0,2,1:null:\n"
    "out: disk:avio_stor:0,2,2:lv:/dev/vg_guests/rvm1\n";

}  // namespace

TEST_CASE("hpvmstatus -M: states, sizes, boot policy") {
    const auto list = parse_status(record("vm1", "On", "Manual", "4;10.0%", "16GB;64MB") + record("vm2", "Off", "Auto", "1;", "512MB;") +
                                   record("vm3", "On (EFI)", "Manual", "2", "3 GB"));
    CHECK(list.problem().empty());
    CHECK(list.state_of("vm1").value == Value::running);
    CHECK(list.state_of("vm1").vcpus == 4);
    CHECK(list.state_of("vm1").memory_kib == 16u << 20);
    CHECK(list.state_of("vm1").warnings.empty());
    CHECK(list.state_of("vm2").value == Value::stopped);
    CHECK(list.state_of("vm2").memory_kib == 512u << 10);
    REQUIRE(list.state_of("vm2").warnings.size() == 1);
    CHECK(list.state_of("vm2").warnings.front().find("boot policy Auto") != std::string::npos);
    CHECK(list.state_of("vm3").reason == "On (EFI)");
    CHECK(list.state_of("vm4").value == Value::absent);
    CHECK(parse_status("No vPars or VMs currently configured\n").state_of("vm1").value == Value::absent);
}

TEST_CASE("hpvmstatus -M: a record that is not understood makes its guest unknown, any other line all of them") {
    for (const auto& bad : {record("vm1", "Odd", "Manual", "1;", "1GB"), record("vm1", "On (", "Manual", "1;", "1GB"),
                            record("vm1", "On", "Manual", "one;", "1GB"), record("vm1", "On", "Manual", "1;", "1 TB"),
                            record("vm1", "On", "Manual", "1;", "-1GB"), record("vm1", "On", "Manual", "99999", "1GB")}) {
        CAPTURE(bad);
        const auto list = parse_status(bad);
        CHECK(list.state_of("vm1").value == Value::unknown);
        CHECK(list.state_of("vm2").value == Value::absent);
    }
    for (const std::string bad : {"vm1:On\n", "hpvmstatus: Fehler\n", ":1:2:3:4:5:6:7:8:9:On:Manual:::::::::1;:1GB;:\n"})
        CHECK(parse_status(bad).state_of("vm2").value == Value::unknown);
}

TEST_CASE("hpvmstatus: what a person reads is refused with its line") {
    for (const std::string name : {"hpvm/jreypo-2010-03-02-02-hpvmstatus.txt", "hpvm/jreypo-2010-03-09-10-hpvmstatus.txt",
                                   "hpvm/jreypo-2010-03-02-06-hpvmstatus-P-ivm1.txt", "hpvm/glpi-hpvminfo-hpux3.txt"}) {
        const auto text = test::sample(name);
        if (!text) continue;
        CHECK(parse_status(*text).state_of("ivm1").value == Value::unknown);
        CHECK(parse_status(*text).problem().find("line 1 is not understood") == 0);
    }
}

TEST_CASE("hpvmstatus -d: real outputs, which their author cut, are refused where they are cut") {
    for (const std::string name :
         {"hpvm/jreypo-2010-06-28-20-hpvmstatus-P-sles10-d.txt", "hpvm/jreypo-2010-03-03-08-hpvmstatus-P-ivm1-d.txt"}) {
        auto text = test::sample(name);
        if (!text) continue;
        CHECK(parse_devices(*text).error() == "line 2 is not understood (its first field is no device of a guest): ...");
        for (auto at = text->find("...\n"); at != std::string::npos; at = text->find("...\n")) text->erase(at, 4);
        if (text->ends_with("...")) text->erase(text->size() - 3);
        REQUIRE(parse_devices(*text).has_value());
        CHECK(parse_devices(*text)->empty());
    }
}

TEST_CASE("hpvmstatus -d: disks, and lines that are none") {
    const auto disks = parse_devices(
        "disk:avio_stor:0,2,0:disk:/dev/rdisk/disk18\ndvd:scsi:0,1,0:file:/iso/install.iso\ndisk:scsi:0,2,1:lv:/dev/vg/rlv\n"
        "dvd:scsi:0,2,2:null:\nnetwork:lan:0,0,0x56A1B2C3D4E5:vswitch:vlan02\n");
    REQUIRE(disks.has_value());
    REQUIRE(disks->size() == 3);
    CHECK((*disks)[0].kind == GuestDisk::Kind::block);
    CHECK((*disks)[0].source == "/dev/rdisk/disk18");
    CHECK((*disks)[1].device == "cdrom");
    CHECK((*disks)[2].kind == GuestDisk::Kind::volume);
    for (const std::string bad : {"disk:scsi:0,2,0:disk", "disk:scsi:0,2,0:cloud:/dev/x", "disk:scsi:0,2,0:disk:rdisk18", "Platte:scsi"})
        CHECK(parse_devices("disk:scsi:0,2,0:disk:/dev/rdisk/disk1\n" + bad).error().find("line 2") == 0);
}

TEST_CASE("the device files of a guest are told to a peer") {
    test::Played<Hpvm> node("look: /opt/hpvm/bin/hpvmstatus -M\nout: " + record("vm1", "On", "Manual", "1;", "2 GB;") + devices +
                                "look: /opt/hpvm/bin/hpvmdevmgmt -l all\n"
                                "out: /dev/rdisk/disk18,/dev/dsk/c2t0d6:CONFIG=gdev,EXIST=YES,SHARE=NO,DEVTYPE=DISK\n"
                                "out: /dev/rdisk/disk2:CONFIG=rdev,SHARE=NO,DEVTYPE=HBA\n"
                                "look: scsimgr get_attr -D /dev/rdisk/disk18 -a wwid -p\nout: 0x600a0b80001234560000c0de00000001\n",
                            node_options());
    const Guest guest{"vm1", "vm1"};
    node.driver.save_devices(guest, node.deadline());
    CHECK(node.played.files().read("/var/lib/svcmgr/hpvm/vm1.mksf").value() == "/dev/rdisk/disk18:0x600a0b80001234560000c0de00000001\n");
    CHECK(node.played.files().read("/var/lib/svcmgr/hpvm/vm1.share").value() == "/dev/rdisk/disk18:NO\n");
    CHECK(node.driver.definition(guest) == std::vector<Path>{"/var/lib/svcmgr/hpvm/vm1.mksf", "/var/lib/svcmgr/hpvm/vm1.share"});
    CHECK(node.complaints() == "");
}

TEST_CASE("of a guest that does not run here nothing is told: who knows whether its names are right?") {
    test::Played<Hpvm> node("look: /opt/hpvm/bin/hpvmstatus -M\nout: " + record("vm1", "Off", "Manual", "1;", "2 GB;"), node_options());
    node.driver.save_devices({"vm1", "vm1"}, node.deadline());
    CHECK_FALSE(node.played.files().facts("/var/lib/svcmgr/hpvm/vm1.mksf").has_value());
    CHECK(node.complaints() == "");
}

TEST_CASE("which device files are missing is known without asking a tool") {
    test::Played<Hpvm> node(
        "file: /var/lib/svcmgr/hpvm/vm1.mksf\ntext: /dev/rdisk/vm1_system:0xa1\ntext: /dev/rdisk/disk18:0xa2\nfile: /dev/rdisk/disk18\n",
        node_options());
    CHECK(node.driver.missing_devices({"vm1", "vm1"}, node.deadline()) == "this node has no /dev/rdisk/vm1_system");
    CHECK(node.driver.missing_devices({"vm2", "vm2"}, node.deadline()).empty());
    CHECK(node.complaints() == "");
}

TEST_CASE("a start makes the device files that are missing, as on the node that the guest comes from") {
    test::Played<Hpvm> node(
        "file: /var/lib/svcmgr/hpvm/vm1.mksf\ntext: /dev/rdisk/vm1_system:0xa1\ntext: /dev/rdisk/disk18:0xa2\n"
        "file: /var/lib/svcmgr/hpvm/vm1.share\ntext: /dev/rdisk/vm1_system:YES\n"
        "file: /dev/rdisk/disk18\n"
        "look: /opt/hpvm/bin/hpvmstatus -M\nout: " +
            record("vm1", "Off", "Manual", "1;", "1GB") +
            "look: scsimgr get_attr all_lun -a wwid -a instance -p\nout: 0xa1:18\nout: 0xa2:19\n"
            "call: mksf -r -C disk -I 18 /dev/rdisk/vm1_system\n"
            "look: /opt/hpvm/bin/hpvmdevmgmt -l all\nout: /dev/rdisk/disk18:SHARE=NO,DEVTYPE=DISK\n"
            "call: /opt/hpvm/bin/hpvmdevmgmt -a gdev:/dev/rdisk/vm1_system\n"
            "call: /opt/hpvm/bin/hpvmdevmgmt -m gdev:/dev/rdisk/vm1_system:attr:SHARE=YES\n"
            "call: /opt/hpvm/bin/hpvmstart -P vm1\n"
            "look: /opt/hpvm/bin/hpvmstatus -M\nout: " +
            record("vm1", "On", "Manual", "1;", "1GB"),
        node_options());
    node.driver.start({"vm1", "vm1"}, node.deadline());
    CHECK(node.complaints() == "");
}

TEST_CASE("a guest whose disk this host does not see is not started") {
    test::Played<Hpvm> node(
        "file: /var/lib/svcmgr/hpvm/vm1.mksf\ntext: /dev/rdisk/vm1_system:0xa1\n"
        "look: /opt/hpvm/bin/hpvmstatus -M\nout: " +
            record("vm1", "Off", "Manual", "1;", "1GB") + "look: scsimgr get_attr all_lun -a wwid -a instance -p\nout: 0xa2:19\n",
        node_options());
    const auto error = test::error_of([&] { node.driver.start({"vm1", "vm1"}, node.deadline()); });
    CHECK(error.message() == "the LUN 0xa1 of /dev/rdisk/vm1_system is not seen by this host");
    CHECK_FALSE(error.hint().empty());
    CHECK(node.complaints() == "");
}

TEST_CASE("the files about devices, and the tools behind them, are read strictly") {
    CHECK(parse_mksf("/dev/rdisk/disk1:0xAB\n")->at("/dev/rdisk/disk1") == "0xAB");
    for (const std::string bad : {"disk1:0xab", "/dev/rdisk/disk1", "/dev/rdisk/disk1:ab", "/dev/x:0xab:1", "/dev/a b:0xab"})
        CHECK_FALSE(parse_mksf(bad).has_value());
    CHECK(mksf_text(*parse_mksf("/dev/b:0x2\n/dev/a:0x1\n")) == "/dev/a:0x1\n/dev/b:0x2\n");
    CHECK(parse_shares("/dev/a:YES\n/dev/b:NO\n")->at("/dev/a"));
    CHECK_FALSE(parse_shares("/dev/a:perhaps\n").has_value());
    CHECK(parse_device_files("/dev/rdisk/disk4:/dev/rdsk/c0t1d0\n/dev/pt/pt2:/dev/x\n") == std::vector<Path>{"/dev/rdisk/disk4"});
    CHECK_FALSE(parse_device_files("Persistent DSF\n").has_value());
    CHECK(parse_wwid("0x600508b4\n") == "0x600508b4");
    CHECK_FALSE(parse_wwid("").has_value());
    CHECK_FALSE(parse_wwid("wwid = 0x6\n").has_value());
    CHECK_FALSE(parse_instances("0xa1:eighteen\n").has_value());
    CHECK_FALSE(parse_managed("/dev/rdisk/disk1 DEVTYPE=DISK\n").has_value());
    CHECK_FALSE(parse_managed("/dev/rdisk/disk1:DEVTYPE=DISK\n").has_value());
}

TEST_CASE("virtual switches of a guest, and their states: real outputs") {
    if (const auto text = test::sample("hpvm/jreypo-2010-03-03-08-hpvmstatus-P-ivm1-d.txt"))
        CHECK(parse_vswitches(*text) == std::vector<std::string>{"vlan02", "localnet"});
    if (const auto text = test::sample("hpvm/jreypo-2010-06-28-20-hpvmstatus-P-sles10-d.txt"))
        CHECK(parse_vswitches(*text) == std::vector<std::string>{"localnet", "vlan1", "vlan2"});
    if (auto text = test::sample("hpvm/jreypo-2011-01-17-22-hpvmnet-S-devlan12.txt")) {
        // Its author's page made blanks that do not break of some.
        CHECK(parse_vswitch_state(*text, "devlan12").error().starts_with("line 1 is not understood"));
        const std::string unbroken = "\xc2\xa0";
        for (auto at = text->find(unbroken); at != std::string::npos; at = text->find(unbroken)) text->replace(at, 2, " ");
        CHECK(parse_vswitch_state(*text, "devlan12") == "Up");
        CHECK(parse_vswitch_state(*text, "vlan02").error() == "no line is of vlan02");
    }
    CHECK(parse_vswitches("network:lan:0,0\n").error().starts_with("line 1 is not understood"));
    CHECK(parse_vswitch_state("hpvmnet: Fehler\n", "vlan02").error().starts_with("line 1 is not understood"));
    CHECK_FALSE(parse_vswitch_state("", "vlan02"));
}

TEST_CASE("a drill says which virtual switches a guest would miss") {
    const std::string heading = "out: Name     Number State   Mode      NamePPA  MAC Address    IP Address\n";
    test::Played<Hpvm> node(std::string(devices) +
                                "out: network:avio_lan:0,0,0x56E9E3096A22:vswitch:lan1:portid:4\n"
                                "out: network:avio_lan:0,1,0x56E9E3096A23:vswitch:lan2\n"
                                "out: network:avio_lan:0,2,0x56E9E3096A24:vswitch:lan3\n"
                                "look: /opt/hpvm/bin/hpvmnet -S lan1\n" +
                                heading + "out: lan1          3 Up      Shared    lan4     0x000cfc0046b9 10.1.1.99\n" +
                                "look: /opt/hpvm/bin/hpvmnet -S lan2\n" + heading + "out: lan2          4 Down    Shared    lan5\n" +
                                "look: /opt/hpvm/bin/hpvmnet -S lan3\nerr: hpvmnet: lan3\nexit: 1\n",
                            node_options());
    const auto lines = test::told(node.driver.needs({"vm1", "vm1"}, node.deadline()));
    REQUIRE(lines.size() == 3);
    CHECK(lines[0] == "virtual switch lan1");
    CHECK(lines[1] == "virtual switch lan2 missing: it is Down: a guest that boots now may miss its network");
    CHECK(lines[2].starts_with("virtual switch lan3 unknown: `/opt/hpvm/bin/hpvmnet -S lan3`: "));
    CHECK(node.complaints() == "");
}

}  // namespace svcmgr::hpvm
