#include "resources/status.h"

#include <array>
#include <cstddef>

namespace svcmgr {

namespace {

constexpr Status up = Status::up, down = Status::down, warn = Status::warn, n_a = Status::not_applicable, sb_up = Status::standby_up,
                 sb_down = Status::standby_down, mixed_up = Status::standby_up_with_up, mixed_down = Status::standby_up_with_down;

/// The rows and columns of the merge table, in its order.
constexpr std::array<Status, 8> order = {up, down, warn, n_a, sb_up, sb_down, mixed_up, mixed_down};

// clang-format off
constexpr std::array<std::array<Status, 8>, 8> table = {{
    //                 up        down        warn  n/a         stdby up    stdby down  8         9
    /* up         */ {{up,       warn,       warn, up,         mixed_up,   warn,       mixed_up, warn}},
    /* down       */ {{warn,     down,       warn, down,       mixed_down, sb_down,    warn,     mixed_down}},
    /* warn       */ {{warn,     warn,       warn, warn,       warn,       warn,       warn,     warn}},
    /* n/a        */ {{up,       down,       warn, n_a,        sb_up,      sb_down,    mixed_up, mixed_down}},
    /* stdby up   */ {{mixed_up, mixed_down, warn, sb_up,      sb_up,      warn,       mixed_up, mixed_down}},
    /* stdby down */ {{warn,     sb_down,    warn, sb_down,    warn,       sb_down,    warn,     warn}},
    /* 8          */ {{mixed_up, warn,       warn, mixed_up,   mixed_up,   warn,       mixed_up, warn}},
    /* 9          */ {{warn,     mixed_down, warn, mixed_down, mixed_down, warn,       warn,     mixed_down}},
}};
// clang-format on

constexpr std::size_t place_in_table(Status status) {
    std::size_t place = 0;
    while (place < order.size() - 1 && order[place] != status) ++place;
    return place;
}

constexpr std::array<Status, 7> words = {up, down, warn, n_a, Status::undef, sb_up, sb_down};

}  // namespace

std::string_view to_string(Status status) noexcept {
    switch (status) {
        case Status::up:
        case Status::standby_up_with_up: return "up";
        case Status::down: return "down";
        case Status::warn: return "warn";
        case Status::not_applicable: return "n/a";
        case Status::undef: return "undef";
        case Status::standby_up:
        case Status::standby_up_with_down: return "stdby up";
        case Status::standby_down: return "stdby down";
    }
    return "undef";
}

std::optional<Status> parse_status(std::string_view word) noexcept {
    for (Status status : words)
        if (to_string(status) == word) return status;
    return std::nullopt;
}

Status merge(Status a, Status b) noexcept {
    if (a == Status::undef) return b;
    if (b == Status::undef) return a;
    return table[place_in_table(a)][place_in_table(b)];
}

Status printed(Status merged) noexcept {
    switch (merged) {
        case Status::standby_up_with_up: return Status::up;
        case Status::standby_up_with_down: return Status::standby_up;
        default: return merged;
    }
}

}  // namespace svcmgr
