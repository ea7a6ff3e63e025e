#include "drivers/hypervisor/kvm/states.h"

#include <fmt/format.h>
#include <libvirt/libvirt.h>

#include <optional>
#include <span>
#include <string_view>

namespace svcmgr::kvm {

namespace {

using Value = GuestState::Value;

/// Where a reason means something else than its state does.
struct Reason {
    int number;
    std::string_view text;
    std::optional<Value> value = std::nullopt;
};

constexpr Reason running_reasons[] = {
    {VIR_DOMAIN_RUNNING_BOOTED, "booted"},
    {VIR_DOMAIN_RUNNING_MIGRATED, "migrated"},
    {VIR_DOMAIN_RUNNING_RESTORED, "restored"},
    {VIR_DOMAIN_RUNNING_FROM_SNAPSHOT, "from snapshot"},
    {VIR_DOMAIN_RUNNING_UNPAUSED, "unpaused"},
    {VIR_DOMAIN_RUNNING_MIGRATION_CANCELED, "migration canceled"},
    {VIR_DOMAIN_RUNNING_SAVE_CANCELED, "save canceled"},
    {VIR_DOMAIN_RUNNING_WAKEUP, "woken up"},
    {VIR_DOMAIN_RUNNING_CRASHED, "after a crash"},
    {VIR_DOMAIN_RUNNING_POSTCOPY, "post-copy migration"},
    {VIR_DOMAIN_RUNNING_POSTCOPY_FAILED, "post-copy migration failed"},
};

// libvirt pauses a guest for a moment while it moves, saves or starts it: that is not the pause of a person or of an error.
constexpr Reason paused_reasons[] = {
    {VIR_DOMAIN_PAUSED_USER, "by a user"},
    {VIR_DOMAIN_PAUSED_MIGRATION, "migrating", Value::changing},
    {VIR_DOMAIN_PAUSED_SAVE, "being saved", Value::changing},
    {VIR_DOMAIN_PAUSED_DUMP, "being dumped", Value::changing},
    {VIR_DOMAIN_PAUSED_IOERROR, "I/O error"},
    {VIR_DOMAIN_PAUSED_WATCHDOG, "watchdog"},
    {VIR_DOMAIN_PAUSED_FROM_SNAPSHOT, "from snapshot"},
    {VIR_DOMAIN_PAUSED_SHUTTING_DOWN, "shutting down", Value::changing},
    {VIR_DOMAIN_PAUSED_SNAPSHOT, "creating a snapshot", Value::changing},
    {VIR_DOMAIN_PAUSED_CRASHED, "crashed", Value::crashed},
    {VIR_DOMAIN_PAUSED_STARTING_UP, "starting up", Value::changing},
    {VIR_DOMAIN_PAUSED_POSTCOPY, "post-copy migration", Value::changing},
    {VIR_DOMAIN_PAUSED_POSTCOPY_FAILED, "post-copy migration failed"},
};

constexpr Reason shutdown_reasons[] = {{VIR_DOMAIN_SHUTDOWN_USER, "by a user"}};

constexpr Reason shutoff_reasons[] = {
    {VIR_DOMAIN_SHUTOFF_SHUTDOWN, "shut down"},
    {VIR_DOMAIN_SHUTOFF_DESTROYED, "destroyed"},
    {VIR_DOMAIN_SHUTOFF_CRASHED, "crashed"},
    {VIR_DOMAIN_SHUTOFF_MIGRATED, "migrated"},
    {VIR_DOMAIN_SHUTOFF_SAVED, "saved"},
    {VIR_DOMAIN_SHUTOFF_FAILED, "failed to start"},
    {VIR_DOMAIN_SHUTOFF_FROM_SNAPSHOT, "from snapshot"},
    {VIR_DOMAIN_SHUTOFF_DAEMON, "ended by libvirtd"},
};

constexpr Reason crashed_reasons[] = {{VIR_DOMAIN_CRASHED_PANICKED, "panicked"}};

struct State {
    int number;
    Value value;
    std::string_view text;
    std::span<const Reason> reasons;
};

constexpr State states[] = {
    {VIR_DOMAIN_NOSTATE, Value::unknown, "no state: libvirt can't tell what it does", {}},
    {VIR_DOMAIN_RUNNING, Value::running, "running", running_reasons},
    {VIR_DOMAIN_BLOCKED, Value::running, "running (idle)", {}},
    {VIR_DOMAIN_PAUSED, Value::paused, "paused", paused_reasons},
    {VIR_DOMAIN_SHUTDOWN, Value::changing, "in shutdown", shutdown_reasons},
    {VIR_DOMAIN_SHUTOFF, Value::stopped, "shut off", shutoff_reasons},
    {VIR_DOMAIN_CRASHED, Value::crashed, "crashed", crashed_reasons},
    {VIR_DOMAIN_PMSUSPENDED, Value::paused, "suspended by the guest", {}},
};

template <typename Entry>
const Entry* find(std::span<const Entry> entries, int number) {
    for (const auto& entry : entries)
        if (entry.number == number) return &entry;
    return nullptr;
}

}  // namespace

GuestState guest_state(int state, int reason) {
    GuestState result;
    const State* known = find<State>(states, state);
    if (known == nullptr) {
        result.reason = fmt::format("libvirt says state {}, which this version does not know", state);
        return result;
    }
    result.value = known->value;
    result.reason = known->text;
    // Every enumeration of reasons begins with 0, "unknown".
    if (reason == 0 || known->value == Value::unknown) return result;
    const Reason* why = find<Reason>(known->reasons, reason);
    if (why == nullptr) {
        result.reason += fmt::format(" (reason {})", reason);
        return result;
    }
    result.reason += fmt::format(" ({})", why->text);
    result.value = why->value.value_or(known->value);
    return result;
}

}  // namespace svcmgr::kvm
