// Networks of docker: made, and containers connected to them.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "drivers/hypervisor/docker/docker.h"
#include "drivers/network/address.h"
#include "drivers/network/network.h"

namespace svcmgr::docker {

namespace {

using Json = nlohmann::json;

std::string where(const GuestNetwork& network) {
    return "network " + network.name;
}

/// Whether two texts are the same network: one of IPv6 may be written in several ways.
bool same_subnet(const std::string& a, const std::string& b) {
    const auto slash_a = a.find('/'), slash_b = b.find('/');
    if (slash_a == std::string::npos || slash_b == std::string::npos) return a == b;
    return a.substr(slash_a) == b.substr(slash_b) && same_address(a.substr(0, slash_a), b.substr(0, slash_b));
}

/// docker shows a gateway of IPv6 with its prefix, where it was given one.
std::string plain_address(const std::string& said) {
    return said.substr(0, said.find('/'));
}

/// The gateway that is in this subnet; empty when none is said.
std::string gateway_in(const std::string& subnet, const std::vector<std::string>& gateways) {
    const auto range = address_in_subnet(subnet);
    const auto found = std::ranges::find_if(gateways, [&](const std::string& gateway) {
        const auto bytes = address_bytes(gateway);
        return range && bytes && range->has_beside(*bytes);
    });
    return found == gateways.end() ? std::string() : *found;
}

std::vector<std::string> differences(const ListedNetwork& there, const GuestNetwork& wanted) {
    std::vector<std::string> found;
    if (!wanted.creation.wanted) return found;
    if (!wanted.creation.driver.empty() && wanted.creation.driver != there.driver)
        found.push_back(fmt::format("the network {} is of the driver {}, not {}", there.name, there.driver, wanted.creation.driver));
    for (const std::string& subnet : wanted.creation.subnets)
        if (std::ranges::none_of(there.subnets, [&](const std::string& other) { return same_subnet(other, subnet); }))
            found.push_back(fmt::format("the network {} has the subnet {}, not {}", there.name, fmt::join(there.subnets, ", "), subnet));
    for (const std::string& gateway : wanted.creation.gateways)
        if (std::ranges::none_of(there.gateways, [&](const std::string& other) { return same_address(plain_address(other), gateway); }))
            found.push_back(fmt::format("the network {} has the gateway {}, not {}", there.name, fmt::join(there.gateways, ", "), gateway));
    for (const auto& [name, value] : wanted.creation.options) {
        const auto other = there.options.find(name);
        if (other == there.options.end() || other->second != value)
            found.push_back(fmt::format("the network {} has another value of the option {} than its section says", there.name, name));
    }
    if (there.internal != wanted.creation.internal)
        found.push_back(fmt::format("the network {} is {}internal", there.name, there.internal ? "" : "not "));
    return found;
}

}  // namespace

Json endpoint_of(const GuestNetwork& network) {
    Json endpoint = Json::object();
    if (!network.address.empty()) endpoint["IPAMConfig"]["IPv4Address"] = network.address;
    if (!network.address6.empty()) endpoint["IPAMConfig"]["IPv6Address"] = network.address6;
    if (!network.aliases.empty()) endpoint["Aliases"] = network.aliases;
    return endpoint;
}

std::optional<ListedNetwork> DockerNetworks::find(const std::string& name, Deadline deadline) {
    std::vector<ListedNetwork> found = engine_.networks(name, deadline);
    if (found.size() > 1)
        throw Error(Error::Code::failed, fmt::format("docker has {} networks with the name {}", found.size(), name), "network " + name,
                    "remove those that are not needed: docker network rm " + short_id(found.back().id));
    return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

std::optional<std::string> DockerNetworks::container_of(const Guest& guest, Deadline deadline) {
    const Found found(engine_.list({service_label}, deadline));
    const auto candidates = found.of(guest);
    return candidates.empty() ? std::nullopt : std::optional(candidates.front()->id);
}

ConnectionState DockerNetworks::look(const Guest& guest, const GuestNetwork& network, Deadline deadline) {
    ConnectionState state;
    try {
        const auto there = find(network.name, deadline);
        state.network_exists = there.has_value();
        if (!there) return state;
        state.differences = differences(*there, network);
        const auto container = container_of(guest, deadline);
        if (!container) return state;
        const auto endpoints = engine_.endpoints(*container, deadline);
        const auto mine = endpoints.find(network.name);
        if (mine == endpoints.end() || mine->second.network_id != there->id) return state;
        state.connected = true;
        state.addresses = mine->second.addresses();
    } catch (const Error& problem) {
        state.problem = problem.message();
    }
    return state;
}

void DockerNetworks::make(const Guest& guest, const GuestNetwork& network, Deadline deadline) {
    if (find(network.name, deadline)) return;
    const GuestNetwork::Creation& wanted = network.creation;
    if (!wanted.wanted)
        throw Error(Error::Code::failed, fmt::format("there is no network {}", network.name), where(network),
                    "make it, or let svcmgr make it: `create = true`");
    Json body = {{"Name", network.name}, {"CheckDuplicate", true}, {"Driver", wanted.driver}, {"Internal", wanted.internal}};
    for (const std::string& subnet : wanted.subnets) {
        Json range = {{"Subnet", subnet}};
        if (const std::string gateway = gateway_in(subnet, wanted.gateways); !gateway.empty()) range["Gateway"] = gateway;
        if (subnet.find(':') != std::string::npos) body["EnableIPv6"] = true;
        body["IPAM"]["Config"].push_back(range);
    }
    if (!wanted.options.empty()) body["Options"] = wanted.options;
    if (const auto service = guest.labels.find(service_label); service != guest.labels.end())
        body["Labels"][service_label] = service->second;
    engine_.make_network(body.dump(), deadline);
}

void DockerNetworks::connect(const Guest& guest, const GuestNetwork& network, Deadline deadline) {
    const auto there = find(network.name, deadline);
    if (!there) throw Error(Error::Code::failed, fmt::format("there is no network {}", network.name), where(network), "start the service");
    const auto container = container_of(guest, deadline);
    if (!container)
        throw Error(Error::Code::failed, fmt::format("docker has no container of {}", guest.name), where(network), "start the service");
    const auto endpoints = engine_.endpoints(*container, deadline);
    const auto mine = endpoints.find(network.name);
    if (mine != endpoints.end()) {
        const auto held = mine->second.addresses();
        const auto has = [&](const std::string& address) {
            return address.empty() || std::ranges::any_of(held, [&](const std::string& other) { return same_address(other, address); });
        };
        if (mine->second.network_id == there->id && has(network.address) && has(network.address6)) return;
        engine_.disconnect(mine->second.network_id, *container, deadline);
    }
    try {
        engine_.connect(there->id, *container, endpoint_of(network).dump(), deadline);
    } catch (const Error&) {
        if (mine != endpoints.end() && mine->second.network_id == there->id) connect_as_before(*container, network, mine->second, deadline);
        throw;
    }
}

/// A container that can't have another address keeps the one that it had: without any it would be worse off than before.
void DockerNetworks::connect_as_before(const std::string& container, GuestNetwork network, const Endpoint& before, Deadline deadline) {
    network.address = before.address;
    network.address6 = before.address6;
    try {
        engine_.connect(before.network_id, container, endpoint_of(network).dump(), deadline);
    } catch (const Error&) {
        // Why it can't have the wanted one is what is said.
    }
}

bool DockerNetworks::connects(const std::string& container, const Guest& guest, Deadline deadline) {
    if (guest.networks.empty()) return true;
    const auto endpoints = engine_.endpoints(container, deadline);
    return endpoints.size() == guest.networks.size() && std::ranges::all_of(guest.networks, [&](const GuestNetwork& network) {
               const auto mine = endpoints.find(network.name);
               const auto there = find(network.name, deadline);
               return mine != endpoints.end() && there && mine->second.network_id == there->id;
           });
}

}  // namespace svcmgr::docker
