#include "drivers/network/neighbours.h"

#include <doctest/doctest.h>

namespace svcmgr {

TEST_CASE("a guest's addresses are those of its MAC addresses among the node's neighbours") {
    constexpr auto arp =
        "IP address       HW type     Flags       HW address            Mask     Device\n"
        "10.77.0.10       0x1         0x2         52:54:00:4F:e5:d4     *        br0\n"
        "10.77.0.11       0x1         0x0         52:54:00:4f:e5:d4     *        br0\n"
        "10.77.0.12       0x1         0x2         52:54:00:00:00:01     *        br0\n"
        "10.78.0.10       0x1         0x6         52:54:00:4f:e5:d5     *        br1\n";
    const std::vector<std::string> macs = {"52:54:00:4f:e5:d4", "52:54:00:4f:e5:d5"};
    CHECK(neighbours_of(arp, macs) == std::vector<std::string>{"10.77.0.10", "10.78.0.10"});
    CHECK(neighbours_of(arp, {}).empty());
    CHECK(neighbours_of("", macs).empty());
    CHECK(neighbours_of("x 0x1 0x2 52:54:00:4f:e5:d4 * br0", macs).empty());
}

}  // namespace svcmgr
