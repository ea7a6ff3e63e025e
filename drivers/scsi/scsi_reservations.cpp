#include "drivers/scsi/scsi_reservations.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace svcmgr {

namespace {

constexpr int most_tries = 10;
constexpr Duration between_tries = std::chrono::milliseconds(100);
constexpr std::uint16_t usual_length = 8192;

/// What a reply means, and whether the same command may do better in a moment.
struct Verdict {
    ScsiResult result;
    bool again = false;
};

Verdict judge_sense(const ScsiReply& reply) {
    constexpr std::uint8_t recovered = 1, not_ready = 2, illegal_request = 5, unit_attention = 6, aborted = 11;
    constexpr std::uint8_t invalid_opcode = 0x20, invalid_field_in_cdb = 0x24;
    const std::optional<ScsiSense> sense = parse_sense(reply.sense);
    if (!sense) return {{ScsiResult::Value::failed, "the disk refused the command and did not say why"}};
    const std::string text = to_string(*sense);
    switch (sense->key) {
        case recovered: return {{ScsiResult::Value::done, ""}};
        case unit_attention: return {{ScsiResult::Value::attention, text}, true};
        case aborted: return {{ScsiResult::Value::failed, text}, true};
        case not_ready: {
            const bool becoming_ready = sense->code == 0x04 && (sense->qualifier == 0x01 || sense->qualifier == 0x0a);
            return {{ScsiResult::Value::failed, text}, becoming_ready};
        }
        case illegal_request: {
            const bool unknown = sense->code == invalid_opcode || sense->code == invalid_field_in_cdb;
            return {{unknown ? ScsiResult::Value::unsupported : ScsiResult::Value::failed, text}};
        }
        default: return {{ScsiResult::Value::failed, text}};
    }
}

Verdict judge(const ScsiReply& reply) {
    if (reply.value == ScsiReply::Value::timed_out) return {{ScsiResult::Value::timed_out, reply.reason}};
    if (reply.value == ScsiReply::Value::failed) return {{ScsiResult::Value::failed, reply.reason}};
    switch (reply.status) {
        case scsi_good: return {{ScsiResult::Value::done, ""}};
        case scsi_reservation_conflict: return {{ScsiResult::Value::conflict, "reservation conflict"}};
        case scsi_check_condition: return judge_sense(reply);
        case scsi_busy:
        case scsi_task_set_full: return {{ScsiResult::Value::failed, "the disk is busy"}, true};
        default: return {{ScsiResult::Value::failed, fmt::format("the disk answered with the status {:02X}h", reply.status)}};
    }
}

}  // namespace

ScsiReservations::Sent ScsiReservations::send(const Path& device, const ScsiCommand& command, Deadline deadline) {
    for (int tried = 1;; ++tried) {
        if (deadline.passed(clock_)) return {{ScsiResult::Value::timed_out, "there was no time left to ask the disk"}, {}};
        ScsiReply reply = transport_.send(device, command, deadline);
        Verdict verdict = judge(reply);
        if (!verdict.again) return {std::move(verdict.result), std::move(reply.in)};
        if (tried == most_tries) {
            verdict.result.reason = fmt::format("{} tries were answered with: {}", most_tries, verdict.result.reason);
            return {std::move(verdict.result), {}};
        }
        // A unit attention is told once: what comes behind the first one is a storm.
        if (tried > 1) clock_.sleep_until(std::min(clock_.now() + between_tries, deadline.at()));
    }
}

template <typename T>
ScsiAnswer<T> ScsiReservations::read(const Path& device, ReservationRead what, Deadline deadline, Parsed<T> (*parse)(ScsiData)) {
    std::uint16_t length = usual_length;
    while (true) {
        Sent sent = send(device, read_command(what, length), deadline);
        if (!sent.result.done()) return {std::move(sent.result), {}};
        const std::size_t whole = whole_length(what, sent.in);
        constexpr std::size_t most = std::numeric_limits<std::uint16_t>::max();
        if (whole > length && length < most) {
            length = static_cast<std::uint16_t>(std::min(whole, most));
            continue;
        }
        Parsed<T> parsed = parse(sent.in);
        if (!parsed) return {{ScsiResult::Value::failed, parsed.error()}, {}};
        return {{ScsiResult::Value::done, ""}, std::move(*parsed)};
    }
}

ScsiResult ScsiReservations::ready(const Path& device, Deadline deadline) {
    return send(device, test_unit_ready(), deadline).result;
}
ScsiAnswer<RegisteredKeys> ScsiReservations::keys(const Path& device, Deadline deadline) {
    return read(device, ReservationRead::keys, deadline, parse_keys);
}
ScsiAnswer<HeldReservation> ScsiReservations::reservation(const Path& device, Deadline deadline) {
    return read(device, ReservationRead::reservation, deadline, parse_reservation);
}
ScsiAnswer<Registrants> ScsiReservations::registrants(const Path& device, Deadline deadline) {
    return read(device, ReservationRead::full_status, deadline, parse_registrants);
}
ScsiAnswer<ReservationCapabilities> ScsiReservations::capabilities(const Path& device, Deadline deadline) {
    return read(device, ReservationRead::capabilities, deadline, parse_capabilities);
}
ScsiResult ScsiReservations::change(const Path& device, const ReservationChange& change, Deadline deadline) {
    return send(device, change_command(change), deadline).result;
}

}  // namespace svcmgr
