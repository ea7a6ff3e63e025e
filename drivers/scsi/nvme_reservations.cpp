#include "drivers/scsi/nvme_reservations.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cerrno>
#include <cstring>

#include "drivers/hypervisor/bounded.h"
#include "drivers/scsi/undisturbed.h"

namespace svcmgr {

namespace {

constexpr ReservationType types[] = {ReservationType::write_exclusive,
                                     ReservationType::exclusive_access,
                                     ReservationType::write_exclusive_registrants,
                                     ReservationType::exclusive_access_registrants,
                                     ReservationType::write_exclusive_all,
                                     ReservationType::exclusive_access_all};

constexpr std::size_t header_length = 64;
constexpr std::size_t registrant_length = 64;
constexpr std::size_t most_registrants = 128;

template <typename Number>
Number number_at(std::span<const std::uint8_t> data, std::size_t offset) {
    Number number = 0;
    for (std::size_t i = sizeof(Number); i-- > 0;) number = static_cast<Number>(number << 8 | data[offset + i]);
    return number;
}

/// NVM Express Base 2.0, figures 94 to 96; the kernel gives the status without its upper bits.
ScsiResult result_of(int result) {
    // Since 6.2 the kernel gives SCSI's number for a conflict.
    constexpr int invalid_opcode = 0x01, reservation_conflict = 0x83, scsi_conflict = 0x18, mask = 0x7ff;
    if (result == 0) return {ScsiResult::Value::done, ""};
    if (result == -EOPNOTSUPP || result == -ENOTTY || result == -EINVAL)
        return {ScsiResult::Value::unsupported, "the namespace has no reservations"};
    if (result < 0) return {ScsiResult::Value::failed, std::strerror(-result)};
    const int status = result & mask;
    if (status == reservation_conflict || status == scsi_conflict) return {ScsiResult::Value::conflict, "reservation conflict"};
    if (status == invalid_opcode)
        return {ScsiResult::Value::unsupported, fmt::format("the namespace does not know the command (status {:03X}h)", status)};
    return {ScsiResult::Value::failed, fmt::format("the namespace answered with the status {:03X}h", status)};
}

ScsiResult late() {
    return {ScsiResult::Value::timed_out, "the kernel did not bring back an answer in time"};
}

}  // namespace

std::uint8_t nvme_type(ReservationType type) {
    for (std::size_t i = 0; i < std::size(types); ++i)
        if (types[i] == type) return static_cast<std::uint8_t>(i + 1);
    return 0;
}

std::optional<ReservationType> reservation_type_of_nvme(std::uint8_t type) {
    if (type == 0 || type > std::size(types)) return std::nullopt;
    return types[type - 1];
}

tl::expected<NvmeReport, std::string> parse_nvme_report(std::span<const std::uint8_t> data) {
    if (data.size() < header_length) return tl::unexpected(fmt::format("its report is cut off: {} bytes", data.size()));
    NvmeReport report;
    report.held.generation = number_at<std::uint32_t>(data, 0);
    const std::uint8_t type = data[4];
    const std::size_t count = number_at<std::uint16_t>(data, 5);
    if (data.size() < header_length + count * registrant_length)
        return tl::unexpected(fmt::format("its report has {} registrants in {} bytes", count, data.size()));
    if (type != 0) {
        const auto known = reservation_type_of_nvme(type);
        if (!known) return tl::unexpected(fmt::format("its report has the type {}", type));
        report.held.held = true;
        report.held.type = *known;
    }
    for (std::size_t i = 0; i < count; ++i) {
        const auto one = data.subspan(header_length + i * registrant_length, registrant_length);
        Registrant registrant;
        registrant.target_port = number_at<std::uint16_t>(one, 0);
        registrant.holder = (one[2] & 1) != 0;
        registrant.key = ReservationKey(number_at<std::uint64_t>(one, 8));
        registrant.initiator = fmt::format("host {:02x}", fmt::join(one.subspan(16, 16), ""));
        if (registrant.holder && report.held.held && !held_by_all(report.held.type)) report.held.holder = registrant.key;
        report.registrants.push_back(std::move(registrant));
    }
    return report;
}

ScsiAnswer<NvmeReport> NvmeReservations::read(const Path& device, Deadline deadline) {
    constexpr std::size_t length = header_length + most_registrants * registrant_length;
    const auto report = run_bounded(clock_, Undisturbed(), deadline,
                                    [port = &port_, device](const std::stop_token&) { return port->report(device, length); });
    if (!report) return {late(), {}};
    if (report->result != 0) return {result_of(report->result), {}};
    auto parsed = parse_nvme_report(report->data);
    if (!parsed) return {{ScsiResult::Value::failed, parsed.error()}, {}};
    return {{ScsiResult::Value::done, ""}, std::move(*parsed)};
}

ScsiResult NvmeReservations::ready(const Path& device, Deadline deadline) {
    return read(device, deadline).result;
}

ScsiAnswer<RegisteredKeys> NvmeReservations::keys(const Path& device, Deadline deadline) {
    const auto answer = read(device, deadline);
    RegisteredKeys keys{answer.value.held.generation, {}};
    for (const Registrant& one : answer.value.registrants) keys.keys.push_back(one.key);
    return {answer.result, std::move(keys)};
}

ScsiAnswer<HeldReservation> NvmeReservations::reservation(const Path& device, Deadline deadline) {
    const auto answer = read(device, deadline);
    return {answer.result, answer.value.held};
}

ScsiAnswer<Registrants> NvmeReservations::registrants(const Path& device, Deadline deadline) {
    auto answer = read(device, deadline);
    return {answer.result, {answer.value.held.generation, std::move(answer.value.registrants)}};
}

/// The kernel asks for CPTPL by itself with every registration.
ScsiAnswer<ReservationCapabilities> NvmeReservations::capabilities(const Path&, Deadline) {
    return {{ScsiResult::Value::done, ""}, {}};
}

ScsiResult NvmeReservations::change(const Path& device, const ReservationChange& change, Deadline deadline) {
    const auto result = run_bounded(clock_, Undisturbed(), deadline, [port = &port_, device, change](const std::stop_token& given_up) {
        return given_up.stop_requested() ? -ECANCELED : port->change(device, change);
    });
    return result ? result_of(*result) : late();
}

}  // namespace svcmgr
