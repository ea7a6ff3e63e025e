#include "drivers/network/address.h"

#include <doctest/doctest.h>

#include "drivers/network/network.h"

using namespace svcmgr;

TEST_CASE("a netmask is read in each way that env files have it, and one with holes is none") {
    CHECK(prefix_length("24", false) == 24);
    CHECK(prefix_length("255.255.255.0", false) == 24);
    CHECK(prefix_length("0xffffff00", false) == 24);
    CHECK(prefix_length("FFFFFF00", false) == 24);
    CHECK(prefix_length("255.255.255.255", false) == 32);
    CHECK(prefix_length("0.0.0.0", false) == 0);
    CHECK(prefix_length("64", true) == 64);
    for (const char* wrong : {"33", "255.0.255.0", "0xff00ff00", "-1", "", "/24", "255.255.255", "24 "})
        CHECK_MESSAGE(!prefix_length(wrong, false), wrong);
    CHECK_FALSE(prefix_length("129", true));
    CHECK_FALSE(prefix_length("255.255.255.0", true));
}

TEST_CASE("an address with its prefix, and which others are of its network") {
    const auto contains = [](const char* subnet, const char* other) {
        return address_in_subnet(subnet)->has_beside(*address_bytes(other));
    };
    CHECK(contains("10.1.1.0/24", "10.1.1.254"));
    CHECK_FALSE(contains("10.1.1.0/24", "10.1.2.1"));
    CHECK(contains("10.1.1.77/25", "10.1.1.127"));
    CHECK_FALSE(contains("10.1.1.77/25", "10.1.1.128"));
    CHECK(contains("0.0.0.0/0", "192.0.2.1"));
    CHECK_FALSE(contains("0.0.0.0/0", "::1"));
    CHECK(contains("fd00::/64", "fd00::1"));
    CHECK_FALSE(contains("fd00::1/128", "fd00::2"));
    for (const char* wrong : {"10.1.1.0", "10.1.1.0/33", "10.1.1.0/", "10.1.1/24", "fd00::/129", "10.1.1.0/-1", "/24", ""})
        CHECK_MESSAGE(!address_in_subnet(wrong), wrong);
}

TEST_CASE("addresses are compared as numbers") {
    CHECK(same_address("2001:db8::1", "2001:DB8:0:0::1"));
    CHECK_FALSE(same_address("10.0.0.1", "10.0.0.10"));
    CHECK_FALSE(same_address("x", "y"));
    CHECK(address_text(*address_bytes("2001:DB8:0:0::1")) == "2001:db8::1");
    CHECK_FALSE(address_bytes("10.0.0"));
}
