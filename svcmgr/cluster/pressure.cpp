#include "svcmgr/cluster/pressure.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "drivers/options.h"

namespace svcmgr {

namespace {

constexpr double little_memory = 10;
constexpr double busy = 40;
constexpr double very_busy = 80;

double pressure_of(const Files& files, const std::string& what) {
    const auto text = files.read("/proc/pressure/" + what);
    return text ? parse_pressure(*text).value_or(0) : 0;
}

constexpr unsigned fewest_at_ease = 4;

/// The processors in a list of the kernel, "0-3,5"; at least one.
unsigned processors(const Files& files) {
    const auto text = files.read("/sys/devices/system/cpu/online");
    if (!text) return 1;
    unsigned count = 0;
    std::string_view rest = trimmed(*text);
    while (!rest.empty()) {
        const std::string_view part = rest.substr(0, rest.find(','));
        const auto first = parse_integer(part.substr(0, part.find('-')));
        const auto last = part.find('-') == std::string_view::npos ? first : parse_integer(part.substr(part.find('-') + 1));
        if (first && last && *last >= *first) count += static_cast<unsigned>(*last - *first) + 1;
        rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    }
    return std::max(count, 1U);
}

}  // namespace

std::optional<double> parse_pressure(std::string_view text) {
    constexpr std::string_view key = "some avg10=";
    if (!text.starts_with(key)) return {};
    text.remove_prefix(key.size());
    double share = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), share);
    if (problem != std::errc() || end == text.data() + text.size() || *end != ' ') return {};
    return share;
}

unsigned actions_at_once(const Files& files) {
    if (pressure_of(files, "memory") >= little_memory) return 1;
    const double pressure = std::max(pressure_of(files, "cpu"), pressure_of(files, "io"));
    const unsigned most = std::max(2 * processors(files), fewest_at_ease);
    if (pressure >= very_busy) return std::max(most / 4, 1U);
    return pressure >= busy ? std::max(most / 2, 1U) : most;
}

}  // namespace svcmgr
