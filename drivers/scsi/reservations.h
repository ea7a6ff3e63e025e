#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/clock.h"
#include "drivers/files/files.h"
#include "drivers/scsi/key.h"

namespace svcmgr {

/// Who may do what while a disk is reserved (SPC-4, table 67). The numbers are SCSI's; NVMe and linux/pr.h have others.
enum class ReservationType : std::uint8_t {
    write_exclusive = 1,
    exclusive_access = 3,
    write_exclusive_registrants = 5,   ///< one holder; who is registered may write
    exclusive_access_registrants = 6,  ///< one holder; who is registered may read and write
    write_exclusive_all = 7,           ///< everybody who is registered holds it, and may write
    exclusive_access_all = 8,
};
/// "write exclusive, registrants only"; "type 2" for one that SPC does not have.
std::string to_string(ReservationType type);
/// Whether every registered nexus holds it, so that it has no one key.
constexpr bool held_by_all(ReservationType type) {
    return type == ReservationType::write_exclusive_all || type == ReservationType::exclusive_access_all;
}

/// How a command ended.
struct ScsiResult {
    enum class Value {
        done,
        conflict,     ///< RESERVATION CONFLICT: somebody else's reservation or key is in the way; the path is fine
        attention,    ///< unit attentions came again and again, longer than anybody waits for them to end
        unsupported,  ///< the disk does not know the command
        failed,       ///< the path or the disk is broken, absent, or talks nonsense
        timed_out,
    } value = Value::failed;
    std::string reason;  ///< what the disk or the kernel said; empty when it was done

    bool done() const { return value == Value::done; }
};

struct RegisteredKeys {
    std::uint32_t generation = 0;      ///< changes whenever registrations do
    std::vector<ReservationKey> keys;  ///< one for each registered nexus, so the same one comes several times
};

struct HeldReservation {
    std::uint32_t generation = 0;
    bool held = false;
    ReservationKey holder;  ///< 0 for a type that all registrants hold
    ReservationType type = ReservationType::write_exclusive_registrants;
};

/// One registered nexus: an initiator's port and the port of the target that it sees.
struct Registrant {
    ReservationKey key;
    bool holder = false;
    bool all_target_ports = false;
    std::uint16_t target_port = 0;  ///< relative port identifier
    std::string initiator;          ///< "iqn.2026-01.lab:node1", "naa 21000024ff3a5b6c", or the bytes in hexadecimal digits
};

struct Registrants {
    std::uint32_t generation = 0;
    std::vector<Registrant> all;
};

/// What the disk says that it can do (REPORT CAPABILITIES).
struct ReservationCapabilities {
    bool survives_power_loss = false;  ///< PTPL_C: APTPL may be asked for
    bool all_target_ports = false;     ///< ATP_C: ALL_TG_PT may be asked for
    /// The types that it supports; nothing when it does not say.
    std::optional<std::vector<ReservationType>> types;
};

/// A PERSISTENT RESERVE OUT command (SPC-4, 6.16).
struct ReservationChange {
    enum class Action : std::uint8_t {  // the service actions of SPC
        register_key = 0,
        reserve = 1,
        release = 2,
        clear = 3,
        preempt = 4,
        preempt_and_abort = 5,
        register_and_ignore = 6,
    } action = Action::register_key;
    ReservationKey key = ReservationKey();          ///< that this nexus is registered with
    ReservationKey service_key = ReservationKey();  ///< that it shall have (0: none), or whose holder is preempted
    ReservationType type = ReservationType::write_exclusive_registrants;
    bool survive_power_loss = false;
    bool all_target_ports = false;
};
std::string_view to_string(ReservationChange::Action action);

/// What a look returned: `value` is meaningful when `result` is done.
template <typename T>
struct ScsiAnswer {
    ScsiResult result;
    T value{};
};

/// Persistent reservations of disks. A device is one path ("/dev/sda"): a registration is made for each. Nothing here throws: that a
/// change met a conflict is an answer. Calls may come from several threads at once; each returns by its deadline.
class Reservations {
public:
    virtual ~Reservations() = default;
    /// Whether the path works; unit attentions that waited for this node are taken off.
    virtual ScsiResult ready(const Path& device, Deadline deadline) = 0;
    virtual ScsiAnswer<RegisteredKeys> keys(const Path& device, Deadline deadline) = 0;
    virtual ScsiAnswer<HeldReservation> reservation(const Path& device, Deadline deadline) = 0;
    virtual ScsiAnswer<Registrants> registrants(const Path& device, Deadline deadline) = 0;
    virtual ScsiAnswer<ReservationCapabilities> capabilities(const Path& device, Deadline deadline) = 0;
    virtual ScsiResult change(const Path& device, const ReservationChange& change, Deadline deadline) = 0;
};

}  // namespace svcmgr
