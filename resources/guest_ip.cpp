#include "resources/guest_ip.h"

#include <fmt/format.h>

#include <algorithm>

#include "drivers/network/network.h"
#include "drivers/tasks.h"
#include "resources/guest_addresses.h"

namespace svcmgr {

namespace {

constexpr Duration one_ping = std::chrono::seconds(1);

}  // namespace

GuestIp::GuestIp(Rid rid, Options options, const Container& container)
    : Resource(std::move(rid), Group::ip, "ip", options),
      container_(container),
      name_(options.text("ipname")),
      adapter_(options.text("ipdev")) {
    if (name_.empty()) name_ = container.guest().hostname;
}

ResourceObservation GuestIp::look(Looking& looking) const {
    ResourceObservation seen;
    const GuestState guest = container_.state(looking);
    if (guest.value == GuestState::Value::stopped || guest.value == GuestState::Value::absent) {
        seen.status = Status::down;
        seen.detail = "container is down";
        seen.say(LogLine::Level::info, seen.detail);
        if (looking.purpose() == Purpose::start) look_elsewhere(looking, seen);
        return seen;
    }
    if (guest.value == GuestState::Value::paused || guest.value == GuestState::Value::crashed) {
        seen.status = Status::down;
        seen.detail = fmt::format("container is {}", guest.reason);
        seen.say(LogLine::Level::info, seen.detail);
        return seen;
    }

    Check ping;
    Check adapter;
    std::vector<std::function<void()>> checks{[&] { ping = check_ping(looking); }};
    if (!container_.guest().windows) checks.emplace_back([&] { adapter = check_adapter(looking); });
    run_together(looking.world().tasks, checks);

    if (container_.guest().windows) {
        seen.status = ping.ok ? Status::up : Status::down;
        if (ping.ok) seen.say(LogLine::Level::info, "not checked inside: a Windows guest takes no command over ssh");
    } else if (ping.ok && adapter.ok) {
        seen.status = Status::up;
    } else if (ping.ok || adapter.ok) {
        seen.status = Status::warn;
    } else {
        // Nothing answers; whether it is down is known only when the guest itself is known not to run.
        seen.status = guest.value == GuestState::Value::unknown ? Status::undef : Status::down;
    }
    for (const Check* check : {&ping, &adapter})
        if (!check->ok && !check->problem.empty()) seen.say(LogLine::Level::warn, check->problem);
    return seen;
}

GuestIp::Check GuestIp::check_ping(Looking& looking) const {
    World& world = looking.world();
    const PingAnswer answer = world.network.ping(name_, Deadline::in(world.clock, std::min(looking.limits().guest, one_ping)));
    return {answer.answered, fmt::format("{} does not answer ping: {}", name_, answer.reason)};
}

GuestIp::Check GuestIp::check_adapter(Looking& looking) const {
    World& world = looking.world();
    const Deadline deadline = Deadline::in(world.clock, looking.limits().guest);
    const Resolution resolution = world.network.resolve(name_, deadline);
    if (resolution.addresses.empty()) return {false, fmt::format("{} can't be resolved: {}", name_, resolution.problem)};

    const GuestAddresses inside = guest_addresses([&](const Argv& argv) { return container_.run_inside(world, argv, deadline); });
    if (!inside.problem.empty())
        return {false, fmt::format("the adapter {} can't be checked in {}: {}", adapter_, container_.guest().hostname, inside.problem)};

    std::string elsewhere;
    for (const GuestAddress& held : inside.addresses) {
        if (std::ranges::find(resolution.addresses, held.address) == resolution.addresses.end()) continue;
        if (adapter_matches(adapter_, held.adapter)) return {true, {}};
        elsewhere =
            fmt::format("{} is on the adapter {} of {}, not on {}", held.address, held.adapter, container_.guest().hostname, adapter_);
    }
    if (!elsewhere.empty()) return {false, elsewhere};
    return {false,
            fmt::format("{} has no adapter with the address {}", container_.guest().hostname, fmt::join(resolution.addresses, " or "))};
}

void GuestIp::look_elsewhere(Looking& looking, ResourceObservation& seen) const {
    World& world = looking.world();
    if (looking.stopped_a_moment_ago || !world.network.ping(name_, Deadline::in(world.clock, one_ping)).answered) return;
    seen.conflict = Error(Error::Code::refused, fmt::format("{} answers ping although {} is down here", name_, container_.guest().name),
                          rid().text(), "find out which machine has the address; --force starts the service all the same");
}

Intent GuestIp::intend(Goal goal, const ResourceObservation& observation) const {
    Intent intent = Intent::leave("only checked: the guest's own system sets the address");
    if (goal == Goal::up && observation.status != Status::up) {
        intent.checked = fmt::format("{} must not answer while {} is down here", name_, container_.guest().name);
        intent.conflict = observation.conflict;
    }
    return intent;
}

void GuestIp::perform(const std::string& verb, Doing&) const {
    throw Error(Error::Code::failed, fmt::format("an address inside a guest has no verb '{}'", verb), rid().text());
}

}  // namespace svcmgr
