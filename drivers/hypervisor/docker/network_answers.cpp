#include "drivers/hypervisor/docker/network_answers.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "drivers/network/address.h"

namespace svcmgr::docker {

namespace {

using Json = nlohmann::json;

template <typename Type>
Read<Type> wrong(const char* what) {
    return tl::unexpected(fmt::format("docker's answer can't be read: {}", what));
}

/// An address that goes onto the screen and into comparisons; empty for what is none.
std::string address_in(const Json& object, const char* name) {
    std::string address = text_in(object, name);
    return address_bytes(address) ? address : std::string();
}

const Json* member(const Json& object, const char* name) {
    const auto found = object.is_object() ? object.find(name) : object.end();
    return !object.is_object() || found == object.end() || found->is_null() ? nullptr : &*found;
}

Read<ListedNetwork> network_in(const Json& one) {
    ListedNetwork network{text_in(one, "Id"), text_in(one, "Name"), text_in(one, "Driver"), {}, {}, {}, false};
    if (network.id.empty() || network.name.empty()) return wrong<ListedNetwork>("a network has no id or no name");
    if (const Json* internal = member(one, "Internal")) network.internal = *internal == true;
    const Json* management = member(one, "IPAM");
    const Json* ranges = management == nullptr ? nullptr : member(*management, "Config");
    if (ranges != nullptr && ranges->is_array())
        for (const Json& range : *ranges) {
            if (std::string subnet = text_in(range, "Subnet"); !subnet.empty()) network.subnets.push_back(std::move(subnet));
            if (std::string gateway = text_in(range, "Gateway"); !gateway.empty()) network.gateways.push_back(std::move(gateway));
        }
    if (const Json* options = member(one, "Options"); options != nullptr && options->is_object())
        for (const auto& [name, value] : options->items())
            if (value.is_string()) network.options[name] = value.get<std::string>();
    return network;
}

}  // namespace

std::vector<std::string> Endpoint::addresses() const {
    std::vector<std::string> all;
    for (const std::string* one : {&address, &address6})
        if (!one->empty()) all.push_back(*one);
    return all;
}

Read<std::vector<ListedNetwork>> read_networks(std::string_view json) {
    const Json list = Json::parse(json, nullptr, false);
    if (!list.is_array()) return wrong<std::vector<ListedNetwork>>("it is no list of networks");
    std::vector<ListedNetwork> networks;
    for (const Json& one : list) {
        auto network = network_in(one);
        if (!network) return tl::unexpected(std::move(network.error()));
        networks.push_back(std::move(*network));
    }
    return networks;
}

Read<ListedNetwork> read_network(std::string_view json) {
    return network_in(Json::parse(json, nullptr, false));
}

Read<std::map<std::string, Endpoint>> read_endpoints(std::string_view json) {
    const Json object = Json::parse(json, nullptr, false);
    if (!object.is_object()) return wrong<std::map<std::string, Endpoint>>("it is no container");
    std::map<std::string, Endpoint> endpoints;
    const Json* settings = member(object, "NetworkSettings");
    const Json* networks = settings == nullptr ? nullptr : member(*settings, "Networks");
    if (networks == nullptr) return endpoints;
    if (!networks->is_object()) return wrong<std::map<std::string, Endpoint>>("its networks are no object");
    for (const auto& [name, one] : networks->items())
        endpoints[name] = {text_in(one, "NetworkID"), address_in(one, "IPAddress"), address_in(one, "GlobalIPv6Address")};
    return endpoints;
}

}  // namespace svcmgr::docker
