// Words of docker's answers that are not JSON: times, versions, states for people.

#include <fmt/format.h>

#include "drivers/hypervisor/docker/answers.h"
#include "drivers/options.h"

namespace svcmgr::docker {

std::string ApiVersion::text() const {
    return fmt::format("{}.{}", major, minor);
}

std::optional<ApiVersion> read_version(std::string_view text) {
    const auto parts = split(text, '.');
    if (parts.size() != 2 || parts[0].size() > 4 || parts[1].size() > 4) return std::nullopt;
    const auto major = parse_integer(parts[0]);
    const auto minor = parse_integer(parts[1]);
    if (!major || !minor) return std::nullopt;
    return ApiVersion{static_cast<int>(*major), static_cast<int>(*minor)};
}

std::optional<WallTime> read_time(std::string_view text) {
    const auto time = parse_iso8601(text);
    return time && *time >= WallTime() ? time : std::nullopt;
}

std::string query_time(std::string_view text) {
    const auto time = read_time(text);
    if (!time) return {};
    const auto dot = text.find('.');
    const std::string_view fraction = dot == std::string_view::npos ? "0" : text.substr(dot + 1, text.size() - dot - 2);
    if (fraction.size() > 9) return {};
    return fmt::format("{}.{}", std::chrono::duration_cast<std::chrono::seconds>(time->time_since_epoch()).count(), fraction);
}

std::optional<std::set<int>> members_of(std::string_view set) {
    constexpr std::int64_t most = 1 << 16;
    std::int64_t count = 0;
    std::set<int> members;
    for (const std::string_view part : split(set, ',')) {
        const auto ends = split(part, '-');
        const auto first = parse_integer(ends.front());
        const auto last = parse_integer(ends.back());
        if (ends.size() > 2 || !first || !last || *last < *first || *last > most) return std::nullopt;
        count += *last - *first + 1;
        if (count > most) return std::nullopt;
        for (std::int64_t one = *first; one <= *last; ++one) members.insert(members.end(), static_cast<int>(one));
    }
    return members;
}

std::optional<int> count_processors(std::string_view set) {
    const auto members = members_of(set);
    return members ? std::optional(static_cast<int>(members->size())) : std::nullopt;
}

GuestState::Health health_in(std::string_view status) {
    if (status.ends_with("(healthy)")) return GuestState::Health::healthy;
    if (status.ends_with("(unhealthy)")) return GuestState::Health::unhealthy;
    if (status.ends_with("(health: starting)")) return GuestState::Health::starting;
    return GuestState::Health::unchecked;
}

std::optional<int> exit_code_in(std::string_view status) {
    constexpr std::string_view before = "Exited (";
    if (!status.starts_with(before)) return std::nullopt;
    const auto end = status.find(')');
    if (end == std::string_view::npos) return std::nullopt;
    const auto code = parse_integer(status.substr(before.size(), end - before.size()));
    if (!code || *code > 255) return std::nullopt;
    return static_cast<int>(*code);
}

}  // namespace svcmgr::docker
