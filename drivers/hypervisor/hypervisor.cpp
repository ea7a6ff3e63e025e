#include "drivers/hypervisor/hypervisor.h"

namespace svcmgr {

const char* to_string(GuestState::Value value) noexcept {
    switch (value) {
        case GuestState::Value::running: return "running";
        case GuestState::Value::paused: return "paused";
        case GuestState::Value::stopped: return "stopped";
        case GuestState::Value::changing: return "changing";
        case GuestState::Value::crashed: return "crashed";
        case GuestState::Value::completed: return "completed";
        case GuestState::Value::absent: return "absent";
        case GuestState::Value::unknown: return "unknown";
    }
    return "unknown";
}

std::string GuestState::describe() const {
    return reason.empty() ? to_string(value) : reason;
}

}  // namespace svcmgr
