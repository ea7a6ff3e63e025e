// What a drill compares before a guest of Xen is started. Refusals and sizes are those that a Xen 4.17 had.

#include "tests/unit/needs.h"

#include <doctest/doctest.h>

#include "drivers/hypervisor/xen/host_info.h"
#include "drivers/hypervisor/xen/xen.h"
#include "tests/unit/machine.h"
#include "tests/unit/xen/recordings.h"

namespace svcmgr::xen {

namespace {

using test::Lines;
using Processors = std::set<std::uint16_t>;

/// With 370 MiB free of 1023, and a size of Domain-0 that its command line fixes.
struct Host : test::Machine {
    XenHypervisor driver{world()};

    Host() { tools.answer("xl info", 0, recorded()); }
    static std::string recorded() { return test::recording("08-xl-info").out; }
    Lines told(const std::string& config) {
        files.put("/etc/xen/vm188.cfg", "name = 'vm188'\n" + config);
        return test::told(driver.needs({"vm188", "vm188"}, patient()));
    }
    void has_bridge(const std::string& name) {
        files.make_directories("/sys/class/net/" + name, 0755);
        files.put("/sys/class/net/" + name + "/bridge", "");
    }
};

}  // namespace

// If this fails, a drill says yes of a node on which the guest has no network.
TEST_CASE("the bridge of each interface has to be there") {
    Host host;
    CHECK(host.told("").empty());
    CHECK(host.told("vif = [ 'mac=00:16:3e:00:00:01, bridge=br0', 'bridge=br0', 'bridge=br1' ]") ==
          Lines{"bridge br0 missing: this node has no bridge br0", "bridge br1 missing: this node has no bridge br1"});
    host.has_bridge("br0");
    CHECK(host.told("vif = [ 'bridge=br0' ]") == Lines{"bridge br0"});
    CHECK(host.told("vif = [ '' ]") == Lines{"bridge xenbr0 missing: this node has no bridge xenbr0"});
    CHECK(host.tools.ran.empty());
}

TEST_CASE("an interface that says no bridge has that of xl.conf, and vif-bridge knows the bridges of old versions") {
    Host host;
    host.files.put("/etc/xen/xl.conf", "# its own\nvif.default.bridge=\"lan0\"\n");
    CHECK(host.told("vif = [ '' ]") == Lines{"bridge lan0 missing: this node has no bridge lan0"});
    host.has_bridge("eth1");
    CHECK(host.told("vif = [ 'bridge=xenbr1' ]") == Lines{"bridge xenbr1"});
    host.files.put("/etc/xen/xl.conf", "nonsense");
    CHECK(host.told("vif = [ 'bridge=eth1' ]") ==
          Lines{"settings of xl unknown: /etc/xen/xl.conf: line 1: '=' is missing after nonsense", "bridge eth1"});
}

TEST_CASE("what another domain or another script connects is not compared") {
    Host host;
    CHECK(host.told("vif = [ 'bridge=br9,backend=net' ]").empty());
    CHECK(host.told("vif = [ 'bridge=br9.42,script=vif-openvswitch', 'script=/etc/xen/scripts/vif-route' ]").empty());
    CHECK(host.told("vif = [ 'bridge=br9,backend=Domain-0,script=/etc/xen/scripts/vif-bridge' ]").size() == 1);
    host.files.put("/etc/xen/xl.conf", "vif.default.script = 'vif-nat'\n");
    CHECK(host.told("vif = [ 'bridge=br9' ]").empty());
    CHECK(host.told("vif = [ 'bridge=br9,script=vif-bridge' ]").size() == 1);
    host.files.put("/etc/xen/xl.conf", "vif.default.backend = 'net'\n");
    CHECK(host.told("vif = [ 'bridge=br9' ]").empty());
}

TEST_CASE("memory: what is free, and what Domain-0 may give") {
    Host host;
    CHECK(host.told("memory = 128") == Lines{"memory"});
    CHECK(host.told("memory = 371") == Lines{"memory missing: it needs 371 MiB, and 370 MiB are free"});
    // Page tables of the guest come on top.
    CHECK(host.told("memory = 368") ==
          Lines{"memory unknown: it needs 368 MiB, and 370 MiB are free, which may be too little for what Xen needs besides"});
    CHECK(host.told("memory = 360\nvcpus = 16").front().starts_with("memory unknown"));
    const std::string asks =
        "memory unknown: it needs 371 MiB, and 370 MiB are free; xl would ask Domain-0 for the rest, which may give it or not";
    host.files.put("/etc/xen/xl.conf", "autoballoon = \"on\"\n");
    CHECK(host.told("memory = 371") == Lines{asks});
    CHECK(host.told("memory = 2000") == Lines{"memory missing: it needs 2000 MiB, and the host has 1023 MiB"});
    host.files.put("/etc/xen/xl.conf", "autoballoon=0\n");
    CHECK(host.told("memory = 371").front().starts_with("memory missing"));

    host.files.put("/etc/xen/xl.conf", "");
    std::string unfixed = Host::recorded();
    unfixed.replace(unfixed.find("dom0_mem=512M,max:512M "), 23, "");
    host.tools.answer("xl info", 0, unfixed);
    CHECK(host.told("memory = 371") == Lines{asks});
    host.files.put("/etc/xen/xl.conf", "autoballoon = 'off'\n");
    CHECK(host.told("memory = 371").front().starts_with("memory missing"));
}

TEST_CASE("what fixes the size of Domain-0, as xl goes by it") {
    for (const char* line : {"dom0_mem=512M", "a dom0_mem=min:1g,max:2g b", "dom0_mem=512M,max:512M"}) CHECK(fixes_own_memory(line));
    for (const char* line : {"", "dom0_mem", "dom0_mem=", "dom0_mem=-255M", "xdom0_mem=512M", "dom0_mem=10%"})
        CHECK_FALSE(fixes_own_memory(line));
}

TEST_CASE("processors on which a guest has to run: one that exists is enough") {
    CHECK(processors_of("0-3,^1", 7) == Processors{0, 2, 3});
    CHECK(processors_of("all,^0", 1) == Processors{1});
    CHECK(processors_of("2, 4-6", 4) == Processors{2, 4});
    CHECK(processors_of("7", 0) == Processors{});
    for (const char* unread : {"nodes:0", "", "2-1", "x", "0,nodes:1"}) CHECK_FALSE(processors_of(unread, 3));

    Host host;
    CHECK(host.told("cpus = '0-7'") == Lines{"processor"});
    CHECK(host.told("cpus = '7'") == Lines{"processor missing: it has to run on 7, and there are 0-0"});
    CHECK(host.told("cpus = [ '0', 'all,^0' ]") == Lines{"processor missing: it has to run on all,^0, and there are 0-0"});
    CHECK(host.told("cpus = 'nodes:4'").empty());
}

TEST_CASE("no configuration, one that can't be read, and an xl that does not answer") {
    Host host;
    CHECK(host.driver.needs({"nobody", "nobody"}, host.patient()).empty());
    CHECK(host.told("nonsense") == Lines{"definition missing: /etc/xen/vm188.cfg: line 2: '=' is missing after nonsense"});
    host.tools.hang("xl info");
    CHECK(host.told("memory = 1\nvif = [ 'bridge=br0' ]").back().starts_with("memory unknown: xl info did not answer within"));
    CHECK(host.told("cpus = '0'").front().starts_with("processor unknown: xl info did not answer within"));
    host.tools.answer("xl info", 1, "", test::recording("60-not-xen").err);
    CHECK(host.told("memory = 1").front().starts_with("memory unknown: "));
    host.tools.answer("xl info", 0, "host : xen0\n");
    CHECK(host.told("memory = 1\ncpus = '1'") ==
          Lines{"processor unknown: xl info does not tell which there are", "memory unknown: xl info does not tell how much is free"});
}

}  // namespace svcmgr::xen
