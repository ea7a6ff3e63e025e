#include "drivers/hypervisor/kvm/states.h"

#include <doctest/doctest.h>
#include <libvirt/libvirt.h>

namespace svcmgr::kvm {

namespace {

using Value = GuestState::Value;

struct Expected {
    int state;
    int reason;
    Value value;
    const char* words;
};

// The whole of virDomainState of libvirt 9.0, and every reason that changes what a status says.
constexpr Expected expected[] = {
    {VIR_DOMAIN_NOSTATE, VIR_DOMAIN_NOSTATE_UNKNOWN, Value::unknown, "no state: libvirt can't tell what it does"},
    {VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_UNKNOWN, Value::running, "running"},
    {VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_BOOTED, Value::running, "running (booted)"},
    {VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_POSTCOPY_FAILED, Value::running, "running (post-copy migration failed)"},
    {VIR_DOMAIN_BLOCKED, VIR_DOMAIN_BLOCKED_UNKNOWN, Value::running, "running (idle)"},
    {VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_UNKNOWN, Value::paused, "paused"},
    {VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_USER, Value::paused, "paused (by a user)"},
    {VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_MIGRATION, Value::changing, "paused (migrating)"},
    {VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_SAVE, Value::changing, "paused (being saved)"},
    {VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_DUMP, Value::changing, "paused (being dumped)"},
    {VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_IOERROR, Value::paused, "paused (I/O error)"},
    {VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_WATCHDOG, Value::paused, "paused (watchdog)"},
    {VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_FROM_SNAPSHOT, Value::paused, "paused (from snapshot)"},
    {VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_SHUTTING_DOWN, Value::changing, "paused (shutting down)"},
    {VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_SNAPSHOT, Value::changing, "paused (creating a snapshot)"},
    {VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_CRASHED, Value::crashed, "paused (crashed)"},
    {VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_STARTING_UP, Value::changing, "paused (starting up)"},
    {VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_POSTCOPY, Value::changing, "paused (post-copy migration)"},
    {VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_POSTCOPY_FAILED, Value::paused, "paused (post-copy migration failed)"},
    {VIR_DOMAIN_SHUTDOWN, VIR_DOMAIN_SHUTDOWN_UNKNOWN, Value::changing, "in shutdown"},
    {VIR_DOMAIN_SHUTDOWN, VIR_DOMAIN_SHUTDOWN_USER, Value::changing, "in shutdown (by a user)"},
    {VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_UNKNOWN, Value::stopped, "shut off"},
    {VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_SHUTDOWN, Value::stopped, "shut off (shut down)"},
    {VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_DESTROYED, Value::stopped, "shut off (destroyed)"},
    {VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_CRASHED, Value::stopped, "shut off (crashed)"},
    {VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_MIGRATED, Value::stopped, "shut off (migrated)"},
    {VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_SAVED, Value::stopped, "shut off (saved)"},
    {VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_FAILED, Value::stopped, "shut off (failed to start)"},
    {VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_FROM_SNAPSHOT, Value::stopped, "shut off (from snapshot)"},
    {VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_DAEMON, Value::stopped, "shut off (ended by libvirtd)"},
    {VIR_DOMAIN_CRASHED, VIR_DOMAIN_CRASHED_UNKNOWN, Value::crashed, "crashed"},
    {VIR_DOMAIN_CRASHED, VIR_DOMAIN_CRASHED_PANICKED, Value::crashed, "crashed (panicked)"},
    {VIR_DOMAIN_PMSUSPENDED, VIR_DOMAIN_PMSUSPENDED_UNKNOWN, Value::paused, "suspended by the guest"},
};

}  // namespace

TEST_CASE("a guest's state and the reason for it are told in libvirt's sense") {
    for (const auto& [state, reason, value, words] : expected) {
        const auto& the_state = state;
        CAPTURE(the_state);
        const auto& the_reason = reason;
        CAPTURE(the_reason);
        const auto result = guest_state(state, reason);
        CHECK(std::string(to_string(result.value)) == to_string(value));
        CHECK(result.reason == words);
        CHECK(result.warnings.empty());
    }
}

TEST_CASE("what a later libvirt says and we do not know is never taken for stopped") {
    CHECK(guest_state(VIR_DOMAIN_PAUSED, 77).value == Value::paused);
    CHECK(guest_state(VIR_DOMAIN_PAUSED, 77).reason == "paused (reason 77)");
    CHECK(guest_state(VIR_DOMAIN_PMSUSPENDED, 1).reason == "suspended by the guest (reason 1)");
    CHECK(guest_state(99, 0).value == Value::unknown);
    CHECK(guest_state(99, 1).reason == "libvirt says state 99, which this version does not know");
    CHECK(guest_state(-1, 0).value == Value::unknown);
}

}  // namespace svcmgr::kvm
