#include "drivers/hypervisor/table.h"

#include <doctest/doctest.h>

#include "tests/unit/kvm/doubles.h"

namespace svcmgr {

namespace {

Error error_of(Hypervisors& hypervisors, std::string_view type) {
    try {
        hypervisors.get(type);
    } catch (const Error& error) {
        return error;
    }
    return {Error::Code::failed, "nothing was thrown"};
}

std::string names_of_drivers() {
    std::string names;
    for (const HypervisorType& type : hypervisor_types()) names += (names.empty() ? "" : ", ") + std::string(type.name);
    return names;
}

}  // namespace

TEST_CASE("the table has the technologies that have a driver") {
    REQUIRE(find_hypervisor_type("kvm") != nullptr);
    CHECK(find_hypervisor_type("kvm")->name == "kvm");
    CHECK(KeywordSet(find_hypervisor_type("kvm")->node_keywords).find("uri") != nullptr);
    CHECK(find_hypervisor_type("ovm") == nullptr);
    CHECK(find_hypervisor_type("") == nullptr);
}

TEST_CASE("a technology without a driver is told from a word that means nothing") {
    for (const std::string_view name : {"ovm", "srp", "podman", "amazon"}) {
        CAPTURE(name);
        CHECK(explain_unknown_hypervisor(name) ==
              "svcmgr " SVCMGR_VERSION " has no driver for " + std::string(name) + "; it has: " + names_of_drivers());
    }
    CHECK(explain_unknown_hypervisor("kmv") == "'kmv' is no technology that svcmgr knows; it has drivers for: " + names_of_drivers());
}

TEST_CASE("a module that is not installed is told with its package") {
    test::TestWorld world;
    ModuleHypervisors hypervisors("/nowhere", [](std::string_view) { return Options(); });
    hypervisors.set_world(world.world());
    const auto error = error_of(hypervisors, "kvm");
    CHECK(error.code() == Error::Code::unreachable);
    CHECK(error.where() == "/nowhere/svcmgr-kvm.so");
    CHECK(error.hint() == "install the package svcmgr-kvm");
    CHECK(error_of(hypervisors, "ovm").code() == Error::Code::invalid);
    CHECK(error_of(hypervisors, "../kvm").code() == Error::Code::invalid);
}

}  // namespace svcmgr
