// vim-cmd of ESX 5 and newer. The formats were checked against outputs of hosts of the versions 5.0 to 8.0 in public reports; names and
// numbers are our own.

#include "drivers/hypervisor/esx/vim_cmd.h"

#include "tests/unit/tools/support.h"

namespace svcmgr::esx {

using Value = GuestState::Value;

namespace {

constexpr const char* heading = "Vmid         Name                   File                        Guest OS      Version   Annotation\n";

const std::string list =
    "look: vim-cmd vmsvc/getallvms\n"
    "out: Vmid   Name   File   Guest OS   Version   Annotation\n"
    "out: 40     vm1    [store 1] vm1/vm1.vmx   ubuntu64Guest   vmx-08              \n";

}  // namespace

TEST_CASE("getallvms: names and stores with blanks, annotations of several lines") {
    const auto machines = parse_all_machines(std::string(heading) +
                                             "1      kube-master   [datastore1] kube-master/kube-master.vmx   ubuntu64Guest   vmx-14\n"
                                             "12     my vm         [datastore 2] my vm/my vm.vmx   otherGuest64   vmx-13    Built by CI,\n"
                                             "do not touch\n\n13     a.*   [datastore1] a.star/b.vmx     otherGuest        vmx-10   \n");
    REQUIRE(machines.has_value());
    REQUIRE(machines->size() == 3);
    CHECK((*machines)[0].id == 1);
    CHECK((*machines)[1].name == "my vm");
    CHECK((*machines)[1].vmx == "/vmfs/volumes/datastore 2/my vm/my vm.vmx");
    CHECK((*machines)[2].name == "a.*");
    CHECK((*machines)[2].vmx == "/vmfs/volumes/datastore1/a.star/b.vmx");
    CHECK(parse_all_machines(heading)->empty());
}

TEST_CASE("getallvms: lines that are none") {
    CHECK(parse_all_machines("").error().find("line 1 is not understood") == 0);
    CHECK(parse_all_machines("Failed to login: permission denied\n").error().find("line 1 is not understood") == 0);
    for (const std::string bad :
         {"x vm1 [s] a.vmx g vmx-8", "1 vm1 s a.vmx g vmx-8", "1 vm1 [s] a.vmx g", "1 vm1 [s] a.vmdk g vmx-8", "1 [s] a.vmx g vmx-8"}) {
        CAPTURE(bad);
        CHECK(parse_all_machines(heading + bad + "\n").error().find("line 2 is not understood") == 0);
    }
}

TEST_CASE("power.getstate, get.summary, get_autostartseq") {
    CHECK(parse_power_state("Retrieved runtime info\nPowered on\n")->value == Value::running);
    CHECK(parse_power_state("Retrieved runtime info\nPowered off\n")->value == Value::stopped);
    CHECK(parse_power_state("Retrieved runtime info\nSuspended\n")->value == Value::paused);
    for (const std::string bad : {"", "Powered on\n", "Retrieved runtime info\n", "Retrieved runtime info\nPowered up\n",
                                  "(vim.fault.NotFound) {\n   msg = \"Unable to find a VM corresponding to \\\"7\\\"\"\n}\n"})
        CHECK_FALSE(parse_power_state(bad).has_value());

    const Summary summary = parse_summary(
        "Listsummary:\n\n(vim.vm.Summary) {\n   guest = (vim.vm.Summary.GuestSummary) {\n      hostName = \"vm1\",\n      ipAddress = "
        "\"10.1.2.3\",\n"
        "   },\n   config = (vim.vm.Summary.ConfigSummary) {\n      name = \"vm1\",\n      memorySizeMB = 4096,\n      numCpu = 2,\n   "
        "},\n}\n");
    CHECK(summary.processors == 2u);
    CHECK(summary.megabytes == 4096u);
    CHECK(summary.address == "10.1.2.3");
    CHECK(parse_summary("      ipAddress = <unset>,\n      numCpu = two,\n").address.empty());
    CHECK_FALSE(parse_summary("      numCpu = two,\n").processors.has_value());

    const auto entry = [](int id, const std::string& action) {
        return fmt::format(
            "   (vim.host.AutoStartManager.AutoPowerInfo) {{\n      key = 'vim.VirtualMachine:{}',\n      startOrder = 1,\n"
            "      startAction = \"{}\",\n   }},\n",
            id, action);
    };
    const auto ids = parse_autostart("(vim.host.AutoStartManager.AutoPowerInfo) [\n" + entry(2, "PowerOn") + entry(3, "None") +
                                     entry(4, "systemDefault") + "]\n");
    CHECK(*ids == std::set<unsigned>{2, 4});
    CHECK_FALSE(parse_autostart("      key = 'vim.HostSystem:1',\n").has_value());
}

TEST_CASE("a machine is started, looked at and stopped by its number") {
    test::Played<VimCmd> node(list +
                                  "look: vim-cmd vmsvc/power.getstate 40\nout: Retrieved runtime info\nout: Powered off\n"
                                  "call: vim-cmd vmsvc/power.on 40\nout: Powering on VM:\n" +
                                  list +
                                  "look: vim-cmd vmsvc/power.getstate 40\nout: Retrieved runtime info\nout: Powered on\n"
                                  "look: vim-cmd vmsvc/get.summary 40\nout: (vim.vm.Summary) {\nout:       ipAddress = \"10.1.2.3\",\n"
                                  "out:       memorySizeMB = 256,\nout:       numCpu = 1,\nout: }\n"
                                  "look: vim-cmd hostsvc/autostartmanager/get_autostartseq\nout:       key = 'vim.VirtualMachine:40',\n"
                                  "out:       startAction = \"PowerOn\",\n"
                                  "call: vim-cmd vmsvc/power.shutdown 40\n" +
                                  list +
                                  "look: vim-cmd vmsvc/power.getstate 40\nout: Retrieved runtime info\nout: Powered on\n"
                                  "call: vim-cmd vmsvc/power.off 40\nout: Powering off VM:\n" +
                                  list + "look: vim-cmd vmsvc/power.getstate 40\nout: Retrieved runtime info\nout: Powered off\n",
                              std::string("vim-cmd"));
    const Guest guest{"vm1", "vm1"};
    node.driver.start(guest, node.deadline());
    const auto state = node.look(guest);
    CHECK(state.value == Value::running);
    CHECK(state.vcpus == 1);
    CHECK(state.memory_kib == 256 * 1024);
    CHECK(state.addresses == std::vector<std::string>{"10.1.2.3"});
    REQUIRE(state.warnings.size() == 1);
    CHECK(state.warnings.front().find("autostart is on") == 0);
    node.driver.stop(guest, StopMode::ask, node.deadline());
    node.driver.stop(guest, StopMode::force, node.deadline());
    CHECK(node.complaints() == "");
}

TEST_CASE("two machines of one name are both unknown, and so is one whose state is not told") {
    test::Played<VimCmd> node(
        "look: vim-cmd vmsvc/getallvms\nout: Vmid Name File Guest OS Version Annotation\nout: 1 vm1 [a] vm1/vm1.vmx g vmx-8\n"
        "out: 2 vm1 [b] vm1/vm1.vmx g vmx-8\nout: 3 vm3 [b] vm3/vm3.vmx g vmx-8\n"
        "look: vim-cmd vmsvc/power.getstate 1\nout: Retrieved runtime info\nout: Powered on\n"
        "look: vim-cmd vmsvc/power.getstate 2\nout: Retrieved runtime info\nout: Powered off\n"
        "look: vim-cmd vmsvc/power.getstate 3\nout: (vim.fault.NotFound) {\nout: }\nexit: 1\n",
        std::string("vim-cmd"));
    CHECK(node.look({"vm1", "vm1"}).value == Value::unknown);
    CHECK(node.look({"vm3", "vm3"}).value == Value::unknown);
    CHECK(node.look({"vm4", "vm4"}).value == Value::absent);
    CHECK(test::error_of([&] {
              node.driver.start({"vm1", "vm1"}, node.deadline());
          })
              .message()
              .find("two guests of the name") != std::string::npos);
}

TEST_CASE("the tool that a host has decides: vmware-cmd where it is") {
    const auto is_vim = [](const std::string& transcript) {
        conformance::PlayedWorld played(conformance::Transcript("transcript", "# Of a test.\n" + transcript));
        return dynamic_cast<VimCmd*>(make_esx(played.world()).get()) != nullptr;
    };
    CHECK_FALSE(is_vim("look: vmware-cmd -l\n"));
    CHECK_FALSE(is_vim("file: /usr/bin/vmware-cmd\nfile: /usr/bin/vmware-vim-cmd\n"));
    CHECK(is_vim("file: /bin/vim-cmd\n"));
}

}  // namespace svcmgr::esx
