#include "tests/scsi/pr_disk.h"

#include <algorithm>
#include <vector>

namespace svcmgr::sim {

namespace {

constexpr std::uint8_t illegal_request = 5, unit_attention = 6;
constexpr std::uint16_t reservations_preempted = 0x2a03, reservations_released = 0x2a04, registrations_preempted = 0x2a05;
constexpr std::uint16_t invalid_opcode = 0x2000, invalid_field_in_cdb = 0x2400, invalid_field_in_list = 0x2600, invalid_release = 0x2604;
constexpr std::uint16_t list_length_error = 0x1a00;

ScsiReply good(ScsiBytes in = {}) {
    ScsiReply reply;
    reply.value = ScsiReply::Value::completed;
    reply.in = std::move(in);
    return reply;
}

ScsiReply conflict() {
    ScsiReply reply = good();
    reply.status = scsi_reservation_conflict;
    return reply;
}

ScsiReply check(std::uint8_t key, std::uint16_t code) {
    ScsiReply reply = good();
    reply.status = scsi_check_condition;
    reply.sense.resize(18);
    reply.sense[0] = 0x70;
    reply.sense[2] = key;
    reply.sense[7] = 10;
    reply.sense[12] = static_cast<std::uint8_t>(code >> 8);
    reply.sense[13] = static_cast<std::uint8_t>(code);
    return reply;
}

void append(ScsiBytes& bytes, std::uint64_t number, int length) {
    for (int i = length - 1; i >= 0; --i) bytes.push_back(static_cast<std::uint8_t>(number >> 8 * i));
}

std::uint64_t number_in(const ScsiBytes& bytes, std::size_t offset) {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < 8; ++i) number = number << 8 | bytes[offset + i];
    return number;
}

bool for_registrants(ReservationType type) {
    return type != ReservationType::write_exclusive && type != ReservationType::exclusive_access;
}
bool keeps_readers_out(ReservationType type) {
    using enum ReservationType;
    return type == exclusive_access || type == exclusive_access_registrants || type == exclusive_access_all;
}
bool known(std::uint8_t type) {
    return type == 1 || type == 3 || (type >= 5 && type <= 8);
}

/// An iSCSI TransportID (SPC-4, 7.6.4.6): the name ends with a zero, and its length is a multiple of four.
ScsiBytes transport_id(const std::string& initiator) {
    ScsiBytes id{0x05, 0, 0, 0};
    id.insert(id.end(), initiator.begin(), initiator.end());
    do id.push_back(0);
    while (id.size() % 4 != 0 || id.size() < 24);
    id[3] = static_cast<std::uint8_t>(id.size() - 4);
    return id;
}

}  // namespace

bool PrDisk::holds(const Nexus& nexus) const {
    if (!held_) return false;
    return held_by_all(held_->type) ? registrations_.contains(nexus) : held_->holder == nexus;
}

bool PrDisk::may_write(const Nexus& nexus) const {
    if (reserved_the_old_way && *reserved_the_old_way != nexus) return false;
    return !held_ || holds(nexus) || (for_registrants(held_->type) && registrations_.contains(nexus));
}

void PrDisk::power_cycle() {
    std::set<Nexus> seen;
    for (const auto& [nexus, key] : registrations_) seen.insert(nexus);
    if (!keep_) {
        registrations_.clear();
        held_.reset();
        generation_ = 0;
    }
    reserved_the_old_way.reset();
    attentions_.clear();
    for (const Nexus& nexus : seen) attention(nexus, 0x2900);
}

void PrDisk::tell(const Nexus& but, std::uint16_t code) {
    for (const auto& [nexus, key] : registrations_)
        if (nexus != but) attention(nexus, code);
}

ScsiReply PrDisk::execute(const Nexus& nexus, const ScsiCommand& command) {
    constexpr std::uint8_t test_ready = 0x00, reserve6 = 0x16, release6 = 0x17, read10 = 0x28, write10 = 0x2a, in = 0x5e, out = 0x5f;
    if (const auto waiting = attentions_.find(nexus); waiting != attentions_.end()) {
        const std::uint16_t code = *waiting->second.begin();
        waiting->second.erase(waiting->second.begin());
        if (waiting->second.empty()) attentions_.erase(waiting);
        return check(unit_attention, code);
    }
    const std::uint8_t code = command.cdb[0];
    const bool others_old_one = reserved_the_old_way && *reserved_the_old_way != nexus;
    if (code == release6) {
        if (!others_old_one) reserved_the_old_way.reset();
        return good();
    }
    if (others_old_one) return conflict();
    switch (code) {
        case test_ready: return good();
        case reserve6:
            if (!registrations_.empty()) return conflict();
            reserved_the_old_way = nexus;
            return good();
        case read10: return held_ && keeps_readers_out(held_->type) && !may_write(nexus) ? conflict() : good(ScsiBytes(command.in_length));
        case write10: return may_write(nexus) ? good() : conflict();
        case in: return features.reservations ? read_in(command) : check(illegal_request, invalid_opcode);
        case out: return features.reservations ? change(nexus, command) : check(illegal_request, invalid_opcode);
        default: return check(illegal_request, invalid_opcode);
    }
}

