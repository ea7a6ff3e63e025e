#pragma once

#include <optional>
#include <string_view>

namespace svcmgr {

/// The status of a resource, a group or a service. The numbers are the exit codes of `status` (design.md 11, contract.md 3.1).
enum class Status {
    up = 0,
    down = 1,
    warn = 2,
    not_applicable = 3,
    undef = 5,
    standby_up = 6,
    standby_down = 7,
    // Only while merging; printed as `up` and `stdby up` (contract.md 3.1).
    standby_up_with_up = 8,
    standby_up_with_down = 9,
};

/// "up", "down", "warn", "n/a", "undef", "stdby up", "stdby down"
std::string_view to_string(Status status) noexcept;
std::optional<Status> parse_status(std::string_view word) noexcept;

/// The table of contract.md 3.2. Symmetric; undef is neutral.
Status merge(Status a, Status b) noexcept;

/// What is shown of a merged status: 8 becomes up, 9 becomes stdby up.
Status printed(Status merged) noexcept;

}  // namespace svcmgr
