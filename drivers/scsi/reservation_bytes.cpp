#include "drivers/scsi/reservation_bytes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "drivers/block/sysfs.h"

namespace svcmgr {

namespace {

constexpr std::uint8_t reserve_in = 0x5e, reserve_out = 0x5f;
constexpr std::size_t header_length = 8;
constexpr std::size_t key_length = 8;
constexpr std::size_t reservation_length = 16;
constexpr std::size_t descriptor_length = 24;
constexpr std::size_t parameter_length = 24;

template <typename Number>
Number number_at(ScsiData data, std::size_t offset) {
    Number number = 0;
    for (std::size_t i = 0; i < sizeof(Number); ++i) number = static_cast<Number>(number << 8 | data[offset + i]);
    return number;
}

template <typename Number>
void put_number(ScsiBytes& bytes, std::size_t offset, Number number) {
    for (std::size_t i = 0; i < sizeof(Number); ++i) bytes[offset + i] = static_cast<std::uint8_t>(number >> 8 * (sizeof(Number) - 1 - i));
}

tl::unexpected<std::string> cut_off(std::size_t length, std::size_t expected) {
    return tl::unexpected(fmt::format("its answer is cut off: {} of {} bytes", length, expected));
}

/// What is behind the header of READ KEYS, READ RESERVATION and READ FULL STATUS.
Parsed<ScsiData> body_of(ReservationRead what, ScsiData data) {
    const std::size_t length = whole_length(what, data);
    if (length == 0) return cut_off(data.size(), header_length);
    if (data.size() < length) return cut_off(data.size(), length);
    return data.subspan(header_length, length - header_length);
}

/// TransportIDs (SPC-4, 7.6.4) of the protocols that disks have; of others the bytes.
std::string initiator_text(ScsiData id) {
    if (id.empty()) return {};
    constexpr std::uint8_t fibre_channel = 0, sas = 6, iscsi = 5;
    constexpr std::size_t iscsi_header = 4;
    const std::uint8_t protocol = id[0] & 0x0f;
    if (protocol == iscsi && id.size() > iscsi_header) {
        const std::string_view name(reinterpret_cast<const char*>(id.data()) + iscsi_header, id.size() - iscsi_header);
        return printable(name.substr(0, name.find('\0')));
    }
    if (protocol == fibre_channel && id.size() >= 16) return fmt::format("naa {:016x}", number_at<std::uint64_t>(id, 8));
    if (protocol == sas && id.size() >= 12) return fmt::format("naa {:016x}", number_at<std::uint64_t>(id, 4));
    return fmt::format("{:02x}", fmt::join(id, ""));
}

/// The additional sense codes that reservations have to do with (SPC-4, annex F).
std::string_view code_text(const ScsiSense& sense) {
    switch (sense.code << 8 | sense.qualifier) {
        case 0x0401: return "logical unit is becoming ready";
        case 0x040a: return "asymmetric access state transition";
        case 0x040b: return "target port in standby state";
        case 0x040c: return "target port in unavailable state";
        case 0x2000: return "the disk does not know the command";
        case 0x2400: return "invalid field in the command";
        case 0x2500: return "there is no such logical unit";
        case 0x2600: return "invalid field in the parameter list";
        case 0x2604: return "invalid release of a persistent reservation";
        case 0x2900: return "power on or reset";
        case 0x2a03: return "reservations preempted";
        case 0x2a04: return "reservations released";
        case 0x2a05: return "registrations preempted";
        case 0x2a06: return "asymmetric access state changed";
        case 0x3a00: return "there is no medium";
        case 0x3f0e: return "the list of logical units has changed";
        case 0x5502: return "insufficient reservation resources";
        case 0x5504: return "insufficient registration resources";
        default: return {};
    }
}

constexpr std::string_view sense_keys[] = {"no sense",       "recovered error", "not ready",      "medium error",
                                           "hardware error", "illegal request", "unit attention", "data protect",
                                           "blank check",    "vendor specific", "copy aborted",   "aborted command",
                                           "reserved",       "volume overflow", "miscompare",     "completed"};

}  // namespace

std::string to_string(ReservationType type) {
    switch (type) {
        case ReservationType::write_exclusive: return "write exclusive";
        case ReservationType::exclusive_access: return "exclusive access";
        case ReservationType::write_exclusive_registrants: return "write exclusive, registrants only";
        case ReservationType::exclusive_access_registrants: return "exclusive access, registrants only";
        case ReservationType::write_exclusive_all: return "write exclusive, all registrants";
        case ReservationType::exclusive_access_all: return "exclusive access, all registrants";
    }
    return fmt::format("type {}", static_cast<int>(type));
}

std::string_view to_string(ReservationChange::Action action) {
    switch (action) {
        case ReservationChange::Action::register_key: return "register";
        case ReservationChange::Action::reserve: return "reserve";
        case ReservationChange::Action::release: return "release";
        case ReservationChange::Action::clear: return "clear";
        case ReservationChange::Action::preempt: return "preempt";
        case ReservationChange::Action::preempt_and_abort: return "preempt and abort";
        case ReservationChange::Action::register_and_ignore: return "register and ignore existing key";
    }
    return "";
}

ScsiCommand test_unit_ready() {
    return {.cdb = ScsiBytes(6), .out = {}};
}

ScsiCommand read_command(ReservationRead what, std::uint16_t length) {
    ScsiCommand command{.cdb = ScsiBytes(10), .out = {}, .in_length = length};
    command.cdb[0] = reserve_in;
    command.cdb[1] = static_cast<std::uint8_t>(what);
    put_number(command.cdb, 7, length);
    return command;
}

ScsiCommand change_command(const ReservationChange& change) {
    ScsiCommand command{.cdb = ScsiBytes(10), .out = ScsiBytes(parameter_length)};
    command.cdb[0] = reserve_out;
    command.cdb[1] = static_cast<std::uint8_t>(change.action);
    // The scope is LU_SCOPE, 0: SPC has no other left. REGISTER and CLEAR ignore the type.
    using enum ReservationChange::Action;
    if (change.action != register_key && change.action != register_and_ignore && change.action != clear)
        command.cdb[2] = static_cast<std::uint8_t>(change.type);
    put_number(command.cdb, 5, static_cast<std::uint32_t>(parameter_length));
    put_number(command.out, 0, change.key.value());
    put_number(command.out, key_length, change.service_key.value());
    constexpr std::uint8_t aptpl = 0x01, all_tg_pt = 0x04;
    command.out[20] = static_cast<std::uint8_t>((change.survive_power_loss ? aptpl : 0) | (change.all_target_ports ? all_tg_pt : 0));
    return command;
}

std::size_t whole_length(ReservationRead what, ScsiData data) {
    if (what == ReservationRead::capabilities) return data.size() < 2 ? 0 : number_at<std::uint16_t>(data, 0);
    return data.size() < header_length ? 0 : header_length + number_at<std::uint32_t>(data, 4);
}

Parsed<RegisteredKeys> parse_keys(ScsiData data) {
    const auto body = body_of(ReservationRead::keys, data);
    if (!body) return tl::unexpected(body.error());
    if (body->size() % key_length != 0) return tl::unexpected(fmt::format("its list of keys has {} bytes", body->size()));
    RegisteredKeys found{number_at<std::uint32_t>(data, 0), {}};
    for (std::size_t at = 0; at < body->size(); at += key_length) found.keys.emplace_back(number_at<std::uint64_t>(*body, at));
    return found;
}

Parsed<HeldReservation> parse_reservation(ScsiData data) {
    const auto body = body_of(ReservationRead::reservation, data);
    if (!body) return tl::unexpected(body.error());
    HeldReservation found;
    found.generation = number_at<std::uint32_t>(data, 0);
    if (body->empty()) return found;
    if (body->size() < reservation_length) return tl::unexpected(fmt::format("its reservation has {} bytes", body->size()));
    constexpr std::size_t scope_and_type = 13;
    found.held = true;
    found.holder = ReservationKey(number_at<std::uint64_t>(*body, 0));
    found.type = static_cast<ReservationType>((*body)[scope_and_type] & 0x0f);
    if (const int scope = (*body)[scope_and_type] >> 4; scope != 0)
        return tl::unexpected(fmt::format("its reservation has the scope {}, which is not the whole disk", scope));
    return found;
}

Parsed<ReservationCapabilities> parse_capabilities(ScsiData data) {
    constexpr std::size_t length = 8;
    if (data.size() < length || whole_length(ReservationRead::capabilities, data) < length) return cut_off(data.size(), length);
    ReservationCapabilities found;
    constexpr std::uint8_t ptpl_c = 0x01, atp_c = 0x04, tmv = 0x80;
    found.survives_power_loss = (data[2] & ptpl_c) != 0;
    found.all_target_ports = (data[2] & atp_c) != 0;
    if ((data[3] & tmv) == 0) return found;
    // The mask of types: bit 7 of byte 4 is type 7, bit 0 of byte 5 is type 8.
    found.types.emplace();
    using enum ReservationType;
    for (const auto type :
         {write_exclusive, exclusive_access, write_exclusive_registrants, exclusive_access_registrants, write_exclusive_all})
        if ((data[4] >> static_cast<int>(type) & 1) != 0) found.types->push_back(type);
    if ((data[5] & 1) != 0) found.types->push_back(exclusive_access_all);
    return found;
}

Parsed<Registrants> parse_registrants(ScsiData data) {
    auto body = body_of(ReservationRead::full_status, data);
    if (!body) return tl::unexpected(body.error());
    Registrants found{number_at<std::uint32_t>(data, 0), {}};
    while (!body->empty()) {
        if (body->size() < descriptor_length) return cut_off(body->size(), descriptor_length);
        const std::size_t id_length = number_at<std::uint32_t>(*body, 20);
        if (body->size() - descriptor_length < id_length) return cut_off(body->size(), descriptor_length + id_length);
        Registrant one;
        one.key = ReservationKey(number_at<std::uint64_t>(*body, 0));
        one.holder = ((*body)[12] & 0x01) != 0;
        one.all_target_ports = ((*body)[12] & 0x02) != 0;
        one.target_port = number_at<std::uint16_t>(*body, 18);
        one.initiator = initiator_text(body->subspan(descriptor_length, id_length));
        found.all.push_back(std::move(one));
        body = body->subspan(descriptor_length + id_length);
    }
    return found;
}

std::optional<ScsiSense> parse_sense(ScsiData sense) {
    if (sense.empty()) return std::nullopt;
    const std::uint8_t format = sense[0] & 0x7f;
    if ((format == 0x70 || format == 0x71) && sense.size() >= 14)
        return ScsiSense{static_cast<std::uint8_t>(sense[2] & 0x0f), sense[12], sense[13]};
    if ((format == 0x72 || format == 0x73) && sense.size() >= 4)
        return ScsiSense{static_cast<std::uint8_t>(sense[1] & 0x0f), sense[2], sense[3]};
    return std::nullopt;
}

std::string to_string(const ScsiSense& sense) {
    const std::string_view text = code_text(sense);
    return fmt::format("{}{}{} ({:02X}h/{:02X}h)", sense_keys[sense.key & 0x0f], text.empty() ? "" : ", ", text, sense.code,
                       sense.qualifier);
}

}  // namespace svcmgr
