#include "drivers/clock.h"

#include <fmt/format.h>

#include "drivers/numbers.h"

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

std::optional<WallTime> parse_iso8601(std::string_view text) {
    constexpr std::string_view shape = "dddd-dd-ddTdd:dd:dd";
    if (text.size() <= shape.size() || text.back() != 'Z') return std::nullopt;
    for (std::size_t i = 0; i < shape.size(); ++i)
        if (shape[i] == 'd' ? !is_digit(text[i]) : text[i] != shape[i]) return std::nullopt;
    const std::string_view fraction = text.substr(shape.size(), text.size() - shape.size() - 1);
    if (!fraction.empty() && (fraction.size() == 1 || fraction[0] != '.' || !std::ranges::all_of(fraction.substr(1), is_digit)))
        return std::nullopt;

    const auto number = [&](std::size_t from, std::size_t length) { return *parse_number<unsigned>(text.substr(from, length)); };
    const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(number(0, 4))), std::chrono::month(number(5, 2)),
                                           std::chrono::day(number(8, 2)));
    const unsigned hour = number(11, 2), minute = number(14, 2), second = number(17, 2);
    if (!date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
    return WallTime(std::chrono::sys_days(date)) + hours(hour) + minutes(minute) + std::chrono::seconds(second);
}

}  // namespace svcmgr
