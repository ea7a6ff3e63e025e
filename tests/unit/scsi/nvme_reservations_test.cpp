#include "drivers/scsi/nvme_reservations.h"

#include <doctest/doctest.h>
#include <linux/pr.h>

#include <cerrno>
#include <vector>

#include "tests/unit/doubles.h"

using namespace svcmgr;

namespace {

/// NVM Express Base 2.0, figures 399 and 401: little endian, 64 bytes each.
ScsiBytes report(std::uint32_t generation, std::uint8_t type, const std::vector<std::pair<std::uint64_t, bool>>& registrants) {
    ScsiBytes data(64 + 64 * registrants.size());
    for (std::size_t i = 0; i < 4; ++i) data[i] = static_cast<std::uint8_t>(generation >> 8 * i);
    data[4] = type;
    data[5] = static_cast<std::uint8_t>(registrants.size());
    for (std::size_t n = 0; n < registrants.size(); ++n) {
        const std::size_t at = 64 + 64 * n;
        data[at] = static_cast<std::uint8_t>(n + 1);
        data[at + 2] = registrants[n].second ? 1 : 0;
        for (std::size_t i = 0; i < 8; ++i) data[at + 8 + i] = static_cast<std::uint8_t>(registrants[n].first >> 8 * i);
        data[at + 16] = 0xab;
    }
    return data;
}

class FakePort : public NvmePort {
public:
    int change(const Path&, const ReservationChange&) override { return result; }
    Report report(const Path&, std::size_t) override { return {result, data}; }
    int result = 0;
    ScsiBytes data;
};

}  // namespace

TEST_CASE("the types of NVMe and of linux/pr.h are numbered otherwise than SCSI's") {
    CHECK(nvme_type(ReservationType::write_exclusive) == PR_WRITE_EXCLUSIVE);
    CHECK(nvme_type(ReservationType::exclusive_access) == PR_EXCLUSIVE_ACCESS);
    CHECK(nvme_type(ReservationType::write_exclusive_registrants) == PR_WRITE_EXCLUSIVE_REG_ONLY);
    CHECK(nvme_type(ReservationType::exclusive_access_registrants) == PR_EXCLUSIVE_ACCESS_REG_ONLY);
    CHECK(nvme_type(ReservationType::write_exclusive_all) == PR_WRITE_EXCLUSIVE_ALL_REGS);
    CHECK(nvme_type(ReservationType::exclusive_access_all) == PR_EXCLUSIVE_ACCESS_ALL_REGS);
    CHECK(reservation_type_of_nvme(3) == ReservationType::write_exclusive_registrants);
    CHECK_FALSE(reservation_type_of_nvme(0));
    CHECK_FALSE(reservation_type_of_nvme(7));
}

TEST_CASE("a report has the keys, the holder and the type; what is cut off is told") {
    const ScsiBytes data = report(0x01020304, 3, {{0x5e2a00000001, false}, {0x5e2a00000002, true}});
    const auto parsed = parse_nvme_report(data);
    REQUIRE(parsed);
    CHECK(parsed->held.generation == 0x01020304);
    CHECK(parsed->held.type == ReservationType::write_exclusive_registrants);
    CHECK(parsed->held.holder == ReservationKey(0x5e2a00000002));
    REQUIRE(parsed->registrants.size() == 2);
    CHECK(parsed->registrants[0].initiator == "host ab000000000000000000000000000000");
    for (std::size_t length = 0; length < data.size(); ++length) CHECK_FALSE(parse_nvme_report(std::span(data).first(length)));
    CHECK_FALSE(parse_nvme_report(report(1, 0, {{7, false}}))->held.held);
    CHECK_FALSE(parse_nvme_report(report(1, 9, {})));
    CHECK_FALSE(parse_nvme_report(report(1, 5, {{7, true}}))->held.holder);
}

TEST_CASE("a conflict, an unknown command and a broken path are told apart") {
    FakePort port;
    test::ManualClock clock;
    NvmeReservations reservations(port, clock);
    const Deadline deadline = Deadline::in(clock, std::chrono::seconds(1));
    const auto change = [&](int result) {
        port.result = result;
        return reservations.change("/dev/nvme0n1", {}, deadline).value;
    };
    CHECK(change(0) == ScsiResult::Value::done);
    CHECK(change(0x83) == ScsiResult::Value::conflict);
    CHECK(change(0x4083) == ScsiResult::Value::conflict);
    CHECK(change(0x18) == ScsiResult::Value::conflict);
    CHECK(change(0x01) == ScsiResult::Value::unsupported);
    CHECK(change(-EOPNOTSUPP) == ScsiResult::Value::unsupported);
    CHECK(change(-EIO) == ScsiResult::Value::failed);
    port.result = 0;
    port.data = report(5, 3, {{1, true}, {2, false}});
    CHECK(reservations.keys("/dev/nvme0n1", deadline).value.keys == std::vector{ReservationKey(1), ReservationKey(2)});
    CHECK(reservations.reservation("/dev/nvme0n1", deadline).value.holder == ReservationKey(1));
    CHECK(reservations.registrants("/dev/nvme0n1", deadline).value.all.size() == 2);
    CHECK(reservations.ready("/dev/nvme0n1", deadline).done());
}
