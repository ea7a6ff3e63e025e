#include "drivers/hypervisor/lxc/place.h"

#include <doctest/doctest.h>

#include "drivers/hypervisor/keywords/lxc.h"
#include "tests/unit/machine.h"

namespace svcmgr::lxc {

namespace {

Guest guest_saying(const std::string& keyword, const std::string& value) {
    Guest guest{"vm188", "vm188"};
    auto section = std::make_shared<Options>("container#1", svcmgr::Place(), lxc_keywords());
    if (!keyword.empty()) section->set(keyword, {value, {}});
    guest.section = section;
    return guest;
}

}  // namespace

TEST_CASE("a configuration is looked for where each build of LXC keeps it, LXC's own directory first") {
    test::Machine machine;
    const Guest guest{"vm188", "vm188"};
    CHECK_FALSE(find_place(machine.files, guest, "/srv/lxc").exists);
    CHECK(find_place(machine.files, guest, "/srv/lxc").config == "/srv/lxc/vm188/config");
    for (const char* directory : {"/etc/lxc", "/usr/local/var/lib/lxc", "/usr/var/lib/lxc", "/var/lib/lxc", "/srv/lxc"}) {
        const auto config = std::string(directory) + "/vm188/config";
        machine.files.put(config, "");
        const auto place = find_place(machine.files, guest, "/srv/lxc");
        CHECK(place.exists);
        CHECK(place.config == config);
        // /etc/lxc has configurations only: the container itself is in LXC's directory.
        CHECK(place.id == ContainerId{config.starts_with("/etc/") ? "/srv/lxc" : directory, "vm188"});
    }
}

TEST_CASE("what the section says counts, and nothing else is tried") {
    test::Machine machine;
    machine.files.put("/var/lib/lxc/vm188/config", "");
    auto place = find_place(machine.files, guest_saying("cf", "/srv/vm188/config"), "/var/lib/lxc");
    CHECK(place.config == "/srv/vm188/config");
    CHECK(place.id.lxcpath == "/var/lib/lxc");
    CHECK_FALSE(place.exists);
    place = find_place(machine.files, guest_saying("container_data_dir", "/srv"), "/var/lib/lxc");
    CHECK(place.config == "/srv/vm188/config");
    CHECK(place.id.lxcpath == "/srv");
    CHECK_FALSE(place.exists);
    CHECK(find_place(machine.files, guest_saying("", ""), "/var/lib/lxc").exists);
}

// /proc/net/unix of a machine with two containers of one name, one of them asked at that moment.
constexpr std::string_view sockets =
    "Num       RefCount Protocol Flags    Type St Inode Path\n"
    "0000000049f55ec5: 00000002 00000000 00010000 0001 01 2924708 @/var/lib/lxc/c1/command\n"
    "0000000049f55ec6: 00000003 00000000 00000000 0001 03 2924709 @/var/lib/lxc/c1/command\n"
    "000000009743aa1c: 00000002 00000000 00010000 0001 01 2925537 @/run/other/c1/command\n"
    "000000009743aa1d: 00000002 00000000 00010000 0001 01 2925538 /run/systemd/notify\n"
    "000000009743aa1e: 00000002 00000000 00010000 0001 01 2925539 @/tmp/.X11-unix/X0\n"
    "000000009743aa1f: 00000002 00000000 00010000 0001 01 2925540 @/command\n"
    "000000009743aa1f: 00000002 00000000 00010000 0001 01 2925540\n";

TEST_CASE("containers of one name are told apart by their directories") {
    const auto active = active_places(sockets);
    REQUIRE(active.size() == 1);
    CHECK(active.at("c1") == std::vector<Path>{"/var/lib/lxc", "/run/other"});
    CHECK(other_places(active, {"/var/lib/lxc", "c1"}) == std::vector<Path>{"/run/other"});
    CHECK(other_places(active, {"/srv", "c1"}).size() == 2);
    CHECK(other_places(active, {"/srv", "c2"}).empty());
    CHECK(active_places("").empty());
}

}  // namespace svcmgr::lxc
