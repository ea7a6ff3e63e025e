#include "resources/route_ip.h"

#include <fmt/format.h>

#include "drivers/network/namespace_view.h"

namespace svcmgr {

namespace {

constexpr Duration patience = std::chrono::seconds(30);

/// Whether `ip route show` has shown any.
bool shows_route(const CommandResult& shown) {
    return shown.out.find_first_not_of(" \n") != std::string::npos;
}

}  // namespace

RouteIp::RouteIp(Rid rid, Options options, const Container& container)
    : OutsideIp(std::move(rid), "ip.route", options, container), spec_(options.text("spec")) {}

Argv RouteIp::command(const Path& network_namespace, const std::string& verb) const {
    Argv argv = {"ip"};
    if (spec_.find(':') != std::string::npos) argv.emplace_back("-6");
    argv.insert(argv.end(), {"route", verb});
    for (const std::string& word : split_words(spec_)) argv.push_back(word);
    return in_network(network_namespace, std::move(argv));
}

ResourceObservation RouteIp::look(Looking& looking) const {
    ResourceObservation seen;
    World& world = looking.world();
    const GuestState guest = container().state(looking);
    if (!guest.exists_here()) {
        if (guest.value != GuestState::Value::unknown) seen.status = Status::down;
        seen.detail =
            seen.status == Status::down ? "container is down" : fmt::format("whether {} runs is not known", container().rid().text());
        seen.say(seen.status == Status::down ? LogLine::Level::info : LogLine::Level::warn, seen.detail);
        return seen;
    }
    const Deadline deadline = Deadline::in(world.clock, looking.limits().hypervisor);
    const auto path = container().network_namespace(world, deadline);
    const CommandResult shown = path ? world.processes.run(command(*path, "show"), deadline) : CommandResult{};
    if (!path || !shown.ok()) {
        seen.detail = path ? fmt::format("its routes can't be listed: {}", shown.describe()) : path.error();
        seen.say(LogLine::Level::warn, seen.detail);
        return seen;
    }
    const bool is_there = shows_route(shown);
    seen.status = is_there ? Status::up : Status::down;
    if (!is_there) seen.detail = fmt::format("{} has no such route", container().label());
    return seen;
}

Intent RouteIp::intend(Goal goal, const ResourceObservation& observation) const {
    Intent intent;
    if (goal == Goal::up) {
        if (observation.status == Status::up) return Intent::leave("the route is there");
        intent.verbs.push_back({"start", fmt::format("set {} in {}", spec_, container().label()), patience, "stop", patience});
    } else {
        if (observation.status == Status::down) return Intent::leave("there is no such route");
        intent.verbs.push_back({"stop", fmt::format("remove {} from {}", spec_, container().label()), patience, "", {}});
    }
    return intent;
}

void RouteIp::perform(const std::string& verb, Doing& doing) const {
    if (verb != "start" && verb != "stop") throw Error(Error::Code::failed, fmt::format("a route has no verb '{}'", verb), rid().text());
    const Path path = own_network_namespace(doing);
    if (verb == "stop") {
        const CommandResult shown = doing.world.processes.run(command(path, "show"), doing.deadline);
        if (shown.ok() && !shows_route(shown)) return;
    }
    doing.changing();
    const CommandResult result = doing.world.processes.run(command(path, verb == "start" ? "replace" : "del"), doing.deadline);
    if (result.ok()) return;
    const Error::Code code = result.timed_out ? Error::Code::timed_out : Error::Code::failed;
    throw Error(code, fmt::format("the route {} can't be {}: {}", spec_, verb == "start" ? "set" : "removed", result.describe()),
                options().place_of("spec").to_string(), "correct `spec`; `man ip-route` has its words");
}

}  // namespace svcmgr
