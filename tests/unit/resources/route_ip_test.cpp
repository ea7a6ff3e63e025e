#include "resources/route_ip.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

using namespace svcmgr;

namespace {

std::string selector(std::string_view spec) {
    const RouteIdentity identity = identity_of_route(spec);
    return fmt::format("{}{}", identity.is_six ? "-6 " : "", fmt::join(identity.selector, " "));
}

}  // namespace

// `ip route show` refuses the other words, and a route that was there was not seen.
TEST_CASE("a route is looked for by what tells it from others") {
    CHECK(selector("default via 10.0.0.1 mtu 1400 onlink") == "default via 10.0.0.1");
    CHECK(selector("default via 10.0.0.1 mtu lock 1400 dev eth0") == "default via 10.0.0.1 dev eth0");
    CHECK(selector("blackhole 10.0.0.0/8") == "10.0.0.0/8 type blackhole");
    CHECK(selector("local 10.7.0.1 dev lo") == "10.7.0.1 type local table local dev lo");
    CHECK(selector("10.1.2.2/32 via 10.1.2.254 src 10.1.2.1 table 100 preference 50 proto static") ==
          "10.1.2.2/32 via 10.1.2.254 table 100 metric 50");
    CHECK(selector("to 10.1.0.0/16 dev eth0 scope link") == "10.1.0.0/16 dev eth0");
    CHECK(selector("") == "");
}

TEST_CASE("the family is that of the destination, else of the gateway") {
    CHECK(selector("2001:db8::/32 via fe80::1 dev eth0") == "-6 2001:db8::/32 via fe80::1 dev eth0");
    CHECK(selector("default via fe80::1 dev eth0 hoplimit 64") == "-6 default via fe80::1 dev eth0");
    CHECK(selector("unreachable 2001:db8::/32 metric 5") == "-6 2001:db8::/32 type unreachable metric 5");
    CHECK(selector("10.6.0.0/16 via inet6 fe80::1 dev eth0") == "10.6.0.0/16 via inet6 fe80::1 dev eth0");
    CHECK(selector("default via inet6 fe80::1 dev eth0") == "default via inet6 fe80::1 dev eth0");
    CHECK(selector("default dev eth0 src 2001:db8::1") == "-6 default dev eth0");
}

TEST_CASE("nexthops can't be asked for: their gateways are looked for in what is shown") {
    const RouteIdentity identity =
        identity_of_route("10.8.0.0/16 metric 5 nexthop via 10.0.0.5 dev eth0 weight 1 nexthop via 10.0.0.6 dev eth0 weight 2");
    CHECK(identity.selector == std::vector<std::string>{"10.8.0.0/16", "metric", "5"});
    CHECK(identity.gateways == std::vector<std::string>{"10.0.0.5", "10.0.0.6"});
}
