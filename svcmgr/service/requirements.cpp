#include "svcmgr/service/requirements.h"

#include <fmt/format.h>

#include <algorithm>

namespace svcmgr {

namespace {

constexpr std::string_view blanks = " \t\n";

tl::expected<std::set<Status>, std::string> parse_states(std::string_view text) {
    std::set<Status> states;
    while (!text.empty()) {
        const std::size_t comma = std::min(text.find(','), text.size());
        const std::string_view word = trimmed(text.substr(0, comma));
        const std::optional<Status> status = parse_status(word);
        if (!status) return tl::unexpected(fmt::format("'{}' is no status; up, down, warn, n/a, undef, stdby up and stdby down are", word));
        states.insert(*status);
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return states;
}

}  // namespace

tl::expected<Requirements, std::string> parse_requirements(std::string_view text) {
    Requirements requirements;
    for (;;) {
        text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
        if (text.empty()) return requirements;
        const std::size_t end = std::min(text.find_first_of(" \t\n("), text.size());
        Requirement requirement{Rid(std::string(text.substr(0, end))), {Status::up, Status::standby_up}};
        text.remove_prefix(end);
        if (requirement.rid.text().empty()) return tl::unexpected<std::string>("a '(' stands behind no resource");
        if (text.starts_with('(')) {
            const std::size_t close = text.find(')');
            if (close == std::string_view::npos) return tl::unexpected<std::string>("a '(' is not closed");
            auto states = parse_states(text.substr(1, close - 1));
            if (!states) return tl::unexpected(states.error());
            requirement.states = std::move(*states);
            text.remove_prefix(close + 1);
        }
        if (requirement.rid.text() == "impossible")
            requirements.impossible = true;
        else
            requirements.all.push_back(std::move(requirement));
    }
}

Requirements requirements_of(const Resource& resource, Goal goal) {
    // Most resources require nothing, and are asked for each goal.
    const Options& options = resource.options();
    const auto says_it = [](const auto& value) { return value.first.ends_with("_requires"); };
    if (std::ranges::none_of(options.values(), says_it)) return {};
    const std::string keyword = fmt::format("{}_requires", keyword_word(goal));
    if (options.keywords().find(keyword) == nullptr) return {};
    Requirements requirements = parse_requirements(options.text(keyword)).value_or(Requirements{});
    requirements.keyword = keyword;
    requirements.place = options.place_of(keyword);
    return requirements;
}

}  // namespace svcmgr
