#include "drivers/hypervisor/xen/host_info.h"

#include <algorithm>

#include "drivers/numbers.h"
#include "drivers/options.h"

namespace svcmgr::xen {

namespace {

/// "512M", "min:512M", "max:512M"; xl knows no others, so that a relative one ("-255M") fixes nothing for it.
bool is_size(std::string_view text) {
    for (const std::string_view which : {"min:", "max:"})
        if (text.starts_with(which)) text.remove_prefix(which.size());
    if (!text.empty() && std::string_view("bBkKmMgG").find(text.back()) != std::string_view::npos) text.remove_suffix(1);
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

HostInfo parse_host_info(std::string_view text) {
    HostInfo info;
    for (const std::string_view line : split(text, '\n')) {
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        const auto key = trimmed(line.substr(0, colon)), value = trimmed(line.substr(colon + 1));
        if (key == "total_memory") info.total_mib = parse_number<std::uint64_t>(value);
        if (key == "free_memory") info.free_mib = parse_number<std::uint64_t>(value);
        if (key == "max_cpu_id") info.highest_processor = parse_number<std::uint16_t>(value);
        if (key == "xen_commandline") info.command_line = value;
    }
    return info;
}

bool fixes_own_memory(std::string_view command_line) {
    constexpr std::string_view option = "dom0_mem=";
    return std::ranges::any_of(split_words(command_line), [&](std::string_view word) {
        if (!word.starts_with(option)) return false;
        return std::ranges::all_of(split(word.substr(option.size()), ','), is_size);
    });
}

std::optional<std::set<std::uint16_t>> processors_of(std::string_view spec, std::uint16_t highest) {
    std::set<std::uint16_t> processors;
    for (std::string_view part : split(spec, ',')) {
        part = trimmed(part);
        const bool takes_away = part.starts_with('^');
        if (takes_away) part.remove_prefix(1);
        const auto dash = part.find('-');
        const bool all = part == "all";
        const auto first = all ? std::optional<std::uint16_t>(0) : parse_number<std::uint16_t>(part.substr(0, dash));
        const auto last = all                              ? std::optional(highest)
                          : dash == std::string_view::npos ? first
                                                           : parse_number<std::uint16_t>(part.substr(dash + 1));
        if (!first || !last || *last < *first) return std::nullopt;
        for (unsigned one = *first; one <= std::min(*last, highest); ++one)
            takes_away ? void(processors.erase(static_cast<std::uint16_t>(one))) : void(processors.insert(static_cast<std::uint16_t>(one)));
    }
    return processors;
}

}  // namespace svcmgr::xen
