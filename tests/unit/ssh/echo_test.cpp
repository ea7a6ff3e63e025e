#include "drivers/network/echo.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace svcmgr;

namespace {

/// What a machine that is asked sends back.
std::vector<std::byte> reply_to(std::vector<std::byte> request, EchoProtocol protocol) {
    request[0] = std::byte(protocol == EchoProtocol::icmp ? 0 : 129);
    return request;
}

std::vector<std::byte> with_ip_header(const std::vector<std::byte>& message, std::size_t header_words = 5) {
    std::vector<std::byte> packet(header_words * 4);
    packet[0] = std::byte(0x40 | header_words);
    packet.insert(packet.end(), message.begin(), message.end());
    return packet;
}

unsigned checksum_of(const std::vector<std::byte>& bytes) {
    unsigned sum = 0;
    for (std::size_t i = 0; i < bytes.size(); i += 2)
        sum += std::to_integer<unsigned>(bytes[i]) << 8 | std::to_integer<unsigned>(bytes[i + 1]);
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

constexpr auto icmp = EchoProtocol::icmp;
constexpr auto icmpv6 = EchoProtocol::icmpv6;
constexpr auto raw = EchoSocketKind::raw;
constexpr auto ping = EchoSocketKind::ping;

}  // namespace

TEST_CASE("a request is what other machines answer") {
    const EchoMark mark = EchoMark::random();
    auto request = echo_request(icmp, mark, 0x0102);
    REQUIRE(request.size() == 64);
    CHECK(request[0] == std::byte(8));
    CHECK(request[1] == std::byte(0));
    CHECK(request[6] == std::byte(1));
    CHECK(request[7] == std::byte(2));
    CHECK(checksum_of(request) == 0xffff);
    CHECK(echo_request(icmpv6, mark, 1)[0] == std::byte(128));
    CHECK(EchoMark::random().token != mark.token);
}

TEST_CASE("only replies to our own requests count") {
    EchoMark mark = EchoMark::random();
    mark.identifier = 0x1234;
    const auto reply = reply_to(echo_request(icmp, mark, 2), icmp);
    CHECK(is_reply(icmp, ping, reply, mark, 2));
    CHECK(is_reply(icmp, raw, with_ip_header(reply), mark, 2));
    CHECK(is_reply(icmp, raw, with_ip_header(reply, 15), mark, 2));
    CHECK(is_reply(icmp, raw, with_ip_header(reply), mark, 7));
    const auto reply6 = reply_to(echo_request(icmpv6, mark, 2), icmpv6);
    CHECK(is_reply(icmpv6, raw, reply6, mark, 2));
    CHECK(is_reply(icmpv6, ping, reply6, mark, 2));

    SUBCASE("not our own request, which the loopback shows to us too") {
        CHECK_FALSE(is_reply(icmp, raw, with_ip_header(echo_request(icmp, mark, 2)), mark, 2));
        CHECK_FALSE(is_reply(icmpv6, raw, echo_request(icmpv6, mark, 2), mark, 2));
        CHECK_FALSE(is_reply(icmpv6, raw, reply, mark, 2));
    }
    SUBCASE("not one that we have not sent yet") {
        CHECK_FALSE(is_reply(icmp, ping, reply, mark, 1));
        CHECK_FALSE(is_reply(icmp, ping, reply_to(echo_request(icmp, mark, 0), icmp), mark, 2));
    }
    SUBCASE("not another process's") {
        EchoMark other = mark;
        other.token[15] ^= std::byte(1);
        CHECK_FALSE(is_reply(icmp, ping, reply, other, 2));
        other = mark;
        other.identifier = 0x1235;
        CHECK_FALSE(is_reply(icmp, raw, with_ip_header(reply), other, 2));
        // The kernel gives a ping socket another identifier, and checks it.
        CHECK(is_reply(icmp, ping, reply, other, 2));
    }
    SUBCASE("not a part of one") {
        for (std::size_t size = 0; size < 24; ++size) CHECK_FALSE(is_reply(icmp, ping, std::span(reply).first(size), mark, 2));
        const auto packet = with_ip_header(reply);
        for (std::size_t size = 0; size < 44; ++size) CHECK_FALSE(is_reply(icmp, raw, std::span(packet).first(size), mark, 2));
    }
    SUBCASE("not with a broken header") {
        for (std::size_t words : {0, 4, 15}) {
            auto packet = with_ip_header(reply);
            packet[0] = std::byte(0x40 | words);
            CHECK_FALSE(is_reply(icmp, raw, packet, mark, 2));
        }
    }
}
