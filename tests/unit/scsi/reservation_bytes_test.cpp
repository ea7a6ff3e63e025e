#include "drivers/scsi/reservation_bytes.h"

#include <doctest/doctest.h>

using namespace svcmgr;

namespace {

ScsiBytes bytes(std::initializer_list<int> values) {
    ScsiBytes result;
    for (const int value : values) result.push_back(static_cast<std::uint8_t>(value));
    return result;
}

}  // namespace

TEST_CASE("keys are 64-bit numbers, and nothing else is one") {
    CHECK(ReservationKey::parse("0x114366380227")->value() == 0x114366380227);
    CHECK(ReservationKey::parse("0X00Ab")->text() == "0xab");
    CHECK(ReservationKey::parse("0xffffffffffffffff")->value() == ~std::uint64_t{0});
    for (const auto* wrong : {"", "0x", "0x0", "1234", "0x11112222333344445", "0x12 ", "0xg", "-0x1", "0x-1"})
        CHECK_FALSE(ReservationKey::parse(wrong));
    CHECK(*ReservationKey::parse("0x1") != *ReservationKey::parse("0x10"));
}

TEST_CASE("the commands are SPC's bytes") {
    const ScsiCommand keys = read_command(ReservationRead::keys, 8192);
    CHECK(keys.cdb == bytes({0x5e, 0, 0, 0, 0, 0, 0, 0x20, 0, 0}));
    CHECK(keys.in_length == 8192);

    const ScsiCommand preempt = change_command({.action = ReservationChange::Action::preempt_and_abort,
                                                .key = ReservationKey(0x0102030405060708),
                                                .service_key = ReservationKey(0x1112131415161718)});
    CHECK(preempt.cdb == bytes({0x5f, 5, 5, 0, 0, 0, 0, 0, 24, 0}));
    CHECK(preempt.out == bytes({1, 2, 3, 4, 5, 6, 7, 8, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0, 0, 0, 0, 0, 0, 0, 0}));

    const ScsiCommand enroll = change_command({.action = ReservationChange::Action::register_and_ignore,
                                               .service_key = ReservationKey(1),
                                               .survive_power_loss = true,
                                               .all_target_ports = true});
    CHECK(enroll.cdb == bytes({0x5f, 6, 0, 0, 0, 0, 0, 0, 24, 0}));
    CHECK(enroll.out[20] == 0x05);
}

TEST_CASE("keys and reservations are read, and what is cut off is not") {
    const ScsiBytes keys = bytes({0, 0, 0, 0xc2, 0, 0, 0, 16, 0, 0, 0, 0, 0xfd, 0xfe, 0, 1, 0, 0, 0, 0, 0xfd, 0xfe, 0, 0});
    const auto parsed = parse_keys(keys);
    REQUIRE(parsed);
    CHECK(parsed->generation == 0xc2);
    CHECK(parsed->keys == std::vector{ReservationKey(0xfdfe0001), ReservationKey(0xfdfe0000)});
    CHECK(parse_keys(bytes({0, 0, 0, 0, 0, 0, 0, 0}))->keys.empty());
    for (std::size_t length = 0; length < keys.size(); ++length) CHECK_FALSE(parse_keys(ScsiData(keys).first(length)));
    CHECK_FALSE(parse_keys(bytes({0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3})));
    CHECK_FALSE(parse_keys(bytes({0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff})));

    // Exclusive access, registrants only, by 0x100000000000000 (the sample of RHEL's documentation, in bytes).
    ScsiBytes held = bytes({0, 0, 0, 8, 0, 0, 0, 16, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x06, 0, 0});
    const auto reservation = parse_reservation(held);
    REQUIRE(reservation);
    CHECK(reservation->held);
    CHECK(reservation->generation == 8);
    CHECK(reservation->holder.text() == "0x100000000000000");
    CHECK(reservation->type == ReservationType::exclusive_access_registrants);
    held[21] = 0x26;
    CHECK_FALSE(parse_reservation(held));
    CHECK_FALSE(parse_reservation(bytes({0, 0, 0, 8, 0, 0, 0, 0}))->held);
    CHECK_FALSE(parse_reservation(bytes({0, 0, 0, 8, 0, 0, 0, 8, 1, 0, 0, 0, 0, 0, 0, 0})));
}

TEST_CASE("capabilities name the types by their bits") {
    const auto all = parse_capabilities(bytes({0, 8, 0x05, 0x81, 0xea, 0x01, 0, 0}));
    REQUIRE(all);
    CHECK(all->survives_power_loss);
    CHECK(all->all_target_ports);
    REQUIRE(all->types);
    CHECK(all->types->size() == 6);
    const auto without_mask = parse_capabilities(bytes({0, 8, 0, 0, 0, 0, 0, 0}));
    CHECK_FALSE(without_mask->types);
    CHECK_FALSE(without_mask->survives_power_loss);
    CHECK_FALSE(parse_capabilities(bytes({0, 8, 0})));
}

TEST_CASE("full status names the initiators") {
    ScsiBytes data = bytes({0, 0, 0, 2, 0, 0, 0, 48});
    ScsiBytes one = bytes({0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 1, 5, 0, 0, 0, 0, 0, 3, 0, 0, 0, 24});
    ScsiBytes id = bytes({0x05, 0, 0, 20});
    const std::string name = "iqn.2026-01.l:n1";
    id.insert(id.end(), name.begin(), name.end());
    id.resize(24);
    data.insert(data.end(), one.begin(), one.end());
    data.insert(data.end(), id.begin(), id.end());
    const auto parsed = parse_registrants(data);
    REQUIRE(parsed);
    REQUIRE(parsed->all.size() == 1);
    CHECK(parsed->all[0].key == ReservationKey(7));
    CHECK(parsed->all[0].holder);
    CHECK(parsed->all[0].target_port == 3);
    CHECK(parsed->all[0].initiator == name);
    for (std::size_t length = 0; length < data.size(); ++length) CHECK_FALSE(parse_registrants(ScsiData(data).first(length)));
}

TEST_CASE("senses of both formats say what happened") {
    ScsiBytes fixed(18);
    fixed[0] = 0x70;
    fixed[2] = 6;
    fixed[12] = 0x2a;
    fixed[13] = 0x03;
    CHECK(to_string(*parse_sense(fixed)) == "unit attention, reservations preempted (2Ah/03h)");
    CHECK(to_string(*parse_sense(bytes({0x72, 5, 0x20, 0, 0, 0, 0, 0}))) ==
          "illegal request, the disk does not know the command (20h/00h)");
    CHECK_FALSE(parse_sense({}));
    CHECK_FALSE(parse_sense(bytes({0x70, 0, 6})));
    CHECK_FALSE(parse_sense(bytes({0x42, 1, 2, 3})));
}
