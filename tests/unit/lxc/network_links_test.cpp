#include "drivers/hypervisor/lxc/network_links.h"

#include <doctest/doctest.h>

using namespace svcmgr::lxc;

namespace {

std::string links(const std::vector<ConfigEntry>& entries) {
    std::string text;
    for (const NetworkLink& link : network_links(entries))
        text += (link.kind == NetworkLink::Kind::bridge ? "bridge " : "adapter ") + link.name + "\n";
    return text;
}

}  // namespace

// If this fails, a drill says yes of a node on which the container has no network.
TEST_CASE("a veth is linked to a bridge, others to an adapter") {
    CHECK(links({{"lxc.net.0.type", "veth"},
                 {"lxc.net.0.link", "br0"},
                 {"lxc.net.1.type", "macvlan"},
                 {"lxc.net.1.link", "eth1"},
                 {"lxc.net.2.type", "empty"},
                 {"lxc.net.3.type", "veth"},
                 {"lxc.uts.name", "x"}}) == "bridge br0\nadapter eth1\n");
    CHECK(links({}).empty());
}

TEST_CASE("what is said last holds, and nothing takes all of it back") {
    CHECK(links({{"lxc.net.0.type", "veth"}, {"lxc.net.0.link", "br0"}, {"lxc.net.0.link", "br1"}}) == "bridge br1\n");
    CHECK(links({{"lxc.net.0.type", "veth"}, {"lxc.net.0.link", "br0"}, {"lxc.net", ""}}).empty());
    CHECK(links({{"lxc.net.0.type", "veth"}, {"lxc.net.0.link", "br0"}, {"lxc.net.0.link", ""}}).empty());
    CHECK(links({{"lxc.net.0.type", "veth"}, {"lxc.net.0.link", "br0"}, {"lxc.net.0", ""}}).empty());
}

TEST_CASE("before LXC 2.1 each type began another network") {
    CHECK(links({{"lxc.network.type", "veth"}, {"lxc.network.link", "br0"}, {"lxc.network.type", "phys"}, {"lxc.network.link", "eth1"}}) ==
          "bridge br0\nadapter eth1\n");
}