ScsiReply PrDisk::read_in(const ScsiCommand& command) const {
    ScsiBytes data;
    ScsiBytes body;
    switch (command.cdb[1] & 0x1f) {
        case 0:
            for (const auto& [nexus, key] : registrations_) append(body, key.value(), 8);
            break;
        case 1:
            if (!held_) break;
            append(body, held_by_all(held_->type) ? 0 : registrations_.at(held_->holder).value(), 8);
            append(body, 0, 5);
            append(body, static_cast<std::uint8_t>(held_->type), 1);
            append(body, 0, 2);
            break;
        case 2:
            append(data, 8, 2);
            append(data, (features.survives_power_loss ? 0x01U : 0U) | (features.all_target_ports ? 0x04U : 0U), 1);
            append(data, 0x80U | (keep_ ? 1U : 0U), 1);
            append(data, 0xea01, 2);
            append(data, 0, 2);
            break;
        case 3:
            if (!features.full_status) return check(illegal_request, invalid_field_in_cdb);
            for (const auto& [nexus, key] : registrations_) {
                const ScsiBytes id = transport_id(nexus.initiator);
                append(body, key.value(), 8);
                append(body, 0, 4);
                append(body, holds(nexus) ? 1 : 0, 1);
                append(body, holds(nexus) ? static_cast<std::uint8_t>(held_->type) : 0, 1);
                append(body, 0, 4);
                append(body, nexus.port, 2);
                append(body, id.size(), 4);
                body.insert(body.end(), id.begin(), id.end());
            }
            break;
        default: return check(illegal_request, invalid_field_in_cdb);
    }
    if (data.empty()) {
        append(data, generation_, 4);
        append(data, body.size(), 4);
        data.insert(data.end(), body.begin(), body.end());
    }
    if (data.size() > command.in_length) data.resize(command.in_length);
    return good(std::move(data));
}

ScsiReply PrDisk::change(const Nexus& nexus, const ScsiCommand& command) {
    if (command.out.size() != 24) return check(illegal_request, list_length_error);
    using Action = ReservationChange::Action;
    const auto action = static_cast<Action>(command.cdb[1] & 0x1f);
    const ReservationKey key(number_in(command.out, 0));
    const ReservationKey service_key(number_in(command.out, 8));
    const bool keep = (command.out[20] & 0x01) != 0;
    const bool all_ports = (command.out[20] & 0x04) != 0;
    const auto registration = registrations_.find(nexus);

    if (action == Action::register_key || action == Action::register_and_ignore) {
        if (action == Action::register_key && key != (registration == registrations_.end() ? ReservationKey() : registration->second))
            return conflict();
        if ((keep && !features.survives_power_loss) || (all_ports && !features.all_target_ports))
            return check(illegal_request, invalid_field_in_list);
        keep_ = keep;
        return set_key(nexus, service_key, all_ports);
    }
    if (registration == registrations_.end() || key != registration->second) return conflict();
    const std::uint8_t scope_and_type = command.cdb[2];
    if (action != Action::clear && ((scope_and_type >> 4) != 0 || !known(scope_and_type)))
        return check(illegal_request, invalid_field_in_cdb);
    const auto type = static_cast<ReservationType>(scope_and_type);
    switch (action) {
        case Action::reserve: return reserve(nexus, type);
        case Action::release: return release(nexus, type);
        case Action::clear: return clear(nexus);
        case Action::preempt_and_abort:
            if (!features.abort) return check(illegal_request, invalid_field_in_cdb);
            [[fallthrough]];
        case Action::preempt: return preempt(nexus, service_key, type);
        default: return check(illegal_request, invalid_field_in_cdb);
    }
}

ScsiReply PrDisk::set_key(const Nexus& nexus, ReservationKey key, bool all_ports) {
    ++generation_;
    for (std::uint16_t port = 1; port <= features.ports; ++port) {
        const Nexus one{nexus.initiator, all_ports ? port : nexus.port};
        if (key)
            registrations_[one] = key;
        else
            unregister(one);
        if (!all_ports) break;
    }
    return good();
}

void PrDisk::unregister(const Nexus& nexus) {
    if (!registrations_.contains(nexus)) return;
    const bool last_holder = held_ && (held_by_all(held_->type) ? registrations_.size() == 1 : held_->holder == nexus);
    registrations_.erase(nexus);
    if (last_holder) end_reservation(nexus);
}

void PrDisk::end_reservation(const Nexus& by) {
    if (for_registrants(held_->type)) tell(by, reservations_released);
    held_.reset();
}

ScsiReply PrDisk::reserve(const Nexus& nexus, ReservationType type) {
    if (!held_) {
        held_ = Held{type, nexus};
        return good();
    }
    return holds(nexus) && held_->type == type ? good() : conflict();
}

ScsiReply PrDisk::release(const Nexus& nexus, ReservationType type) {
    if (!held_ || !holds(nexus)) return good();
    if (held_->type != type) return check(illegal_request, invalid_release);
    end_reservation(nexus);
    return good();
}

ScsiReply PrDisk::clear(const Nexus& nexus) {
    ++generation_;
    tell(nexus, reservations_preempted);
    registrations_.clear();
    held_.reset();
    return good();
}

ScsiReply PrDisk::preempt(const Nexus& nexus, ReservationKey victim, ReservationType type) {
    const bool of_all = held_ && held_by_all(held_->type);
    if (!victim && !of_all) return check(illegal_request, invalid_field_in_list);
    const bool takes_over = held_ && (of_all ? !victim : registrations_.at(held_->holder) == victim);
    std::vector<Nexus> gone;
    bool known_key = false;
    for (const auto& [one, key] : registrations_) {
        const bool meant = of_all && !victim ? true : key == victim;
        known_key = known_key || meant;
        if (meant && one != nexus) gone.push_back(one);
    }
    if (!known_key) return conflict();
    ++generation_;
    for (const Nexus& one : gone) {
        registrations_.erase(one);
        attention(one, registrations_preempted);
    }
    if (takes_over) {
        const bool changes = held_->type != type;
        held_ = Held{type, nexus};
        if (changes) tell(nexus, reservations_released);
    } else if (of_all && registrations_.empty()) {
        held_.reset();
    }
    return good();
}

}  // namespace svcmgr::sim
