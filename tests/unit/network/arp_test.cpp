#include "drivers/network/netlink/arp.h"

#include <doctest/doctest.h>

using namespace svcmgr;

namespace {

const AddressBytes ours{2, 0, 0, 0, 0, 1};
const AddressBytes theirs{2, 0, 0, 0, 0, 2};
const AddressBytes address{10, 0, 3, 17};
const AddressBytes other{10, 0, 3, 18};
const AddressBytes nothing(4, 0);
using Operation = ArpPacket::Operation;

}  // namespace

TEST_CASE("an ARP packet is what RFC 826 says, and is read back") {
    const ArpPacket packet{Operation::reply, ours, address, theirs, other};
    const AddressBytes bytes = packet.bytes();
    CHECK(bytes == AddressBytes{0, 1, 8, 0, 6, 4, 0, 2, 2, 0, 0, 0, 0, 1, 10, 0, 3, 17, 2, 0, 0, 0, 0, 2, 10, 0, 3, 18});
    const auto read = ArpPacket::parse(bytes);
    REQUIRE(read);
    CHECK(read->operation == Operation::reply);
    CHECK(read->sender == address);
    CHECK(read->target == other);
}

TEST_CASE("what is no ARP packet of IPv4 over Ethernet is nothing") {
    AddressBytes bytes = ArpPacket{Operation::request, ours, address, theirs, other}.bytes();
    CHECK_FALSE(ArpPacket::parse(std::span(bytes).first(27)));
    for (const std::size_t place : {0U, 2U, 4U, 5U, 6U, 7U}) {
        AddressBytes broken = bytes;
        broken[place] = 99;
        CHECK_FALSE(ArpPacket::parse(broken));
    }
    bytes.resize(60, 0);  // padded by the Ethernet
    CHECK(ArpPacket::parse(bytes));
}

TEST_CASE("somebody who has the address or is about to take it is a conflict; we and a question for another one are none") {
    CHECK(is_conflict({Operation::reply, theirs, address, ours, nothing}, address, ours));
    CHECK(is_conflict({Operation::request, theirs, address, nothing, other}, address, ours));
    CHECK(is_conflict({Operation::request, theirs, nothing, nothing, address}, address, ours));
    CHECK_FALSE(is_conflict({Operation::request, ours, nothing, nothing, address}, address, ours));
    CHECK_FALSE(is_conflict({Operation::request, theirs, other, nothing, address}, address, ours));
    CHECK_FALSE(is_conflict({Operation::reply, theirs, other, ours, nothing}, address, ours));
}
