#include "resources/cni_ip.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "drivers/host.h"
#include "drivers/hypervisor/keywords/docker_run.h"
#include "drivers/network/address.h"
#include "drivers/network/network.h"

namespace svcmgr {

namespace {

constexpr std::size_t longest_interface = 15;  // IFNAMSIZ
/// For three probes, as an address of the node has them.
constexpr Duration to_probe = std::chrono::milliseconds(1500);
/// Of a start, for finding out what is there already: a CHECK that hangs must leave the time that connecting anew takes.
constexpr Duration to_look = std::chrono::seconds(5);

std::string route_text(const cni::Result::Route& route) {
    return route.gateway.empty() ? route.destination : fmt::format("{} via {}", route.destination, route.gateway);
}

struct Differences {
    std::vector<std::string> vital, others;
};

/// What ADD returned and is not, or no more, in the container's network.
Differences differences(const cni::Result& result, const std::string& interface, const NamespaceView& view) {
    Differences found;
    const NamespaceView::Adapter* adapter = view.adapter(interface);
    if (adapter == nullptr) {
        found.vital.push_back(fmt::format("the adapter {} is gone", interface));
        return found;
    }
    for (const cni::Result::Address& address : result.addresses) {
        const std::string on = adapter_of(result, address, interface);
        if (is_inside(result, address) && !view.has(on, address.address, address.prefix))
            found.vital.push_back(fmt::format("{}/{} is not on {} any more", address.address, address.prefix, on));
    }
    if (!adapter->up) found.vital.push_back(fmt::format("{} is switched off", interface));
    for (const cni::Result::Route& route : result.routes)
        if (!view.has_route(route.destination, route.gateway, ""))
            found.others.push_back(fmt::format("the route to {} is gone", route_text(route)));
    for (const cni::Result::Interface& one : result.interfaces)
        if (one.name == interface && !one.sandbox.empty() && !one.mac.empty() && lower_case(one.mac) != lower_case(adapter->hardware))
            found.others.push_back(fmt::format("{} has the hardware address {}, not {}", interface, adapter->hardware, one.mac));
    return found;
}

std::string routes_text(const cni::Result& result) {
    std::vector<std::string> routes;
    for (const cni::Result::Route& route : result.routes) routes.push_back(route_text(route));
    return routes.empty() ? "no routes" : fmt::format("routes: {}", fmt::join(routes, ", "));
}

/// "8080:80/tcp" as the capability portMappings has it.
tl::expected<cni::Json, std::string> port_mapping(const std::string& text) {
    const auto port = parse_docker_port(text);
    if (!port) return tl::unexpected(port.error());
    if (port->node == 0) return tl::unexpected(fmt::format("'{}' has no port of the node", text));
    cni::Json mapping = {{"hostPort", port->node}, {"containerPort", port->container}, {"protocol", port->protocol}};
    if (!port->address.empty()) mapping["hostIP"] = port->address;
    return mapping;
}

/// Of CNI_ARGS, without what every attachment has and what `ipname` says.
std::vector<std::string> said_arguments(const cni::Attachment& attachment) {
    std::vector<std::string> said;
    for (const std::string_view one : split(attachment.arguments, ';'))
        if (!one.empty() && one != "IgnoreUnknown=1" && !one.starts_with("IP=")) said.emplace_back(one);
    return said;
}

cni::Json capability(const cni::Attachment& attachment, const char* name) {
    return attachment.capabilities.contains(name) ? attachment.capabilities.at(name) : cni::Json::array();
}

std::string asked_address(const cni::Attachment& attachment) {
    const cni::Json addresses = capability(attachment, "ips");
    return addresses.is_array() && !addresses.empty() && addresses.front().is_string() ? addresses.front().get<std::string>()
                                                                                       : "one that the network gives out";
}

}  // namespace

std::vector<std::string> changes_since(const cni::Attachment& then, const cni::Attachment& now) {
    std::vector<std::string> changes;
    if (then.network.name != now.network.name)
        changes.push_back(fmt::format("it is in the network {}, and its section says {}", then.network.name, now.network.name));
    if (capability(then, "ips") != capability(now, "ips"))
        changes.push_back(fmt::format("its address was to be {}, and its section says {}", asked_address(then), asked_address(now)));
    if (capability(then, "portMappings") != capability(now, "portMappings"))
        changes.emplace_back("it has other `ports` than its section says");
    if (said_arguments(then) != said_arguments(now)) changes.emplace_back("it was connected with other `cni_args` than its section says");
    return changes;
}

CniIp::CniIp(Rid rid, Options options, const Container& container, const std::string& service, cni::Places places)
    : OutsideIp(std::move(rid), "ip.cni", options, container),
      network_(options.text("network")),
      interface_(options.text("ipdev")),
      container_id_(fmt::format("{}.{}", service, plain_word(container.rid().text()))),
      service_(service),
      kept_name_(kept_name(service, this->rid())),
      places_(std::move(places)),
      kept_(places_.kept) {}

std::string CniIp::problem_of(const Options& options) {
    const std::string interface = options.text("ipdev");
    if (interface.size() > longest_interface || interface.find_first_of("/: \t") != std::string::npos || interface == "." ||
        interface == "..")
        return fmt::format("'{}' can't be the name of an adapter", interface);
    if (const std::string address = options.text("ipname"); !address.empty() && !address_bytes(address.substr(0, address.find('/'))))
        return fmt::format("`ipname` of an address of CNI has to be numeric: '{}'", address);
    for (const std::string& port : options.list("ports"))
        if (const auto mapping = port_mapping(port); !mapping) return mapping.error();
    for (const std::string& argument : options.list("cni_args"))
        if (argument.find('=') == std::string::npos || argument.find(';') != std::string::npos)
            return fmt::format("'{}' in `cni_args` is not NAME=value", argument);
    return {};
}

cni::Attachment CniIp::attachment(cni::Network network, Path network_namespace) const {
    cni::Attachment attachment{container_id_, interface_, std::move(network_namespace), {}, cni::Json::object(), std::move(network)};
    std::vector<std::string> arguments{"IgnoreUnknown=1"};
    if (const std::string address = options().text("ipname"); !address.empty()) {
        arguments.push_back("IP=" + address);
        attachment.capabilities["ips"] = {address};
    }
    std::ranges::copy(options().list("cni_args"), std::back_inserter(arguments));
    attachment.arguments = fmt::format("{}", fmt::join(arguments, ";"));
    for (const std::string& port : options().list("ports"))
        if (auto mapping = port_mapping(port)) attachment.capabilities["portMappings"].push_back(std::move(*mapping));
    return attachment;
}

cni::Attachment CniIp::wanted() const {
    cni::Network network;
    network.name = network_;
    return attachment(std::move(network), {});
}

ResourceObservation CniIp::look(Looking& looking) const {
    ResourceObservation seen;
    World& world = looking.world();
    const GuestState guest = container().state(looking);
    const auto kept = kept_.read(world.files, kept_name_);
    if (!kept) {
        seen.say(LogLine::Level::warn, kept.error());
        seen.unstartable = Error(Error::Code::refused, kept.error(), rid().text(),
                                 "what ADD has given out can't be given back without it: release it by hand, then remove the file");
        return seen;
    }
    if (!guest.exists_here()) {
        look_without_container(guest, *kept, seen);
    } else if (const auto path = container().network_namespace(world, Deadline::in(world.clock, looking.limits().hypervisor)); !path) {
        seen.detail = path.error();
        seen.say(LogLine::Level::warn, path.error());
    } else if (*kept) {
        judge(looking, **kept, *path, seen);
    } else {
        seen.status = Status::down;
        seen.detail = fmt::format("not in the network {}", network_);
    }
    if (looking.purpose() == Purpose::start && seen.status != Status::up) look_startable(looking, seen);
    return seen;
}

void CniIp::look_without_container(const GuestState& guest, const std::optional<Kept>& kept, ResourceObservation& seen) const {
    if (guest.value == GuestState::Value::unknown) {
        seen.detail = fmt::format("whether {} runs is not known: {}", container().rid().text(), guest.describe());
        seen.say(LogLine::Level::warn, seen.detail);
        return;
    }
    seen.status = Status::down;
    seen.detail = "container is down";
    if (!kept) return seen.say(LogLine::Level::info, seen.detail);
    seen.left = fmt::format("what {} has given out is not given back yet", network_);
    seen.say(LogLine::Level::warn, fmt::format("container is down, and {}: a stop or a start does that", seen.left));
}

void CniIp::judge(Looking& looking, const Kept& kept, const Path& network_namespace, ResourceObservation& seen) const {
    World& world = looking.world();
    const auto down = [&](std::string reason) {
        seen.status = Status::down;
        seen.left = fmt::format("what {} has given out is to be given back", network_);
        seen.detail = reason;
        seen.say(LogLine::Level::warn, std::move(reason));
    };
    if (!is_current(world, kept, network_namespace))
        return down(fmt::format("{} has another network namespace than the one that was connected: it was restarted outside of svcmgr",
                                container().rid().text()));
    if (!kept.is_complete()) return down("an ADD was begun, and its end is not known");
    const auto result = cni::read_result_json(kept.result);
    if (!result) return down(fmt::format("what is kept of ADD can't be used: {}", result.error()));
    seen.label = label_of(*result, interface_);
    const auto view = look_into(world.processes, network_namespace, Deadline::in(world.clock, looking.limits().hypervisor));
    if (!view) {
        seen.detail = view.error();
        return seen.say(LogLine::Level::warn, view.error());
    }
    Differences found = differences(*result, interface_, *view);
    for (const std::string& change : changes_since(kept.attachment, wanted()))
        found.others.push_back(fmt::format("{}: a start connects it anew", change));
    for (const std::string& one : found.others) seen.say(LogLine::Level::warn, one);
    if (!found.vital.empty()) return down(fmt::format("{}", fmt::join(found.vital, "; ")));
    const std::string problem = caller(world).check(kept.attachment, kept.result, Deadline::in(world.clock, looking.limits().hypervisor));
    if (!problem.empty())
        seen.say(LogLine::Level::warn,
                 fmt::format("{}; where the plugin is wrong, `disableCheck` of the network keeps it from being asked", problem));
    seen.status = found.others.empty() && problem.empty() ? Status::up : Status::warn;
    seen.detail = seen.status == Status::up ? "" : seen.log.front().message;
    seen.say(LogLine::Level::info, fmt::format("network {}, {}", kept.attachment.network.name, routes_text(*result)));
}

void CniIp::look_startable(Looking& looking, ResourceObservation& seen) const {
    World& world = looking.world();
    const auto network = cni::find_network(world.files, places_.configurations, network_);
    if (!network) {
        seen.unstartable = Error(Error::Code::refused, network.error(), options().place_of("network").to_string(),
                                 "write its configuration, or correct `network`");
        return;
    }
    const std::vector<std::string> missing = caller(world).missing(*network);
    if (!missing.empty())
        seen.unstartable = Error(
            Error::Code::refused,
            fmt::format("the network {} needs plugins that are missing in {}: {}", network_, fmt::join(places_.plugins, ", "),
                        fmt::join(missing, ", ")),
            rid().text(), "install them (Debian: containernetworking-plugins), or say where they are: `plugins` in [cni] of node.conf");
}

Intent CniIp::intend(Goal goal, const ResourceObservation& observation) const {
    if (goal == Goal::up) {
        if (observation.status == Status::up) return Intent::leave(fmt::format("{} is in the network {}", interface_, network_));
        Intent intent;
        intent.checked = fmt::format("the network {} must be described, and its plugins be here", network_);
        intent.refusal = observation.unstartable;
        if (!intent.refusal)
            intent.verbs.push_back({"start", fmt::format("connect {} of {} to the network {}", interface_, container().label(), network_),
                                    options().duration("start_timeout"), "stop", options().duration("stop_timeout")});
        return intent;
    }
    if (observation.status == Status::down && observation.left.empty())
        return Intent::leave(fmt::format("{} has no {} of the network {}", container().label(), interface_, network_));
    Intent intent;
    const std::string reason = observation.left.empty() ? fmt::format("give back what {} has given out", network_) : observation.left;
    intent.verbs.push_back({"stop", reason, options().duration("stop_timeout"), "", {}});
    return intent;
}

void CniIp::perform(const std::string& verb, Doing& doing) const {
    if (verb == "start") return start(doing);
    if (verb == "stop") return stop(doing);
    throw Error(Error::Code::failed, fmt::format("an address of CNI has no verb '{}'", verb), rid().text());
}

std::optional<cni::Kept> CniIp::kept_for_change(Doing& doing) const {
    auto kept = kept_.read(doing.world.files, kept_name_);
    if (!kept)
        throw Error(Error::Code::failed, kept.error(), rid().text(),
                    "what ADD has given out can't be given back without it: release it by hand, then remove the file");
    return std::move(*kept);
}

bool CniIp::is_up(const Kept& kept, const Path& network_namespace, Doing& doing) const {
    if (!kept.is_complete() || !is_current(doing.world, kept, network_namespace)) return false;
    const auto result = cni::read_result_json(kept.result);
    const Deadline deadline = doing.deadline.at_most(doing.world.clock, to_look);
    const auto view = look_into(doing.world.processes, network_namespace, deadline);
    if (!result || !view || !changes_since(kept.attachment, wanted()).empty()) return false;
    const Differences found = differences(*result, interface_, *view);
    return found.vital.empty() && found.others.empty() && caller(doing.world).check(kept.attachment, kept.result, deadline).empty();
}

void CniIp::start(Doing& doing) const {
    const Path network_namespace = own_network_namespace(doing);
    std::optional<Kept> before = kept_for_change(doing);
    if (before && is_up(*before, network_namespace, doing))
        return doing.note(LogLine::Level::info, fmt::format("{} is in the network {} already", interface_, network_));
    auto network = cni::find_network(doing.world.files, places_.configurations, network_);
    if (!network) throw Error(Error::Code::failed, network.error(), options().place_of("network").to_string(), "write its configuration");
    doing.changing();
    if (before) {
        doing.note(LogLine::Level::info, "gives back what an earlier start has left");
        give_back(places_, kept_name_, std::move(*before), doing);
    }
    Kept kept{attachment(std::move(*network), network_namespace),
              identity_of_namespace(doing.world.files, network_namespace),
              doing.world.host.boot_id(),
              nullptr,
              service_,
              rid().text()};
    kept_.keep(doing.world.files, kept_name_, kept);
    add(kept, doing);
}

/// Whatever of it fails, nothing of it stays.
void CniIp::add(Kept& kept, Doing& doing) const {
    try {
        const cni::Result result = caller(doing.world).add(kept.attachment, doing.deadline);
        kept.result = result.json;
        kept_.keep(doing.world.files, kept_name_, kept);
        claim(result, kept.attachment.network_namespace, doing);
        doing.note(LogLine::Level::info,
                   fmt::format("{} of {}: {}", label_of(result, interface_), container().label(), routes_text(result)));
    } catch (const Error& error) {
        Doing cleaning{doing.world, Deadline::in(doing.world.clock, options().duration("stop_timeout")), doing.note, doing.changing};
        try {
            give_back(places_, kept_name_, kept, cleaning);
        } catch (const Error& second) {
            doing.note(LogLine::Level::warn,
                       fmt::format("what it left is not cleaned up, the next start or stop tries again: {}", second.what()));
        }
        throw Error(error.code(), error.message(), rid().text() + " " + error.where(), error.hint());
    }
}

/// Nobody else on the link may have the addresses; who spoke to whoever had them before is told where they are now.
void CniIp::claim(const cni::Result& result, const Path& network_namespace, Doing& doing) const {
    const auto stay = doing.world.network.enter(network_namespace);
    for (const cni::Result::Address& address : result.addresses) {
        if (!is_inside(result, address)) continue;
        const std::string adapter = adapter_of(result, address, interface_);
        const ProbeAnswer answer = doing.world.network.probe(adapter, address.address, doing.deadline.at_most(doing.world.clock, to_probe));
        if (!answer.problem.empty())
            doing.note(LogLine::Level::warn, fmt::format("nobody could be asked whether {} is taken: {}", address.address, answer.problem));
        if (answer.taken)
            throw Error(Error::Code::failed, fmt::format("another machine has {}: {}", address.address, answer.by), "network " + network_,
                        "find out which one it is; the network's configuration may give out addresses that are in use");
        try {
            doing.world.network.announce(adapter, address.address);
        } catch (const Error& error) {
            doing.note(LogLine::Level::warn, fmt::format("not announced: {}", error.what()));
        }
    }
}

void CniIp::stop(Doing& doing) const {
    std::optional<Kept> kept = kept_for_change(doing);
    if (!kept) return doing.note(LogLine::Level::info, fmt::format("nothing of the network {} is kept", network_));
    doing.changing();
    give_back(places_, kept_name_, std::move(*kept), doing);
}

}  // namespace svcmgr
