#include "drivers/hypervisor/xen/xen.h"

#include "drivers/error.h"
#include "drivers/hypervisor/keywords/xen.h"
#include "drivers/hypervisor/xen/words.h"
#include "tests/unit/machine.h"
#include "tests/unit/xen/recordings.h"

namespace svcmgr::xen {

namespace {

using Value = GuestState::Value;
using test::recording;

constexpr const char* uuid = "b51892df-f073-42ec-b82c-98d4e28c1277";

struct Host : test::Machine {
    XenHypervisor driver{world()};

    Host() { tools.answer("xl list -v", 0, recording("07-xl-list-v").out); }
    Guest guest(const std::string& name, const std::string& more = "") {
        files.put("/etc/xen/" + name + ".cfg", "name = '" + name + "'\nmemory = 128\n" + more);
        return {name, name};
    }
    GuestState look(const Guest& one) { return driver.look({&one, 1}, patient()).front(); }
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

std::string err_of(const std::string& name) {
    return recording(name).err;
}

}  // namespace

TEST_CASE("one list tells about any number of guests") {
    Host host;
    std::vector<Guest> guests;
    for (int i = 0; i < 1000; ++i) guests.push_back(host.guest(fmt::format("many{}", i)));
    guests.push_back(host.guest("tiny"));
    guests.push_back({"nobody", "nobody"});
    const auto states = host.driver.look(guests, host.patient());
    REQUIRE(states.size() == 1002);
    CHECK(states[0].value == Value::stopped);
    CHECK(states[1000].value == Value::running);
    CHECK(states[1000].memory_kib == 131072);
    CHECK(states[1001].value == Value::absent);
    CHECK(host.tools.ran == std::vector<std::string>{"xl list -v"});
}

TEST_CASE("addresses are those of the configuration, else those under which this host knows the adapters") {
    Host host;
    auto details = recording("81-xl-list--l-full").out;
    details.replace(details.find("\"full\""), 6, "\"tiny\"");
    host.files.put("/proc/net/arp", "IP address HW type Flags HW address Mask Device\n10.77.0.21 0x1 0x2 00:16:3E:00:00:02 * xenbr0\n");
    const auto guest = host.guest("tiny");
    CHECK(host.look(guest).addresses.empty());
    host.tools.answer("xl list -l tiny", 0, details);
    CHECK(host.look(guest).addresses == std::vector<std::string>{"10.77.0.21"});
    auto configured = details;
    configured.replace(configured.find("\"nictype\""), 0, "\"ip\": \"10.77.0.9/24 nonsense fe80::9\", ");
    host.tools.answer("xl list -l tiny", 0, configured);
    CHECK(host.look(guest).addresses == std::vector<std::string>{"10.77.0.9", "fe80::9"});
    host.tools.answer("xl list -l tiny", 0, recording("81-xl-list--l-full").out);
    CHECK(host.look(guest).addresses.empty());
    host.tools.hang("xl list -l tiny");
    CHECK(host.look(guest).value == Value::running);
}

TEST_CASE("a guest that is not in a list is not down when the list can't be read") {
    Host host;
    host.tools.answer("xl list -v", 0, recording("07-xl-list-v").out + "Ölçü hatası\n");
    CHECK(host.look(host.guest("tiny")).value == Value::running);
    const auto state = host.look(host.guest("vm188"));
    CHECK(state.value == Value::unknown);
    CHECK(state.reason.find("Ölçü hatası") != std::string::npos);
    SUBCASE("nor when it never ends") {
        host.tools.answer("xl list -v", 0, recording("07-xl-list-v").out + std::string(8 << 20, '\n'));
        CHECK(host.look(host.guest("vm188")).value == Value::unknown);
    }
}

TEST_CASE("without an answer of xl nothing is known, and why is said") {
    Host host;
    host.tools.hang("xl list");
    host.tools.answers.erase("xl list -v");
    CHECK(host.look(host.guest("tiny")).value == Value::unknown);
    CHECK(host.look(host.guest("tiny")).reason.find("xenstored") != std::string::npos);
    CHECK_FALSE(host.driver.disks(host.guest("tiny"), host.patient()).problem.empty());
    host.tools.answer("xl list", 1, "", err_of("60-not-xen"));
    CHECK(host.look(host.guest("tiny")).reason.find("does not run on Xen") != std::string::npos);
    host.tools.answers.clear();
    CHECK(host.look(host.guest("tiny")).value == Value::unknown);
    CHECK(host.look(host.guest("tiny")).reason.find("xen-utils") != std::string::npos);
}

TEST_CASE("a guest under another name or with another uuid is not taken for something else") {
    Host host;
    const auto renamed = host.look(host.guest("vm188", fmt::format("uuid = '{}'\n", uuid)));
    CHECK(renamed.value == Value::unknown);
    CHECK(renamed.reason.find("tiny") != std::string::npos);
    CHECK(host.look(host.guest("tiny", fmt::format("uuid = '{}'\n", uuid))).warnings.empty());
    const auto other = host.look(host.guest("tiny", "uuid = '00000000-0000-0000-0000-000000000001'\n"));
    CHECK(other.value == Value::running);
    REQUIRE(other.warnings.size() == 1);
    CHECK(other.warnings[0].find(uuid) != std::string::npos);
    const auto line = [](const std::string& name) { return name + " 7 128 1 -b---- 3.9 00000000-0000-0000-0000-000000000007 - -\n"; };
    host.tools.answer("xl list -v", 0, recording("07-xl-list-v").out + line("vm189--incoming") + line("twin") + line("twin"));
    CHECK(host.look(host.guest("vm189")).value == Value::changing);
    CHECK(host.look(host.guest("twin")).value == Value::unknown);
}

TEST_CASE("what is odd about a guest is a warning") {
    Host host;
    CHECK(host.look(host.guest("tiny")).warnings.empty());
    host.files.put_link("/etc/xen/auto/10-tiny", "/etc/xen/tiny.cfg");
    REQUIRE(host.look(host.guest("tiny")).warnings.size() == 1);
    CHECK(host.look(host.guest("tiny")).warnings[0].find("/etc/xen/auto/10-tiny") != std::string::npos);
    CHECK(host.look(host.guest("vm188")).warnings.empty());
    CHECK(host.look(host.guest("broken", "nonsense\n")).warnings.at(0).find("line 3") != std::string::npos);
}

TEST_CASE("a start is xl create of the guest's own configuration") {
    Host host;
    host.tools.answer("xl create", 0, "", err_of("33-xl-create-tiny"));
    host.driver.start(host.guest("vm188"), host.patient());
    CHECK(host.tools.ran.back() == "xl create /etc/xen/vm188.cfg");
    auto guest = host.guest("vm188");
    auto section = std::make_shared<Options>("container#1", Place(), xen_keywords());
    section->set("cf", {"/srv/vm188.cfg", {}});
    guest.section = section;
    host.files.put("/srv/vm188.cfg", "name = 'vm188'\n");
    host.driver.start(guest, host.patient());
    CHECK(host.tools.ran.back() == "xl create /srv/vm188.cfg");
    CHECK(host.driver.definition(guest) == std::vector<Path>{"/srv/vm188.cfg"});
}

TEST_CASE("a start that fails says why in Xen's words, without the places in its source") {
    Host host;
    const auto guest = host.guest("vm188");
    const auto said = [&](const std::string& file) {
        host.tools.answer("xl create", 3, "", err_of(file));
        return host.error_of([&] { host.driver.start(guest, host.patient()); });
    };
    CHECK(said("10-xl-create-already-running").message() == "vm188: xl create: Domain with name \"tiny\" already exists.");
    CHECK(said("40-xl-create-nomem").message() ==
          "vm188: xl create: xc_dom_boot_mem_init: can't allocate low memory for domain: Out of memory");
    CHECK(said("41-xl-create-missing-kernel").message() ==
          "vm188: xl create: failed to open file '/boot/nokernel': No such file or directory: Internal error");
    CHECK(said("45-xl-create-nofiledisk").message() ==
          "vm188: xl create: Disk vdev=xvda failed to stat: /root/nodisk.img: No such file or directory");
    CHECK(said("45-xl-create-nofiledisk").hint().find("/var/log/xen/xl-vm188.log") != std::string::npos);
    const auto syntax = said("42-xl-create-syntax");
    CHECK(syntax.code() == Error::Code::invalid);
    CHECK(syntax.where() == "/etc/xen/vm188.cfg");
    host.tools.hang("xl create");
    CHECK(host.error_of([&] { host.driver.start(guest, host.patient()); }).code() == Error::Code::timed_out);
}

TEST_CASE("a configuration that is missing, broken or of another guest is not given to xl") {
    Host host;
    const auto refused = [&](const Guest& guest) { return host.error_of([&] { host.driver.start(guest, host.patient()); }); };
    CHECK(refused({"nobody", "nobody"}).where() == "/etc/xen/nobody.cfg");
    CHECK(refused(host.guest("broken", "nonsense\n")).code() == Error::Code::invalid);
    CHECK(refused(host.guest("vm188", "name = 'other'\n")).message().find("'other'") != std::string::npos);
    CHECK(host.tools.ran.empty());
}

TEST_CASE("asking a guest to stop ends when it does not acknowledge; one that is gone has stopped") {
    Host host;
    const auto guest = host.guest("tiny");
    host.tools.answer("xl shutdown", 0, "", err_of("34-xl-shutdown-w-tiny"));
    host.driver.stop(guest, StopMode::ask, host.patient());
    CHECK(host.tools.ran.back() == "xl shutdown -F tiny");
    host.tools.answer("xl list tiny", 0, recording("07-xl-list-v").out);
    host.tools.answer("xl shutdown", 1, "",
                      "libxl: error: libxl_domain.c:854:pvcontrol_cb: guest didn't acknowledge control request: -9\n");
    CHECK_NOTHROW(host.driver.stop(guest, StopMode::ask, host.patient()));
    host.tools.hang("xl shutdown");
    CHECK_NOTHROW(host.driver.stop(guest, StopMode::ask, host.patient()));
    host.tools.hang("xl list tiny");
    CHECK(host.error_of([&] { host.driver.stop(guest, StopMode::ask, host.patient()); }).code() == Error::Code::timed_out);
    for (const char* verb : {"xl shutdown", "xl destroy"}) host.tools.answer(verb, 1, "", err_of("20-xl-destroy-nosuch"));
    CHECK_NOTHROW(host.driver.stop(guest, StopMode::ask, host.patient()));
    CHECK_NOTHROW(host.driver.stop(guest, StopMode::force, host.patient()));
    host.tools.answer("xl destroy", 1, "", "libxl: error: libxl_domain.c:1: Domain 7:Destruction of domain failed\n");
    CHECK(host.error_of([&] { host.driver.stop(guest, StopMode::force, host.patient()); }).message() ==
          "tiny: xl destroy: Destruction of domain failed");
}

TEST_CASE("the disks of a guest are known before its first start, and live ones win") {
    Host host;
    const auto guest = host.guest("full", "disk = ['/srv/full.img,raw,xvda,rw', '/dev/vg/data,raw,xvdb,rw']\n");
    host.files.put("/srv/full.img", std::string(4096, '\0'));
    host.tools.answer("xl list -l full", 1, "", "full is an invalid domain identifier (rc=-6)\n");
    auto disks = host.driver.disks(guest, host.patient());
    CHECK(disks.problem.empty());
    REQUIRE(disks.disks.size() == 2);
    CHECK(disks.disks[0].size == 4096);
    host.tools.answer("xl list -l full", 0, recording("81-xl-list--l-full").out);
    disks = host.driver.disks(guest, host.patient());
    CHECK(disks.problem.empty());
    CHECK(disks.disks.at(0).source == "/dev/loop0");
    host.tools.answer("xl list -l nobody", 1, "", "nobody is an invalid domain identifier (rc=-6)\n");
    CHECK_FALSE(host.driver.disks({"nobody", "nobody"}, host.patient()).problem.empty());
    host.tools.answer("xl list -l full", 0, "[");
    CHECK(host.driver.disks(guest, host.patient()).problem.find("JSON") != std::string::npos);
}

TEST_CASE("commands run inside over ssh, and in a Windows guest not at all") {
    Host host;
    Guest guest{"vm188", "vm188.example.org"};
    guest.ssh_user = "operator";
    CHECK(host.driver.run_inside(guest, {"pwd"}, host.patient()).ok());
    CHECK(host.ssh.commands.at(0).first == SshTarget{"vm188.example.org", "operator", 22});
    guest.windows = true;
    CHECK_FALSE(host.driver.run_inside(guest, {"pwd"}, host.patient()).ok());
    CHECK(host.ssh.commands.size() == 1);
}

TEST_CASE("a host that is no Xen says so") {
    Host host;
    host.tools.answer("xl info", 1, "", err_of("60-not-xen"));
    CHECK(host.driver.capabilities(host.patient()).problem.find("does not run on Xen") != std::string::npos);
    host.tools.answer("xl info", 0, "host : xen0\n");
    CHECK(host.driver.capabilities(host.patient()).has(Capability::start));
}

TEST_CASE("words of xl that nobody has seen are read without harm") {
    CHECK(reason_of_failure("") == "");
    CHECK(reason_of_failure("Parsing config from /etc/xen/a.cfg\n") == "");
    CHECK(reason_of_failure("Failed to read config file: /etc/xen/xl.conf: No such file or directory\nno such thing\n") == "no such thing");
    CHECK(reason_of_failure("libxl: error: \x1b[31mred\n") == " [31mred");
    CHECK(reason_of_failure("libxl: error: a.c:12") == "");
    CHECK(reason_of_failure("Domain 7") == "Domain 7");
    CHECK(reason_of_failure(std::string(100000, 'x')).size() < 1000);
}

}  // namespace svcmgr::xen
