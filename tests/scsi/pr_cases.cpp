#include "tests/scsi/pr_cases.h"

#include <fmt/format.h>

#include "drivers/scsi/reservation_bytes.h"

namespace svcmgr::sim {

namespace {

using Action = ReservationChange::Action;
using Send = std::function<ScsiReply(const ScsiCommand&)>;

const ReservationKey key_a(0xa1a2a3a4a5a6a7a8), key_b(0xb1b2b3b4b5b6b7b8), key_c(0xc1);

constexpr ReservationType types[] = {ReservationType::write_exclusive,
                                     ReservationType::exclusive_access,
                                     ReservationType::write_exclusive_registrants,
                                     ReservationType::exclusive_access_registrants,
                                     ReservationType::write_exclusive_all,
                                     ReservationType::exclusive_access_all};

bool for_registrants(ReservationType type) {
    return type != ReservationType::write_exclusive && type != ReservationType::exclusive_access;
}
bool keeps_readers_out(ReservationType type) {
    return type == ReservationType::exclusive_access || type == ReservationType::exclusive_access_registrants ||
           type == ReservationType::exclusive_access_all;
}

struct Wrong {
    std::string what;
};

void expect(bool right, const std::string& what) {
    if (!right) throw Wrong{what};
}

/// One initiator. Unit attentions are taken off as an initiator must.
class Initiator {
public:
    explicit Initiator(const Send& send) : send_(send) {}

