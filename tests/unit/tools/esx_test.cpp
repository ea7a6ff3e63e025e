#include "drivers/hypervisor/esx/esx.h"

#include "drivers/hypervisor/esx/machines.h"
#include "tests/unit/tools/support.h"

namespace svcmgr::esx {

using Value = GuestState::Value;

TEST_CASE("vmware-cmd: real outputs") {
    if (const auto text = test::sample("esx/vmware-cmd-l.txt")) {
        const auto paths = parse_registered(*text);
        REQUIRE(paths.has_value());
        REQUIRE(paths->size() == 1);
        CHECK(files_of(*paths, "sol_vm1") == *paths);
        CHECK(files_of(*paths, "vm1").empty());
    }
    if (const auto text = test::sample("esx/vmware-cmd-getstate-on.txt")) CHECK(parse_state(*text)->value == Value::running);
    if (const auto text = test::sample("esx/vmware-cmd-getstate-off.txt")) CHECK(parse_state(*text)->value == Value::stopped);
    if (const auto text = test::sample("esx/vmware-cmd-getstate-unregistered.txt")) {
        CHECK(parse_state(*text).error().find("line 2 is not understood") == 0);
        CHECK(parse_registered(*text).error().find("line 1 is not understood") == 0);
    }
}

TEST_CASE("vmware-cmd: three words, and nothing else") {
    CHECK(parse_state("getstate() = suspended\n")->value == Value::paused);
    CHECK(parse_state("getstate() = stuck\n")->value == Value::paused);
    for (const std::string bad : {"", "on", "getstate() = ", "getstate() = maybe", "getstate() = on\ngetstate() = off", "getState() = on"})
        CHECK_FALSE(parse_state(bad).has_value());
    CHECK(parse_config_number("getconfig(memsize) = 256\n", "memsize") == 256u);
    for (const std::string bad :
         {"getconfig(memsize) = viel", "getconfig(memsize) = -1", "getconfig(numvcpus) = 1", "getconfig(memsize) ="})
        CHECK_FALSE(parse_config_number(bad, "memsize").has_value());
    CHECK(parse_registered("\n/vmfs/a/a.vmx\n\n")->size() == 1);
    CHECK(parse_registered("No virtual machine found.\n").error().find("line 1") == 0);
}

TEST_CASE("a machine's file names its disks") {
    const auto disks = parse_vmx_disks(
        "#!/usr/bin/vmware\nscsi0:0.present = \"true\"\nscsi0:0.fileName = \"vm1.vmdk\"\nscsi0:1.fileName = \"/vmfs/x/y.vmdk\"\n"
        "ide0:0.fileName = \"/iso/a.iso\"\nide0:0.deviceType = \"cdrom-image\"\nscsi0:2.present = \"FALSE\"\nscsi0:2.fileName = "
        "\"z.vmdk\"\n",
        "/vmfs/v/vm1/vm1.vmx");
    REQUIRE(disks.has_value());
    REQUIRE(disks->size() == 3);
    CHECK((*disks)[0].device == "cdrom");
    CHECK((*disks)[1].source == "/vmfs/v/vm1/vm1.vmdk");
    CHECK((*disks)[1].bus == "scsi");
    CHECK((*disks)[2].source == "/vmfs/x/y.vmdk");
    CHECK(parse_vmx_disks("a = b\n", "/x.vmx").error().find("line 1") == 0);
}

TEST_CASE("two machines of one name: which is meant can't be told") {
    const std::string list = "look: vmware-cmd -l\nout: /vmfs/a/vm1/vm1.vmx\nout: /vmfs/b/vm1/vm1.vmx\n";
    test::Played<Esx> node(list +
                           "look: vmware-cmd /vmfs/a/vm1/vm1.vmx getstate\nout: getstate() = on\n"
                           "look: vmware-cmd /vmfs/b/vm1/vm1.vmx getstate\nout: getstate() = off\n");
    CHECK(node.look({"vm1", "vm1"}).value == Value::unknown);
    CHECK(node.look({"vm1", "vm1"}).reason.find("two guests of the name vm1") != std::string::npos);
    CHECK(node.complaints() == "");
}

TEST_CASE("a machine whose state is not told is unknown, with what the tool said") {
    test::Played<Esx> node(
        "look: vmware-cmd -l\nout: /vmfs/a/vm1/vm1.vmx\n"
        "look: vmware-cmd /vmfs/a/vm1/vm1.vmx getstate\n"
        "err: /usr/bin/vmware-cmd: Could not connect to VM /vmfs/a/vm1/vm1.vmx\nexit: 11\n");
    const auto state = node.look({"vm1", "vm1"});
    CHECK(state.value == Value::unknown);
    CHECK(state.reason.find("Could not connect to VM") != std::string::npos);
}

TEST_CASE("getguestinfo ip: the address that a machine's tools told, or none") {
    CHECK(parse_guest_address("getguestinfo(ip) = 10.0.3.17\n") == "10.0.3.17");
    for (const std::string bad : {"", "getguestinfo(ip) = \n", "getguestinfo(ip) = unknown\n", "getguestinfo(dns) = 10.0.3.17\n",
                                  "VMControl error -999: Unknown error: No such variable\n"})
        CHECK(parse_guest_address(bad) == "");
}

}  // namespace svcmgr::esx
