#include "drivers/hypervisor/lxc/interfaces.h"

#include "drivers/numbers.h"

namespace svcmgr::lxc {

std::string Interface::last(std::string_view key) const {
    const auto& said = all(key);
    return said.empty() ? std::string() : said.back();
}

const std::vector<std::string>& Interface::all(std::string_view key) const {
    static const std::vector<std::string> nothing;
    const auto found = values_.find(key);
    return found == values_.end() ? nothing : found->second;
}

void Interface::say(std::string_view key, const std::string& value) {
    auto& values = values_[std::string(key)];
    if (value.empty())
        values.clear();
    else
        values.push_back(value);
}

void Interfaces::take(const ConfigEntry& entry) {
    constexpr std::string_view prefix = "lxc.net.";
    std::string_view key = entry.key;
    if (key == "lxc.net" && entry.value.empty()) interfaces_.clear();
    if (!key.starts_with(prefix)) return;
    key.remove_prefix(prefix.size());
    const std::size_t dot = key.find('.');
    const auto number = parse_number<int>(key.substr(0, dot));
    if (!number) return;
    if (dot != std::string_view::npos)
        interfaces_[*number].say(key.substr(dot + 1), entry.value);
    else if (entry.value.empty())
        interfaces_.erase(*number);
}

}  // namespace svcmgr::lxc
