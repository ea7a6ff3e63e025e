#include "drivers/hypervisor/kvm/host_wants.h"

#include <doctest/doctest.h>

using namespace svcmgr::kvm;

namespace {

using Names = std::vector<std::string>;

constexpr const char* example = R"(<domain type='kvm'>
  <name>vm188</name>
  <memory unit='GiB'>2</memory>
  <devices>
    <interface type='bridge'><source bridge='br0'/></interface>
    <interface type='bridge'><source bridge='br0'/><model type='virtio'/></interface>
    <interface type='bridge'><source bridge='br1'/></interface>
    <interface type='network'><source network='default'/></interface>
    <interface type='direct'><source dev='eth1' mode='bridge'/></interface>
    <interface type='user'/>
    <interface type='bridge'/>
  </devices>
</domain>)";

std::uint64_t memory(const std::string& element) {
    return wants_of("<domain><name>x</name>" + element + "</domain>")->memory_kib;
}

}  // namespace

// If this fails, a drill says yes of a node on which the guest has no network.
TEST_CASE("bridges, networks and adapters of a definition, each once") {
    const auto wants = wants_of(example);
    REQUIRE(wants);
    CHECK(wants->bridges == Names{"br0", "br1"});
    CHECK(wants->networks == Names{"default"});
    CHECK(wants->adapters == Names{"eth1"});
    CHECK(wants->memory_kib == 2 << 20);
}

TEST_CASE("memory is told in every unit that libvirt knows") {
    CHECK(memory("<memory>4096</memory>") == 4096);
    CHECK(memory("<memory unit='bytes'>4096</memory>") == 4);
    CHECK(memory("<memory unit='KB'>1024</memory>") == 1000);
    CHECK(memory("<memory unit='M'>1</memory>") == 1024);
    CHECK(memory("<memory unit='TiB'>1</memory>") == 1 << 30);
    CHECK(memory("") == 0);
    CHECK(memory("<memory>4096</memory><memoryBacking><hugepages/></memoryBacking>") == 0);
    CHECK(memory("<memory>4096</memory><memoryBacking><locked/></memoryBacking>") == 4096);
    CHECK(memory("<memory unit='TiB'>18446744073709551615</memory>") > std::uint64_t{1} << 50);
}

TEST_CASE("what is no domain is a sentence") {
    CHECK_FALSE(wants_of("").has_value());
    CHECK_FALSE(wants_of("<domain>").has_value());
    CHECK_FALSE(wants_of("<network/>").error().empty());
}
