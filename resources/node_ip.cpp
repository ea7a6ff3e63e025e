#include "resources/node_ip.h"

#include <fmt/format.h>

#include <algorithm>

#include "drivers/network/address.h"

namespace svcmgr {

namespace {

constexpr Duration patience = std::chrono::seconds(30);
constexpr Duration one_ping = std::chrono::seconds(1);
/// For three probes. A machine on the same link answers in milliseconds; RFC 5227 waits longer, and a takeover does not.
constexpr Duration to_probe = std::chrono::milliseconds(1500);
constexpr Duration between_looks = std::chrono::milliseconds(100);
constexpr std::size_t longest_label = 15;  // IFNAMSIZ

Error taken(const std::string& address, const std::string& who, const Rid& rid) {
    return Error(Error::Code::refused, fmt::format("another machine has {}: {}", address, who), rid.text(),
                 "find out which one it is, and stop the service there");
}

}  // namespace

NodeIp::NodeIp(Rid rid, Options options)
    : Resource(std::move(rid), Group::ip, "ip", options), name_(options.text("ipname")), device_(options.text("ipdev")) {}

bool NodeIp::tagged(std::string_view tag) const {
    const std::vector<std::string> all = tags();
    return std::ranges::find(all, tag) != all.end();
}

std::vector<std::string> NodeIp::environment() const {
    std::vector<std::string> variables{"OPENSVC_IPNAME=" + name_, "OPENSVC_IPDEV=" + device_};
    const std::string mask = options().text("netmask");
    if (!mask.empty()) variables.push_back("OPENSVC_MASK=" + mask);
    const std::string address = address_bytes(name_) ? name_ : std::string();
    if (!address.empty()) variables.push_back("OPENSVC_IPADDR=" + address);
    if (const std::string index = rid().index(); !index.empty())
        variables.push_back(fmt::format("OPENSVC_IP{}={} {} {} {}", index, name_, device_, address, mask));
    return variables;
}

tl::expected<int, std::string> NodeIp::prefix(const AddressTable& table, const std::string& address) const {
    const bool ipv6 = address.find(':') != std::string::npos;
    if (const std::string mask = options().text("netmask"); !mask.empty()) {
        if (const auto length = prefix_length(mask, ipv6)) return *length;
        return tl::unexpected(fmt::format("'{}' is no netmask of an IPv{} address", mask, ipv6 ? 6 : 4));
    }
    for (const AdapterAddress& held : table.addresses)
        if (held.adapter == device_ && (held.address.find(':') != std::string::npos) == ipv6 && held.address != address &&
            !held.address.starts_with("fe80:"))
            return held.prefix;
    return tl::unexpected(fmt::format("{} has no address whose netmask could be taken", device_));
}

/// The first alias of the adapter that is free, "eth0:1". Empty for IPv6, which has none, and where the section wants none.
std::string NodeIp::label_for(const AddressTable& table, const std::string& address) const {
    if (address.find(':') != std::string::npos || tagged("noalias") || !options().flag("alias")) return {};
    for (int number = 1;; ++number) {
        const std::string label = fmt::format("{}:{}", device_, number);
        if (label.size() > longest_label) return {};
        if (std::ranges::find(table.addresses, label, &AdapterAddress::label) == table.addresses.end()) return label;
    }
}

ResourceObservation NodeIp::look(Looking& looking) const {
    ResourceObservation seen;
    World& world = looking.world();
    const Resolution resolution = world.network.resolve(name_, Deadline::in(world.clock, looking.limits().hypervisor));
    if (resolution.addresses.empty()) {
        const std::string reason = fmt::format("{} can't be resolved: {}", name_, resolution.problem);
        seen.say(LogLine::Level::warn, reason);
        seen.unstartable = Error(Error::Code::refused, reason, rid().text(), "mend `ipname`, or the name service");
        return seen;
    }
    const AddressTable table = world.network.addresses();
    if (!table.problem.empty()) {
        seen.say(LogLine::Level::warn, table.problem);
        seen.unstartable = Error(Error::Code::refused, table.problem, rid().text());
        return seen;
    }
    const std::string& address = resolution.addresses.front();
    if (const AdapterAddress* held = table.find(address)) {
        judge(table, *held, seen);
    } else {
        seen.status = Status::down;
        look_startable(looking, table, address, seen);
    }
    return seen;
}

void NodeIp::judge(const AddressTable& table, const AdapterAddress& held, ResourceObservation& seen) const {
    seen.status = Status::up;
    const auto warn = [&](const std::string& message) {
        seen.status = Status::warn;
        seen.say(LogLine::Level::warn, message);
    };
    if (held.adapter != device_) {
        warn(fmt::format("{} is on {}, not on {}", held.address, held.adapter, device_));
        seen.unstartable =
            Error(Error::Code::refused, seen.log.back().message, rid().text(), "take it away there, or mend `ipdev` in its section");
        return;
    }
    if (held.state == AdapterAddress::State::duplicate) warn(fmt::format("another machine has {} too", held.address));
    const std::string mask = options().text("netmask");
    const auto wanted = mask.empty() ? std::nullopt : prefix_length(mask, held.address.find(':') != std::string::npos);
    if (wanted && *wanted != held.prefix) warn(fmt::format("{} has the netmask /{}, not /{}", held.address, held.prefix, *wanted));
    const Adapter* adapter = table.adapter(device_);
    if (adapter != nullptr && !adapter->carrier && options().flag("check_carrier")) warn(fmt::format("{} has no carrier", device_));
}

void NodeIp::look_startable(Looking& looking, const AddressTable& table, const std::string& address, ResourceObservation& seen) const {
    const Adapter* adapter = table.adapter(device_);
    const auto cant = [&](const std::string& reason, const std::string& hint) {
        seen.say(LogLine::Level::info, reason);
        seen.unstartable = Error(Error::Code::refused, reason, rid().text(), hint);
    };
    if (adapter == nullptr) return cant(fmt::format("there is no adapter {}", device_), "mend `ipdev` in its section");
    if (!adapter->up) return cant(fmt::format("{} is not up", device_), fmt::format("ip link set {} up", device_));
    if (looking.purpose() != Purpose::start) return;
    if (const auto length = prefix(table, address); !length) return cant(length.error(), "say `netmask` in its section");
    World& world = looking.world();
    if (!tagged("nonrouted") && !looking.stopped_a_moment_ago && world.network.ping(address, Deadline::in(world.clock, one_ping)).answered)
        seen.conflict = taken(address, "it answers ping", rid());
}

Intent NodeIp::intend(Goal goal, const ResourceObservation& observation) const {
    Intent intent;
    if (goal == Goal::up) {
        if (!observation.unstartable && observation.status != Status::down) return Intent::leave(fmt::format("it is on {}", device_));
        intent.checked = fmt::format("no other machine may answer as {}", name_);
        intent.refusal = observation.unstartable;
        intent.conflict = observation.conflict;
        if (!intent.refusal) intent.verbs.push_back({"start", fmt::format("add {} to {}", name_, device_), patience, "stop", patience});
    } else {
        if (observation.status == Status::down) return Intent::leave(fmt::format("it is not on {}", device_));
        // Elsewhere it is not ours. What is not known is tried, so that a stop that could not see the address does not end well.
        if (observation.status != Status::undef && observation.unstartable) return Intent::leave(observation.unstartable->message());
        intent.verbs.push_back({"stop", fmt::format("take {} from {}", name_, device_), patience, "", {}});
    }
    return intent;
}

void NodeIp::perform(const std::string& verb, Doing& doing) const {
    if (verb == "start") return start(doing);
    if (verb == "stop") return stop(doing);
    throw Error(Error::Code::failed, fmt::format("an address has no verb '{}'", verb), rid().text());
}

std::string NodeIp::address_for(Doing& doing) const {
    const Resolution resolution = doing.world.network.resolve(name_, doing.deadline);
    if (!resolution.addresses.empty()) return resolution.addresses.front();
    throw Error(Error::Code::failed, fmt::format("{} can't be resolved: {}", name_, resolution.problem), rid().text(),
                "mend `ipname`, or the name service");
}

void NodeIp::start(Doing& doing) const {
    Network& network = doing.world.network;
    const AddressTable table = network.addresses();
    if (!table.problem.empty()) throw Error(Error::Code::failed, table.problem, rid().text());
    AdapterAddress wanted;
    wanted.adapter = device_;
    wanted.address = address_for(doing);
    if (const AdapterAddress* held = table.find(wanted.address); held != nullptr && held->adapter == device_)
        return doing.note(LogLine::Level::info, fmt::format("{} is already on {}", wanted.address, device_));
    const auto length = prefix(table, wanted.address);
    if (!length) throw Error(Error::Code::failed, length.error(), rid().text(), "say `netmask` in its section");
    wanted.prefix = *length;
    wanted.label = label_for(table, wanted.address);

    refuse_duplicate(wanted.address, doing);
    doing.changing();
    network.add_address(wanted);
    wait_until_usable(wanted, doing);
    try {
        network.announce(device_, wanted.address);
    } catch (const Error& error) {  // the address works; who spoke to it elsewhere finds out a little later
        doing.note(LogLine::Level::warn, fmt::format("not announced: {}", error.what()));
    }
}

void NodeIp::refuse_duplicate(const std::string& address, Doing& doing) const {
    const ProbeAnswer answer = doing.world.network.probe(device_, address, doing.deadline.at_most(doing.world.clock, to_probe));
    if (!answer.problem.empty())
        throw Error(Error::Code::failed, fmt::format("nobody could be asked whether {} is taken: {}", address, answer.problem),
                    rid().text());
    if (answer.taken) throw taken(address, answer.by, rid());
}

void NodeIp::wait_until_usable(const AdapterAddress& address, Doing& doing) const {
    wait_for(doing, fmt::format("{} to be usable on {}", address.address, device_), between_looks, [&] {
        const AddressTable table = doing.world.network.addresses();
        const AdapterAddress* held = table.find(address.address);
        if (held == nullptr) throw Error(Error::Code::failed, fmt::format("{} was added, and is gone", address.address), rid().text());
        if (held->state == AdapterAddress::State::duplicate) throw taken(address.address, "it answered the neighbour solicitation", rid());
        return held->state == AdapterAddress::State::usable;
    });
}

void NodeIp::stop(Doing& doing) const {
    Network& network = doing.world.network;
    const AddressTable table = network.addresses();
    if (!table.problem.empty()) throw Error(Error::Code::failed, table.problem, rid().text());
    const AdapterAddress* held = table.find(address_for(doing));
    if (held == nullptr || held->adapter != device_)
        return doing.note(LogLine::Level::info, fmt::format("{} is not on {}", name_, device_));
    doing.changing();
    network.remove_address(*held);
    if (network.addresses().find(held->address) != nullptr)
        throw Error(Error::Code::failed, fmt::format("{} was taken away, and is still there", held->address), rid().text());
}

}  // namespace svcmgr
