#include <doctest/doctest.h>

#include "resources/reservation/shared_disk.h"

using namespace svcmgr;
using Value = DiskVerdict::Value;

namespace {

const ReservationKey own(0x1), other(0x10), third(0x100);

DiskState state(std::vector<ReservationKey> keys, std::optional<ReservationKey> holder = {},
                ReservationType type = ReservationType::write_exclusive_registrants) {
    DiskState state;
    state.result.value = ScsiResult::Value::done;
    state.paths = {{ScsiResult::Value::done, ""}};
    state.keys = std::move(keys);
    if (holder) state.held = {1, true, *holder, type};
    return state;
}

}  // namespace

// faults.md C.8, row by row.
TEST_CASE("nothing held, ours, a peer's, another type, no answer") {
    using enum ReservationType;
    CHECK(judge(state({}), own).value == Value::free);
    CHECK(judge(state({other}), own).value == Value::free);
    CHECK(judge(state({own, own, other}, own), own).value == Value::ours);
    const DiskVerdict foreign = judge(state({own, other}, other), own);
    CHECK(foreign.value == Value::foreign);
    CHECK(foreign.holders == std::vector{other});
    for (const auto type : {write_exclusive, exclusive_access, exclusive_access_registrants, exclusive_access_all}) {
        CHECK(judge(state({own}, own, type), own).value == Value::wrong_type);
        CHECK(judge(state({own}, own, type), own).reason.find(to_string(type)) != std::string::npos);
    }
    DiskState silent = state({});
    silent.result = {ScsiResult::Value::timed_out, "no answer"};
    CHECK(judge(silent, own).value == Value::unknown);
    silent.result.value = ScsiResult::Value::conflict;
    CHECK(judge(silent, own).value == Value::conflict);
    silent.result.value = ScsiResult::Value::unsupported;
    CHECK(judge(silent, own).value == Value::unsupported);
}

TEST_CASE("what all registrants hold is ours only while nobody else is registered") {
    using enum ReservationType;
    CHECK(judge(state({own, own}, ReservationKey(), write_exclusive_all), own).value == Value::ours);
    const DiskVerdict shared = judge(state({own, other, third}, ReservationKey(), write_exclusive_all), own);
    CHECK(shared.value == Value::foreign);
    CHECK(shared.holders == std::vector{other, third});
    CHECK(judge(state({}, ReservationKey(), write_exclusive_all), own).value == Value::unknown);
}

TEST_CASE("arrays that count an adapter once are not waited for") {
    SharedDisk disk{
        "6000", "3PARdata", {{"sda", "/dev/sda", "3"}, {"sdb", "/dev/sdb", "3"}, {"sdc", "/dev/sdc", "4"}, {"sdd", "/dev/sdd", "4"}}};
    DiskState found = state({});
    found.paths.assign(4, {ScsiResult::Value::done, ""});
    CHECK(expected_registrations(disk, found) == 2);
    disk.vendor = "HUAWEI";
    CHECK(expected_registrations(disk, found) == 4);
    found.paths[2].value = ScsiResult::Value::failed;
    CHECK(expected_registrations(disk, found) == 3);
}
