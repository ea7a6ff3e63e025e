#include "drivers/hypervisor/lxc/network_links.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace svcmgr::lxc {

namespace {

struct Network {
    std::string number;
    std::string type;
    std::string link;
};

class Networks {
public:
    void take(const ConfigEntry& entry) {
        std::string_view key = entry.key;
        if (key == "lxc.net" || key == "lxc.network") return all_.clear();  // LXC takes them back when it is given nothing
        if (take_prefix(key, "lxc.network.")) return take_old(key, entry.value);
        if (!take_prefix(key, "lxc.net.")) return;
        const std::size_t dot = key.find('.');
        if (dot != std::string_view::npos) set(of(std::string(key.substr(0, dot))), key.substr(dot + 1), entry.value);
    }

    const std::vector<Network>& all() const { return all_; }

private:
    static bool take_prefix(std::string_view& key, std::string_view prefix) {
        if (!key.starts_with(prefix)) return false;
        key.remove_prefix(prefix.size());
        return true;
    }

    /// Without numbers: each `type` begins another one.
    void take_old(std::string_view key, const std::string& value) {
        if (key == "type") all_.push_back({fmt::format("old{}", all_.size()), value, {}});
        if (!all_.empty()) set(all_.back(), key, value);
    }

    Network& of(const std::string& number) {
        const auto found = std::ranges::find(all_, number, &Network::number);
        return found == all_.end() ? all_.emplace_back(Network{number, {}, {}}) : *found;
    }

    static void set(Network& network, std::string_view key, const std::string& value) {
        if (key == "type") network.type = value;
        if (key == "link") network.link = value;
    }

    std::vector<Network> all_;
};

}  // namespace

std::vector<NetworkLink> network_links(const std::vector<ConfigEntry>& entries) {
    Networks networks;
    for (const ConfigEntry& entry : entries) networks.take(entry);
    std::vector<NetworkLink> links;
    for (const Network& network : networks.all()) {
        if (network.link.empty() || network.type == "none" || network.type == "empty") continue;
        links.push_back({network.type == "veth" ? NetworkLink::Kind::bridge : NetworkLink::Kind::adapter, network.link});
    }
    return links;
}

}  // namespace svcmgr::lxc
