#include "svcmgr/service/where.h"

#include <doctest/doctest.h>

#include "svcmgr/cluster/env_shape.h"
#include "svcmgr/cluster/loader.h"
#include "svcmgr/config/document.h"
#include "svcmgr/config/sections.h"

using namespace svcmgr;

namespace {

constexpr const char* nodes = "[DEFAULT]\nnodes = node1 node2\ndrpnodes = node3\n";

/// [ip#1] as a node reads it, settled.
Options settled(const std::string& in_default, const std::string& in_section, const std::string& nodename) {
    const std::string text = nodes + in_default + "\n[ip#1]\nipname = a\nipdev = b\n" + in_section;
    const Document document = Document::parse(text, "x.env");
    const Sections evaluated = Sections::evaluate(document, {nodename, "x"}, env_shape);
    std::vector<Options> sections = evaluated.all();
    REQUIRE(sections.size() == 1);
    settle_where(sections, evaluated.defaults(), nodename);
    return sections.front();
}

bool disabled(const std::string& in_default, const std::string& in_section, const std::string& nodename = "node1") {
    return settled(in_default, in_section, nodename).flag("disable");
}

}  // namespace

// If this fails, a resource that its owner disabled on the other site is started there.
TEST_CASE("disable: DEFAULT, then enable_on, then disable, then disable_on (contract.md 2.5)") {
    CHECK_FALSE(disabled("", ""));
    CHECK(disabled("", "disable = true\n"));
    CHECK(disabled("disable = true\n", "disable = false\n"));
    CHECK(disabled("disable = true\n", "enable_on = node1\n"));
    CHECK_FALSE(disabled("", "disable = true\nenable_on = node1\n"));
    CHECK(disabled("", "disable = true\nenable_on = node2\n"));
    CHECK(disabled("", "disable_on = node1\n"));
    CHECK_FALSE(disabled("", "disable_on = node2\n"));
    CHECK_FALSE(disabled("", "disable = false\ndisable_on = node1\n"));
    CHECK_FALSE(disabled("", "disable_on = nodes\nenable_on = node1\n"));
}

TEST_CASE("nodes and drpnodes stand for the service's own") {
    CHECK(disabled("", "disable_on = nodes\n", "node2"));
    CHECK_FALSE(disabled("", "disable_on = nodes\n", "node3"));
    CHECK(disabled("", "disable_on = drpnodes\n", "node3"));
    CHECK_FALSE(disabled("", "disable_on = drpnodes\n", "node2"));
    CHECK(disabled("drpnode = node4\n", "disable_on = drpnodes\n", "node4"));
}

TEST_CASE("optional, monitor and standby by lists") {
    CHECK(settled("", "optional_on = nodes\n", "node1").flag("optional"));
    CHECK_FALSE(settled("", "optional_on = drpnodes\n", "node1").flag("optional"));
    CHECK(settled("", "monitor_on = node2\n", "node2").flag("monitor"));
    CHECK(settled("", "always_on = drpnodes\n", "node3").flag("standby"));
    CHECK_FALSE(settled("", "always_on = drpnodes\n", "node1").flag("standby"));
    CHECK(settled("", "standby = true\n", "node1").flag("standby"));
}
