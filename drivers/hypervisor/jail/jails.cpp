#include "drivers/hypervisor/jail/jails.h"

#include <map>
#include <optional>
#include <string>

#include "drivers/network/address.h"
#include "drivers/numbers.h"
#include "drivers/options.h"

namespace svcmgr::jail {

namespace {

using Parameters = std::map<std::string, std::string, std::less<>>;

/// Nothing when a quote is not closed, or a parameter is there twice.
std::optional<Parameters> parameters_of(std::string_view line) {
    const auto words = split_command(line);
    if (!words) return std::nullopt;
    Parameters parameters;
    for (const auto& word : *words) {
        const auto equals = word.find('=');
        const std::string value = equals == std::string::npos ? std::string() : word.substr(equals + 1);
        if (!parameters.emplace(word.substr(0, equals), value).second) return std::nullopt;
    }
    return parameters;
}

void read_jail(tools::GuestList& list, const tools::Line& line) {
    const auto parameters = parameters_of(line.text);
    if (!parameters) return list.refuse(line, "its words are no parameters of a jail");
    const auto jid = parameters->find("jid");
    const auto name = parameters->find("name");
    if (jid == parameters->end() || !parse_number<unsigned>(jid->second)) return list.refuse(line, "it has no jid=NUMBER");
    if (name == parameters->end() || name->second.empty()) return list.refuse(line, "it has no name");
    const bool dying = parameters->contains("dying");
    // FreeBSD 11 says neither: without -d jls(8) lists none that dies.
    if (dying && parameters->contains("nodying")) return list.refuse(line, "it says dying and nodying");

    std::string known_as = name->second;
    if (known_as == jid->second) {
        const auto hostname = parameters->find("host.hostname");
        if (hostname != parameters->end() && !hostname->second.empty()) known_as = hostname->second;
    }
    GuestState state;
    state.value = dying ? GuestState::Value::changing : GuestState::Value::running;
    state.reason = dying ? "dying" : "running";
    for (const char* family : {"ip4.addr", "ip6.addr"})
        if (const auto said = parameters->find(family); said != parameters->end())
            for (std::string& address : split_filled(said->second, ','))
                if (address_bytes(address)) state.addresses.push_back(std::move(address));
    list.add(known_as, std::move(state));
}

}  // namespace

tools::GuestList parse_jails(std::string_view text) {
    tools::GuestList list;
    for (const auto& line : tools::lines_of(text)) read_jail(list, line);
    return list;
}

std::optional<int> parse_processors(std::string_view text) {
    constexpr std::string_view mask = " mask: ";
    const auto lines = tools::lines_of(text);
    if (lines.empty() || !lines.front().text.starts_with("jail ")) return std::nullopt;
    // The lines below tell where its memory comes from.
    const auto at = lines.front().text.find(mask);
    if (at == std::string_view::npos) return std::nullopt;
    int count = 0;
    for (const auto number : split(lines.front().text.substr(at + mask.size()), ',')) {
        if (!parse_number<std::uint16_t>(trimmed(number))) return std::nullopt;
        ++count;
    }
    return count;
}

std::uint64_t parse_memory_limit(std::string_view text, const std::string& name) {
    const std::string rule = "jail:" + name + ":memoryuse:deny=";
    std::uint64_t least = 0;
    for (const auto& line : tools::lines_of(text)) {
        const auto said = trimmed(line.text);
        if (!said.starts_with(rule)) continue;
        const auto bytes = parse_number<std::uint64_t>(said.substr(rule.size()));
        if (bytes && (least == 0 || *bytes / 1024 < least)) least = *bytes / 1024;
    }
    return least;
}

}  // namespace svcmgr::jail
