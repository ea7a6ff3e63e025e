#include "drivers/hypervisor/kvm/guest_processes.h"

#include <doctest/doctest.h>

namespace svcmgr::kvm {

TEST_CASE("a guest is recognised by the name that libvirt gives to its QEMU") {
    const std::string program = "/usr/bin/qemu-system-x86_64";
    CHECK(guest_of({program, "-name", "guest=vm188,debug-threads=on", "-S"}) == "vm188");
    CHECK(guest_of({program, "-S", "-name", "guest=vm188"}) == "vm188");
    CHECK(guest_of({program, "-name", "debug-threads=on,guest=vm188"}) == "vm188");
    CHECK(guest_of({"/usr/libexec/qemu-kvm", "-name", "guest=vm188,debug-threads=on"}) == "vm188");
    CHECK(guest_of({"/usr/bin/kvm", "--name", "vm188"}) == "vm188");
    SUBCASE("as libvirt before 1.3.3 wrote it") {
        CHECK(guest_of({program, "-name", "vm188", "-S"}) == "vm188");
        CHECK(guest_of({program, "-name", "vm188,process=qemu:vm188"}) == "vm188");
    }
    SUBCASE("with commas in its name") {
        CHECK(guest_of({program, "-name", "guest=one,,two,debug-threads=on"}) == "one,two");
        CHECK(guest_of({program, "-name", "one,,two"}) == "one,two");
        CHECK(guest_of({program, "-name", "guest=,,"}) == ",");
    }
}

TEST_CASE("no other process is taken for a guest") {
    CHECK_FALSE(guest_of({}).has_value());
    CHECK_FALSE(guest_of({"find", "/", "-name", "guest=vm188"}).has_value());
    CHECK_FALSE(guest_of({"vi", "/etc/libvirt/qemu/vm188.xml"}).has_value());
    CHECK_FALSE(guest_of({"/usr/bin/qemu-system-x86_64"}).has_value());
    CHECK_FALSE(guest_of({"/usr/bin/qemu-system-x86_64", "-name"}).has_value());
    CHECK_FALSE(guest_of({"/usr/bin/qemu-system-x86_64", "-name", "debug-threads=on"}).has_value());
    CHECK_FALSE(guest_of({"/usr/bin/qemu-system-x86_64", "-name", "process=x,vm188"}).has_value());
    CHECK_FALSE(guest_of({"/usr/bin/qemu-img", "info", "guest=vm188"}).has_value());
}

TEST_CASE("a guest's name is not found in another guest's longer name") {
    const std::vector<ProcessInfo> processes = {
        {41, {"/usr/bin/qemu-system-x86_64", "-name", "guest=vm1880,debug-threads=on"}},
        {7, {"/sbin/init"}},
        {43, {"/usr/bin/qemu-system-x86_64", "-name", "guest=vm2,debug-threads=on"}},
        {42, {"/usr/bin/qemu-system-x86_64", "-name", "guest=vm2,debug-threads=on"}},
        {44, {"/usr/bin/qemu-system-x86_64", "-name", "guest=vm2,debug-threads=on"}},
    };
    CHECK(guest_processes(processes) == std::map<std::string, int>{{"vm1880", 41}, {"vm2", 42}});
}

}  // namespace svcmgr::kvm