    ScsiReply raw(const ScsiCommand& command) const {
        for (int tries = 0;; ++tries) {
            ScsiReply reply = send_(command);
            const auto sense = parse_sense(reply.sense);
            if (tries > 10 || reply.status != scsi_check_condition || !sense || sense->key != 6) return reply;
        }
    }
    std::uint8_t status(const ScsiCommand& command) const {
        const ScsiReply reply = raw(command);
        expect(reply.value == ScsiReply::Value::completed, "a command did not come back: " + reply.reason);
        return reply.status;
    }
    std::uint8_t change(Action action, ReservationKey key, ReservationKey service_key = ReservationKey(),
                        ReservationType type = ReservationType::write_exclusive_registrants) const {
        return status(change_command({.action = action, .key = key, .service_key = service_key, .type = type}));
    }
    void good(Action action, ReservationKey key, ReservationKey service_key = ReservationKey(),
              ReservationType type = ReservationType::write_exclusive_registrants) const {
        const std::uint8_t got = change(action, key, service_key, type);
        expect(got == scsi_good, fmt::format("{} ({}) was answered with status {:02X}h", to_string(action), to_string(type), got));
    }
    void conflict(Action action, ReservationKey key, ReservationKey service_key = ReservationKey(),
                  ReservationType type = ReservationType::write_exclusive_registrants) const {
        const std::uint8_t got = change(action, key, service_key, type);
        expect(got == scsi_reservation_conflict,
               fmt::format("{} ({}) should conflict, and was answered with status {:02X}h", to_string(action), to_string(type), got));
    }
    RegisteredKeys keys() const {
        const auto parsed = parse_keys(raw(read_command(ReservationRead::keys, 8192)).in);
        expect(parsed.has_value(), parsed ? "" : parsed.error());
        return *parsed;
    }
    HeldReservation held() const {
        const auto parsed = parse_reservation(raw(read_command(ReservationRead::reservation, 8192)).in);
        expect(parsed.has_value(), parsed ? "" : parsed.error());
        return *parsed;
    }
    bool reads() const {
        ScsiCommand read{.cdb = ScsiBytes(10), .out = {}, .in_length = 512};
        read.cdb[0] = 0x28;
        read.cdb[8] = 1;
        return status(read) == scsi_good;
    }
    bool writes() const {
        ScsiCommand write{.cdb = ScsiBytes(10), .out = ScsiBytes(512)};
        write.cdb[0] = 0x2a;
        write.cdb[8] = 1;
        return status(write) == scsi_good;
    }
    void forget() const { change(Action::register_and_ignore, ReservationKey()); }
    void enroll(ReservationKey key) const { good(Action::register_and_ignore, ReservationKey(), key); }

private:
    const Send& send_;
};

struct Two {
    Initiator first;
    Initiator second;
    /// Nobody is registered, nobody holds it.
    void clear() const {
        first.enroll(key_c);
        first.good(Action::clear, key_c);
        first.raw(test_unit_ready());
        second.raw(test_unit_ready());
    }
};

template <typename Body>
PrCase make(std::string name, Body body) {
    return {std::move(name), [body](const TwoInitiators& on) {
                const Two two{Initiator(on.first), Initiator(on.second)};
                std::string result;
                try {
                    two.clear();
                    body(two);
                } catch (const Wrong& wrong) {
                    result = wrong.what;
                }
                try {
                    two.clear();
                } catch (const Wrong& wrong) {
                    if (result.empty()) result = wrong.what;
                }
                return result;
            }};
}

void prin_read_keys(const Two& two) {
    expect(two.first.keys().keys.empty(), "there are keys after CLEAR");
    two.first.enroll(key_a);
    expect(two.first.keys().keys == std::vector{key_a}, "the key is not in the list");
    const ScsiReply cut = two.first.raw(read_command(ReservationRead::keys, 8));
    expect(whole_length(ReservationRead::keys, cut.in) == 16, "a short READ KEYS must tell the whole length");
}

void prin_report_capabilities(const Two& two) {
    const ScsiReply reply = two.first.raw(read_command(ReservationRead::capabilities, 8));
    expect(reply.status == scsi_good, fmt::format("it was answered with status {:02X}h", reply.status));
    const auto parsed = parse_capabilities(reply.in);
    expect(parsed.has_value(), parsed ? "" : parsed.error());
}

void prin_read_full_status(const Two& two) {
    two.first.enroll(key_a);
    two.second.enroll(key_b);
    two.first.good(Action::reserve, key_a);
    const ScsiReply reply = two.second.raw(read_command(ReservationRead::full_status, 8192));
    expect(reply.status == scsi_good, fmt::format("it was answered with status {:02X}h", reply.status));
    const auto parsed = parse_registrants(reply.in);
    expect(parsed.has_value(), parsed ? "" : parsed.error());
    expect(parsed->all.size() == 2, "two are registered");
    for (const Registrant& one : parsed->all) expect(one.holder == (one.key == key_a), "the holder is the one who reserved");
}

void prin_serviceaction_range(const Two& two) {
    for (int action = 4; action < 32; ++action) {
        ScsiCommand command = read_command(ReservationRead::keys, 256);
        command.cdb[1] = static_cast<std::uint8_t>(action);
        expect(two.first.status(command) == scsi_check_condition, fmt::format("the service action {} does not exist", action));
    }
}

void prout_register(const Two& two) {
    const std::uint32_t before = two.first.keys().generation;
    two.first.good(Action::register_key, ReservationKey(), key_a);
    expect(two.first.keys().generation == before + 1, "REGISTER must count the generation up by one");
    two.first.conflict(Action::register_key, ReservationKey(), key_b);
    two.first.conflict(Action::register_key, key_b, key_c);
    two.first.good(Action::register_key, key_a, key_b);
    expect(two.first.keys().keys == std::vector{key_b}, "the key was not changed");
    two.second.conflict(Action::register_key, key_b, key_c);
    two.first.good(Action::register_key, key_b, ReservationKey());
    expect(two.first.keys().keys.empty(), "the key was not taken away");
}

void prout_register_ignoring(const Two& two) {
    two.first.enroll(key_a);
    two.first.enroll(key_b);
    expect(two.first.keys().keys == std::vector{key_b}, "the key was not replaced");
    two.first.good(Action::register_and_ignore, key_c, ReservationKey());
    expect(two.first.keys().keys.empty(), "the key was not taken away");
}

void prout_reserve_simple(const Two& two) {
    for (const ReservationType type : types) {
        two.first.conflict(Action::reserve, key_a, ReservationKey(), type);
        two.first.enroll(key_a);
        two.first.good(Action::reserve, key_a, ReservationKey(), type);
        two.first.good(Action::reserve, key_a, ReservationKey(), type);
        const HeldReservation held = two.first.held();
        expect(held.held && held.type == type, "READ RESERVATION must show it");
        if (!held_by_all(type)) expect(held.holder == key_a, "READ RESERVATION must show the holder's key");
        two.first.good(Action::release, key_a, ReservationKey(), type);
        expect(!two.first.held().held, "it was not released");
        two.first.forget();
    }
}

template <ReservationType type>
void prout_reserve_access(const Two& two) {
    for (const bool registered : {true, false}) {
        two.first.enroll(key_a);
        if (registered) two.second.enroll(key_b);
        two.first.good(Action::reserve, key_a, ReservationKey(), type);
        const bool let_in = registered && for_registrants(type);
        expect(two.first.reads() && two.first.writes(), "the holder must read and write");
        expect(two.second.reads() == (let_in || !keeps_readers_out(type)),
               fmt::format("{}: the other one, {}registered, reads", to_string(type), registered ? "" : "not "));
        expect(two.second.writes() == let_in,
               fmt::format("{}: the other one, {}registered, writes", to_string(type), registered ? "" : "not "));
        two.first.good(Action::release, key_a, ReservationKey(), type);
        expect(two.second.writes(), "what is released is free for everybody");
        two.first.forget();
        two.second.forget();
    }
}

template <ReservationType type>
void prout_reserve_ownership(const Two& two) {
    two.first.enroll(key_a);
    two.second.enroll(key_b);
    two.first.good(Action::reserve, key_a, ReservationKey(), type);
    if (!held_by_all(type)) two.second.conflict(Action::reserve, key_b, ReservationKey(), type);
    two.first.forget();
    // Of those that all hold, the other one is left.
    expect(two.second.held().held == held_by_all(type), fmt::format("{} after its first holder is gone", to_string(type)));
    two.second.forget();
    expect(!two.second.held().held, "it must end with the last registration");
}

void prout_release(const Two& two) {
    two.first.enroll(key_a);
    two.second.enroll(key_b);
    two.first.good(Action::reserve, key_a);
    two.second.good(Action::release, key_b);
    expect(two.first.held().holder == key_a, "who does not hold it releases nothing");
    expect(two.first.change(Action::release, key_a, ReservationKey(), ReservationType::exclusive_access) == scsi_check_condition,
           "a release with another type is an error");
    two.first.conflict(Action::release, key_b);
    two.first.good(Action::release, key_a);
}

void prout_clear(const Two& two) {
    two.first.enroll(key_a);
    two.second.enroll(key_b);
    two.first.good(Action::reserve, key_a);
    two.second.conflict(Action::clear, key_a);
    two.second.good(Action::clear, key_b);
    expect(two.second.keys().keys.empty() && !two.second.held().held, "CLEAR must leave nothing");
}

void prout_preempt(const Two& two, Action action) {
    two.first.enroll(key_a);
    two.second.enroll(key_b);
    two.first.good(Action::reserve, key_a);
    two.second.conflict(action, key_b, key_c);
    two.second.good(action, key_b, key_a);
    expect(two.second.held().holder == key_b, "the one who preempts must hold it");
    expect(two.second.keys().keys == std::vector{key_b}, "the key of the one who was preempted must be gone");
    expect(!two.first.writes(), "the one who was preempted must not write");
    expect(two.second.change(action, key_b, ReservationKey()) == scsi_check_condition, "nobody has the key 0");
}

void prout_preempt_own_key(const Two& two) {
    two.first.enroll(key_a);
    two.second.enroll(key_a);
    two.first.good(Action::reserve, key_a);
    two.second.good(Action::preempt, key_a, key_a, ReservationType::write_exclusive_registrants);
    expect(two.second.keys().keys == std::vector{key_a}, "the other nexus with the same key must be gone");
    expect(two.second.held().holder == key_a, "it must be held by who preempted");
    expect(!two.first.writes() && two.second.writes(), "only the one who preempted may write");
}

void prout_change_type(const Two& two) {
    two.first.enroll(key_a);
    two.first.good(Action::reserve, key_a);
    two.first.good(Action::preempt, key_a, key_a, ReservationType::write_exclusive_all);
    expect(two.first.held().type == ReservationType::write_exclusive_all, "a holder that preempts itself changes the type");
    two.second.enroll(key_b);
    expect(two.second.writes(), "who registers holds it, too");
    two.first.forget();
    expect(two.second.held().held, "it must stay with the one who is left");
}

}  // namespace

std::vector<PrCase> pr_cases() {
    using enum ReservationType;
    const auto preempt_with = [](Action action) { return [action](const Two& two) { prout_preempt(two, action); }; };
    return {
        make("PrinReadKeys", prin_read_keys),
        make("PrinReportCapabilities", prin_report_capabilities),
        make("PrinServiceactionRange", prin_serviceaction_range),
        make("PrinReadFullStatus", prin_read_full_status),
        make("ProutRegister.Simple", prout_register),
        make("ProutRegister.AndIgnore", prout_register_ignoring),
        make("ProutReserve.Simple", prout_reserve_simple),
        make("ProutReserve.AccessEA", prout_reserve_access<exclusive_access>),
        make("ProutReserve.AccessWE", prout_reserve_access<write_exclusive>),
        make("ProutReserve.AccessEARO", prout_reserve_access<exclusive_access_registrants>),
        make("ProutReserve.AccessWERO", prout_reserve_access<write_exclusive_registrants>),
        make("ProutReserve.AccessEAAR", prout_reserve_access<exclusive_access_all>),
        make("ProutReserve.AccessWEAR", prout_reserve_access<write_exclusive_all>),
        make("ProutReserve.OwnershipEA", prout_reserve_ownership<exclusive_access>),
        make("ProutReserve.OwnershipWE", prout_reserve_ownership<write_exclusive>),
        make("ProutReserve.OwnershipEARO", prout_reserve_ownership<exclusive_access_registrants>),
        make("ProutReserve.OwnershipWERO", prout_reserve_ownership<write_exclusive_registrants>),
        make("ProutReserve.OwnershipEAAR", prout_reserve_ownership<exclusive_access_all>),
        make("ProutReserve.OwnershipWEAR", prout_reserve_ownership<write_exclusive_all>),
        make("ProutRelease", prout_release),
        make("ProutClear", prout_clear),
        make("ProutPreempt.RemoveRegistration", preempt_with(Action::preempt)),
        make("ProutPreempt.AndAbort", preempt_with(Action::preempt_and_abort)),
        make("ProutPreempt.OwnKey", prout_preempt_own_key),
        make("ProutPreempt.ChangeType", prout_change_type),
    };
}

}  // namespace svcmgr::sim
