#include "svcmgr/cluster/isolation.h"

#include <doctest/doctest.h>

using namespace svcmgr;

// If this fails, a guest answers its check through a router that the isolated network does not have.
TEST_CASE("a guest is asked from an address of its own network, however small that is") {
    CHECK(neighbour_of("10.0.0.10", {}) == "10.0.0.11");
    CHECK(neighbour_of("10.0.0.11", {}) == "10.0.0.10");
    CHECK(neighbour_of("10.0.0.1", {}) == "10.0.0.3");
    CHECK(neighbour_of("10.0.0.254", {}) == "10.0.0.252");
    CHECK(neighbour_of("fd00::10", {}) == "fd00::11");
    CHECK(neighbour_of("vm188", {}).empty());
}

TEST_CASE("no guest's own address is taken for that") {
    CHECK(neighbour_of("10.0.0.10", {"10.0.0.10", "10.0.0.11"}) == "10.0.0.8");
    std::vector<std::string> all;
    for (int i = 8; i < 16; ++i) all.push_back("10.0.0." + std::to_string(i));
    CHECK(neighbour_of("10.0.0.10", all).empty());
}
