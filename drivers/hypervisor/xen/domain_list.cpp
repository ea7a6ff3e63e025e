#include "drivers/hypervisor/xen/domain_list.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <span>

#include "drivers/numbers.h"
#include "drivers/options.h"

namespace svcmgr::xen {

namespace {

constexpr std::string_view letters = "rbpscd";
/// As much of a line as a message shows.
constexpr std::size_t shown = 120;
/// MiB; more is nonsense, and would not fit when counted in KiB.
constexpr std::uint64_t most_memory = std::uint64_t{1} << 40;

/// `xl list`, and `xl list -v`.
enum class Shape { plain, verbose };

std::optional<Shape> shape_of(std::string_view head) {
    const auto words = fmt::format("{}", fmt::join(split_words(head), " "));
    constexpr std::string_view plain = "Name ID Mem VCPUs State Time(s)";
    if (words == plain) return Shape::plain;
    if (words == fmt::format("{} UUID Reason-Code Security Label", plain)) return Shape::verbose;
    return std::nullopt;
}

std::string quoted(std::string_view line) {
    std::string text(line.substr(0, shown));
    std::replace_if(
        text.begin(), text.end(), [](unsigned char letter) { return letter < 0x20 || letter == 0x7f; }, ' ');
    return fmt::format("'{}{}'", text, line.size() > shown ? "…" : "");
}

bool are_flags(std::string_view text) {
    if (text.size() != letters.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (text[i] != '-' && text[i] != letters[i]) return false;
    return true;
}

bool is_uuid(std::string_view text) {
    constexpr std::string_view shape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    const auto fits = [](char letter, char wanted) {
        const bool hexadecimal = (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'f') || (letter >= 'A' && letter <= 'F');
        return wanted == '-' ? letter == '-' : hexadecimal;
    };
    return text.size() == shape.size() && std::equal(text.begin(), text.end(), shape.begin(), fits);
}

bool is_time(std::string_view text) {
    const auto dot = text.find('.');
    return dot != std::string_view::npos && parse_number<std::uint64_t>(text.substr(0, dot)) &&
           parse_number<std::uint64_t>(text.substr(dot + 1));
}

bool is_reason(std::string_view text) {
    return text == "-" || parse_number<int>(text);
}

/// A name may have blanks in it: it is what is in front of the other columns.
std::optional<Domain> parse_line(std::string_view line, Shape shape) {
    const std::size_t others = shape == Shape::plain ? 5 : 8;
    const auto words = split_words(line);
    if (words.size() <= others || line.front() == ' ') return std::nullopt;
    const std::span rest(words.end() - static_cast<std::ptrdiff_t>(others), words.end());
    const auto id = parse_number<int>(rest[0]);
    const auto memory = parse_number<std::uint64_t>(rest[1]);
    const auto vcpus = parse_number<int>(rest[2]);
    if (!id || *id < 0 || !memory || *memory > most_memory || !vcpus || *vcpus < 0) return std::nullopt;
    if (!are_flags(rest[3]) || !is_time(rest[4])) return std::nullopt;
    if (shape == Shape::verbose && (!is_uuid(rest[5]) || !is_reason(rest[6]))) return std::nullopt;
    Domain domain;
    domain.name = fmt::format("{}", fmt::join(words.begin(), words.end() - static_cast<std::ptrdiff_t>(others), " "));
    domain.id = *id;
    domain.memory_mib = *memory;
    domain.vcpus = *vcpus;
    domain.flags = rest[3];
    if (shape == Shape::verbose) domain.uuid = lower_case(rest[5]);
    return domain;
}

}  // namespace

DomainList parse_domain_list(std::string_view text) {
    DomainList list;
    const auto lines = split(text, '\n');
    const auto shape = shape_of(lines.front());
    if (!shape) {
        list.problem = fmt::format("xl list does not begin with its table's head but with {}", quoted(lines.front()));
        return list;
    }
    for (const auto line : std::span(lines).subspan(1)) {
        if (line.empty()) continue;
        if (auto domain = parse_line(line, *shape))
            list.domains.push_back(std::move(*domain));
        else if (list.problem.empty())
            list.problem = fmt::format("xl list has a line that can't be read: {}", quoted(line));
    }
    if (!text.ends_with('\n') && list.problem.empty()) list.problem = "the last line of xl list is not complete";
    return list;
}

GuestState guest_state(const Domain& domain) {
    using enum GuestState::Value;
    const auto has = [&domain](char letter) { return domain.flags.find(letter) != std::string::npos; };
    GuestState state;
    state.vcpus = domain.vcpus;
    state.memory_kib = domain.memory_mib * 1024;
    const auto is = [&state](GuestState::Value value, std::string_view reason) {
        state.value = value;
        state.reason = reason;
        return state;
    };
    if (!are_flags(domain.flags)) return is(unknown, fmt::format("xl says '{}', which this version does not know", domain.flags));
    // Several may be set at once, and a domain that has crashed is shut down too.
    if (has('d')) return is(changing, "dying");
    if (has('c')) return is(crashed, "crashed");
    if (has('s')) return is(changing, "shut down, and not destroyed yet");
    if (has('p')) return is(paused, "paused");
    return is(running, has('r') ? "running" : has('b') ? "running (idle)" : "running (no processor at this moment)");
}

}  // namespace svcmgr::xen
