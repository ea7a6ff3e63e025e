#include "resources/network_ip.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "drivers/network/address.h"
#include "drivers/network/network.h"

namespace svcmgr {

namespace {

constexpr Duration patience = std::chrono::seconds(30);

/// Why subnets and gateways are not what docker could make a network from; empty when they are.
std::string problem_of_ranges(const Options& section) {
    std::vector<AddressInSubnet> subnets;
    for (const std::string& said : section.list("subnet")) {
        auto subnet = address_in_subnet(said);
        if (!subnet) return fmt::format("`subnet` is no address and prefix: '{}'", said);
        subnets.push_back(std::move(*subnet));
    }
    for (const std::string& said : section.list("gateway")) {
        const auto gateway = address_bytes(said);
        if (!gateway) return fmt::format("`gateway` is no address: '{}'", said);
        if (std::ranges::none_of(subnets, [&](const AddressInSubnet& subnet) { return subnet.has_beside(*gateway); }))
            return fmt::format("the gateway {} is in none of the subnets", said);
    }
    return {};
}

}  // namespace

GuestNetwork network_of(const Options& section) {
    GuestNetwork network;
    network.name = section.text("network");
    const std::string address = section.text("ipname");
    (address.find(':') == std::string::npos ? network.address : network.address6) = address;
    network.aliases = section.list("aliases");
    network.creation.wanted = section.flag("create");
    network.creation.driver = section.text("driver");
    network.creation.subnets = section.list("subnet");
    network.creation.gateways = section.list("gateway");
    network.creation.internal = section.flag("internal");
    for (const std::string& option : section.list("options")) {
        const auto equal = option.find('=');
        network.creation.options[option.substr(0, equal)] = equal == std::string::npos ? "" : option.substr(equal + 1);
    }
    return network;
}

std::string problem_of_network(const Options& section) {
    if (section.text("network").empty())
        return "addresses with type = docker need `network`: svcmgr plumbs none from a bridge of the node; type = cni does";
    if (const std::string address = section.text("ipname"); !address.empty() && !address_bytes(address))
        return fmt::format("`ipname` in a network of docker has to be numeric: '{}'", address);
    for (const char* keyword : {"driver", "subnet", "gateway", "options", "internal"})
        if (section.said(keyword) && !section.flag("create"))
            return fmt::format("`{}` says how the network is made, and `create` does not say that it is", keyword);
    return problem_of_ranges(section);
}

NetworkIp::NetworkIp(Rid rid, Options options, const Container& container, GuestNetwork network)
    : Resource(std::move(rid), Group::ip, "ip.docker", options), container_(container), network_(std::move(network)) {}

ResourceObservation NetworkIp::look(Looking& looking) const {
    ResourceObservation seen;
    World& world = looking.world();
    const GuestState guest = container_.state(looking);
    ConnectionState state;
    try {
        GuestNetworks* networks = world.hypervisors.get(container_.hypervisor()).networks();
        if (networks == nullptr) throw Error(Error::Code::invalid, fmt::format("{} has no networks of its own", container_.hypervisor()));
        state = networks->look(container_.guest(), network_, Deadline::in(world.clock, looking.limits().hypervisor));
    } catch (const Error& error) {
        state.problem = error.what();
    }
    if (guest.value == GuestState::Value::unknown && state.problem.empty()) state.problem = guest.describe();
    if (!state.problem.empty()) {
        seen.detail = state.problem;
        seen.say(LogLine::Level::warn, state.problem);
        seen.unstartable = Error(Error::Code::refused, state.problem, rid().text());
        return seen;
    }
    for (const std::string& difference : state.differences) seen.say(LogLine::Level::warn, difference);
    if (guest.exists_here())
        judge(state, seen);
    else
        look_without_container(state, seen);
    if (!state.network_exists && !network_.creation.wanted)
        seen.unstartable = Error(Error::Code::refused, fmt::format("there is no network {}", network_.name),
                                 options().place_of("network").to_string(), "make it, or let svcmgr make it: `create = true` and `subnet`");
    return seen;
}

void NetworkIp::look_without_container(const ConnectionState& state, ResourceObservation& seen) const {
    seen.status = Status::down;
    seen.detail = state.network_exists ? "container is down" : fmt::format("there is no network {}", network_.name);
    if (!state.network_exists) seen.preparation = seen.detail;
    seen.say(LogLine::Level::info, seen.detail);
}

bool NetworkIp::has_wanted_addresses(const ConnectionState& state) const {
    for (const std::string* wanted : {&network_.address, &network_.address6})
        if (!wanted->empty() && std::ranges::none_of(state.addresses, [&](const std::string& held) { return same_address(held, *wanted); }))
            return false;
    return true;
}

void NetworkIp::judge(const ConnectionState& state, ResourceObservation& seen) const {
    if (!state.network_exists) {
        seen.status = Status::down;
        seen.detail = fmt::format("the network {} is gone", network_.name);
        seen.preparation = seen.detail;
        seen.left = seen.detail;
        return seen.say(LogLine::Level::warn, seen.detail);
    }
    if (!state.connected) {
        seen.status = Status::down;
        seen.detail = fmt::format("{} is not connected to the network {}", container_.label(), network_.name);
        seen.left = seen.detail;
        return seen.say(LogLine::Level::warn, seen.detail);
    }
    seen.label =
        fmt::format("{}@{}", state.addresses.empty() ? "no address" : fmt::format("{}", fmt::join(state.addresses, ",")), network_.name);
    if (!has_wanted_addresses(state)) {
        seen.status = Status::down;
        seen.detail = state.addresses.empty() ? fmt::format("{} has no address in {}", container_.label(), network_.name)
                                              : fmt::format("{} has another address in {} than its section says: {}", container_.label(),
                                                            network_.name, fmt::join(state.addresses, ", "));
        seen.left = seen.detail;
        return seen.say(LogLine::Level::warn, seen.detail);
    }
    seen.status = state.differences.empty() ? Status::up : Status::warn;
    if (!state.differences.empty()) seen.detail = state.differences.front();
}

Intent NetworkIp::intend(Goal goal, const ResourceObservation& observation) const {
    if (goal != Goal::up) return Intent::leave("it goes with its container; the network stays");
    // What differs of a network that has the container in it would take the container's network away to mend.
    if (observation.status == Status::up || observation.status == Status::warn)
        return Intent::leave(fmt::format("{} is in the network {}", container_.label(), network_.name));
    Intent intent;
    intent.checked = fmt::format("the network {} must be there, or may be made", network_.name);
    intent.refusal = observation.unstartable;
    if (intent.refusal) return intent;
    if (!observation.preparation.empty()) intent.verbs.push_back({std::string(make_verb), observation.preparation, patience, "", {}});
    if (!observation.left.empty()) intent.verbs.push_back({std::string(connect_verb), observation.left, patience, "", {}});
    if (intent.verbs.empty()) intent.left_alone = fmt::format("{} is connected before it is started", container_.rid().text());
    return intent;
}

GuestNetworks& NetworkIp::networks(Doing& doing) const {
    GuestNetworks* networks = doing.world.hypervisors.get(container_.hypervisor()).networks();
    if (networks == nullptr)
        throw Error(Error::Code::failed, fmt::format("{} has no networks of its own", container_.hypervisor()), rid().text());
    return *networks;
}

void NetworkIp::perform(const std::string& verb, Doing& doing) const {
    if (verb != make_verb && verb != connect_verb)
        throw Error(Error::Code::failed, fmt::format("a place in a network has no verb '{}'", verb), rid().text());
    doing.changing();
    if (verb == make_verb) return networks(doing).make(container_.guest(), network_, doing.deadline);
    networks(doing).connect(container_.guest(), network_, doing.deadline);
}

}  // namespace svcmgr
