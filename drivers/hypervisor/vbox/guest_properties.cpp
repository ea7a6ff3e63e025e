#include "drivers/hypervisor/vbox/guest_properties.h"

#include <map>
#include <optional>
#include <utility>

#include "drivers/hypervisor/tools/lines.h"
#include "drivers/network/address.h"
#include "drivers/numbers.h"
#include "drivers/options.h"

namespace svcmgr::vbox {

namespace {

struct Property {
    std::string_view name, value;
};

/// What stands between two texts, of which the second may be missing.
std::string_view between(std::string_view text, std::string_view begin, std::string_view end) {
    const auto from = text.find(begin);
    if (from == std::string_view::npos) return {};
    text.remove_prefix(from + begin.size());
    return text.substr(0, text.find(end));
}

std::optional<Property> property_of(std::string_view line) {
    if (line.starts_with("Name: ")) return Property{between(line, "Name: ", ", value: "), between(line, ", value: ", ", timestamp: ")};
    if (line.starts_with('/')) return Property{trimmed(line.substr(0, line.find('='))), between(line, "= '", "'")};
    return std::nullopt;
}

/// The number of the adapter whose address a property is; IPv6 ones are called …/V6/IP.
std::optional<unsigned> adapter_of(std::string_view name) {
    constexpr std::string_view prefix = "/VirtualBox/GuestInfo/Net/";
    if (!name.starts_with(prefix)) return std::nullopt;
    const auto words = split(name.substr(prefix.size()), '/');
    if (words.size() != 3 || (words[1] != "V4" && words[1] != "V6") || words[2] != "IP") return std::nullopt;
    return parse_number<unsigned>(words[0]);
}

}  // namespace

std::vector<std::string> parse_addresses(std::string_view text) {
    std::multimap<unsigned, std::string> by_adapter;
    for (const auto& line : tools::lines_of(text)) {
        const auto property = property_of(line.text);
        const auto adapter = property ? adapter_of(property->name) : std::nullopt;
        if (adapter && address_bytes(std::string(property->value))) by_adapter.emplace(*adapter, property->value);
    }
    std::vector<std::string> addresses;
    for (auto& [adapter, address] : by_adapter) addresses.push_back(std::move(address));
    return addresses;
}

}  // namespace svcmgr::vbox
