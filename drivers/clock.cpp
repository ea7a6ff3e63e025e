#include "drivers/clock.h"

#include <fmt/format.h>

namespace svcmgr {

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;

template <typename Large, typename Small>
std::string two_units(std::chrono::milliseconds rounded, const char* large_unit, const char* small_unit) {
    const auto large = std::chrono::floor<Large>(rounded);
    const auto small = std::chrono::floor<Small>(rounded - large);
    if (small.count() == 0) return fmt::format("{} {}", large.count(), large_unit);
    return fmt::format("{} {} {} {}", large.count(), large_unit, small.count(), small_unit);
}

}  // namespace

std::string to_text(Duration duration) {
    using std::chrono::round;
    using std::chrono::seconds;
    if (duration < Duration::zero()) return "-" + to_text(-duration);

    // Rounded before the unit is chosen: 999.9 ms are "1 s", not "1000 ms".
    if (const auto value = round<milliseconds>(duration); value < seconds(1)) return fmt::format("{} ms", value.count());
    if (const auto tenths = (round<milliseconds>(duration) + milliseconds(50)) / milliseconds(100); tenths < 100)
        return tenths % 10 == 0 ? fmt::format("{} s", tenths / 10) : fmt::format("{}.{} s", tenths / 10, tenths % 10);
    if (const auto value = round<seconds>(duration); value < minutes(1)) return fmt::format("{} s", value.count());
    if (const auto value = round<seconds>(duration); value < hours(1)) return two_units<minutes, seconds>(value, "min", "s");
    if (const auto value = round<minutes>(duration); value < days(1)) return two_units<hours, minutes>(value, "h", "min");
    const auto value = round<hours>(duration);
    return two_units<days, hours>(value, value < days(2) ? "day" : "days", "h");
}

std::string to_iso8601(WallTime time) {
    const auto day = std::chrono::floor<days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                       static_cast<unsigned>(date.day()), clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

}  // namespace svcmgr
