#include "drivers/scsi/scsi_reservations.h"

#include <doctest/doctest.h>

#include <functional>

#include "tests/scsi/pr_disk.h"
#include "tests/unit/doubles.h"

using namespace svcmgr;
using Value = ScsiResult::Value;

namespace {

/// One initiator's way to one disk, with whatever the test makes of the replies.
class Wire : public ScsiTransport {
public:
    ScsiReply send(const Path&, const ScsiCommand& command, Deadline) override {
        ++sent;
        if (instead) return instead(command);
        return disk.execute(nexus, command);
    }
    sim::PrDisk disk;
    sim::Nexus nexus{"node1", 1};
    std::function<ScsiReply(const ScsiCommand&)> instead;
    int sent = 0;
};

struct Fixture {
    Wire wire;
    test::ManualClock clock;
    ScsiReservations reservations{wire, clock};
    Deadline deadline = Deadline::in(clock, std::chrono::seconds(10));
    const ReservationKey key{0xa1};

    ScsiResult change(ReservationChange::Action action, ReservationKey service_key = ReservationKey()) {
        return reservations.change("/dev/sda", {.action = action, .key = key, .service_key = service_key}, deadline);
    }
    static ScsiReply sense(int sense_key, int code, int qualifier) {
        ScsiReply reply;
        reply.value = ScsiReply::Value::completed;
        reply.status = scsi_check_condition;
        reply.sense = {0x72, static_cast<std::uint8_t>(sense_key), static_cast<std::uint8_t>(code), static_cast<std::uint8_t>(qualifier)};
        return reply;
    }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a disk is registered, reserved and read back through the bytes") {
    CHECK(change(ReservationChange::Action::register_and_ignore, key).done());
    CHECK(change(ReservationChange::Action::reserve).done());
    const auto keys = reservations.keys("/dev/sda", deadline);
    CHECK(keys.value.keys == std::vector{key});
    const auto held = reservations.reservation("/dev/sda", deadline);
    CHECK(held.value.holder == key);
    CHECK(held.value.type == ReservationType::write_exclusive_registrants);
    CHECK(reservations.registrants("/dev/sda", deadline).value.all.at(0).initiator == "node1");
    CHECK(reservations.capabilities("/dev/sda", deadline).value.survives_power_loss);
}

TEST_CASE_FIXTURE(Fixture, "a conflict is no failure, an unknown command is neither") {
    CHECK(change(ReservationChange::Action::reserve).value == Value::conflict);
    wire.disk.features.reservations = false;
    CHECK(reservations.keys("/dev/sda", deadline).result.value == Value::unsupported);
    wire.disk.features.reservations = true;
    wire.disk.features.full_status = false;
    CHECK(reservations.registrants("/dev/sda", deadline).result.value == Value::unsupported);
}

TEST_CASE_FIXTURE(Fixture, "unit attentions are taken off, and a storm of them has an end (faults.md C.5, 29)") {
    for (const int code : {0x2a03, 0x2a04, 0x2a05, 0x2900}) wire.disk.attention(wire.nexus, static_cast<std::uint16_t>(code));
    CHECK(change(ReservationChange::Action::register_and_ignore, key).done());

    wire.sent = 0;
    wire.instead = [](const ScsiCommand&) { return sense(6, 0x2a, 0x03); };
    const Moment begin = clock.now();
    const ScsiResult storm = reservations.ready("/dev/sda", deadline);
    CHECK(storm.value == Value::attention);
    CHECK(storm.reason == "10 tries were answered with: unit attention, reservations preempted (2Ah/03h)");
    CHECK(wire.sent == 10);
    CHECK(clock.now() - begin == std::chrono::milliseconds(800));

    wire.sent = 0;
    deadline = Deadline::in(clock, std::chrono::milliseconds(250));
    CHECK(reservations.ready("/dev/sda", deadline).value == Value::timed_out);
    CHECK(wire.sent == 4);
}

TEST_CASE_FIXTURE(Fixture, "what a broken path or disk answers is told") {
    wire.instead = [](const ScsiCommand&) { return sense(2, 0x04, 0x0c); };
    CHECK(reservations.ready("/dev/sda", deadline).reason == "not ready, target port in unavailable state (04h/0Ch)");
    wire.instead = [](const ScsiCommand&) { return sense(5, 0x25, 0x00); };
    CHECK(reservations.ready("/dev/sda", deadline).reason == "illegal request, there is no such logical unit (25h/00h)");
    wire.instead = [](const ScsiCommand&) {
        ScsiReply reply;
        reply.value = ScsiReply::Value::completed;
        reply.in = ScsiBytes(5, 0xa5);
        return reply;
    };
    CHECK(reservations.keys("/dev/sda", deadline).result.reason == "its answer is cut off: 5 of 8 bytes");
    wire.instead = [](const ScsiCommand& command) {
        ScsiReply reply;
        reply.value = ScsiReply::Value::completed;
        reply.in = ScsiBytes(command.in_length, 0xff);
        return reply;
    };
    CHECK(reservations.keys("/dev/sda", deadline).result.value == Value::failed);
    wire.instead = [](const ScsiCommand&) { return ScsiReply{ScsiReply::Value::failed, 0, {}, {}, "No such device"}; };
    CHECK(reservations.keys("/dev/sda", deadline).result.reason == "No such device");
}

TEST_CASE_FIXTURE(Fixture, "a list of keys that is longer than asked for is asked for again") {
    for (int i = 0; i < 2000; ++i)
        wire.disk.execute({"other" + std::to_string(i), 1},
                          change_command({.action = ReservationChange::Action::register_and_ignore, .service_key = ReservationKey(0xb0)}));
    CHECK(reservations.keys("/dev/sda", deadline).value.keys.size() == 2000);
    CHECK(wire.sent == 2);
}
