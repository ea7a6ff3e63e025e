#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "drivers/scsi/reservations.h"
#include "drivers/scsi/transport.h"

namespace svcmgr::sim {

/// What an initiator's port and a port of the target make together (SAM-5, 3.1.48): each is registered by itself.
struct Nexus {
    std::string initiator;
    std::uint16_t port = 1;
    auto operator<=>(const Nexus&) const = default;
};

/// A disk that keeps persistent reservations as SPC-4, 5.13 has them, on the bytes of commands. The cases of libiscsi's iscsi-test-cu are
/// its specification (tests/conformance/reservations). Not thread-safe.
class PrDisk {
public:
    /// What the disk can do, and how many ports its target has.
    struct Features {
        bool reservations = true;
        bool full_status = true;
        bool survives_power_loss = true;
        bool all_target_ports = true;
        bool abort = true;  ///< PREEMPT AND ABORT
        std::uint16_t ports = 1;
    } features;

    ScsiReply execute(const Nexus& nexus, const ScsiCommand& command);
    /// The next command of the nexus is answered by this unit attention, ASC << 8 | ASCQ.
    void attention(const Nexus& nexus, std::uint16_t code) { attentions_[nexus].insert(code); }
    /// What a target that loses its power remembers: nothing, unless the last registration asked for it.
    void power_cycle();

    const std::map<Nexus, ReservationKey>& registrations() const { return registrations_; }
    struct Held {
        ReservationType type;
        Nexus holder;  ///< who reserved; of a type that all hold, whoever did so first
    };
    const std::optional<Held>& held() const { return held_; }
    bool holds(const Nexus& nexus) const;
    bool may_write(const Nexus& nexus) const;
    /// By RESERVE(6), which is older than all this.
    std::optional<Nexus> reserved_the_old_way;

private:
    ScsiReply read_in(const ScsiCommand& command) const;
    ScsiReply change(const Nexus& nexus, const ScsiCommand& command);
    ScsiReply set_key(const Nexus& nexus, ReservationKey key, bool all_ports);
    ScsiReply reserve(const Nexus& nexus, ReservationType type);
    ScsiReply release(const Nexus& nexus, ReservationType type);
    ScsiReply clear(const Nexus& nexus);
    ScsiReply preempt(const Nexus& nexus, ReservationKey victim, ReservationType type);

    void unregister(const Nexus& nexus);
    /// Ends the reservation; the registered ones but `by` are told.
    void end_reservation(const Nexus& by);
    void tell(const Nexus& but, std::uint16_t code);

    std::map<Nexus, ReservationKey> registrations_;
    std::map<Nexus, std::set<std::uint16_t>> attentions_;
    std::optional<Held> held_;
    std::uint32_t generation_ = 0;
    bool keep_ = false;  ///< APTPL
};

}  // namespace svcmgr::sim
