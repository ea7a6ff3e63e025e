// A service that moves to another node while its guest runs: which node has it, and the steps that are no resource's.

#include <fmt/format.h>

#include <algorithm>

#include "drivers/tasks.h"
#include "svcmgr/action/migrate_plan.h"
#include "svcmgr/cluster/handover.h"
#include "svcmgr/cluster/instance.h"
#include "svcmgr/cluster/move_checks.h"
#include "svcmgr/cluster/peer_call.h"
#include "svcmgr/cluster/peer_report.h"

namespace svcmgr {

namespace {

constexpr Duration for_a_look = std::chrono::seconds(10);

/// Null when any of the service's guests is of a technology that can't, or there is none. `why` is for people.
const Container* live_container(World& world, const Service& service, std::string& why) {
    const std::vector<const Container*> containers = containers_of(service);
    if (containers.empty()) why = "it has no guest";
    for (const Container* container : containers) {
        try {
            container->live_migration(world);
        } catch (const Error& error) {
            why = error.message();
        }
    }
    return why.empty() ? containers.front() : nullptr;
}

MoveCheck check_of_guest(const Service& service, const ResourceObservation& seen, const Container& container) {
    MoveCheck check{"check guest", "it must run here", {}, {}};
    if (containers_of(service).size() > 1)
        check.refusal = Error(Error::Code::refused, "it has several guests, and one at a time can move while it runs", service.name(),
                              fmt::format("svcmgr -s {} switch --to NODE stops and starts all of it", service.name()));
    else if (seen.status != Status::up)
        check.refusal = Error(Error::Code::refused, fmt::format("{} is {} here", container.label(), seen.detail), container.rid().text(),
                              fmt::format("svcmgr -s {} switch --to NODE moves what does not run", service.name()));
    return check;
}

bool exists_here(const Container& container, World& world) {
    const auto& guest = container.guest();
    const std::vector<GuestState> states =
        world.hypervisors.get(container.hypervisor()).look({&guest, 1}, Deadline::in(world.clock, for_a_look));
    if (states.front().value == GuestState::Value::unknown)
        throw Error(Error::Code::failed, fmt::format("whether {} is here is not known: {}", guest.name, states.front().describe()),
                    container.rid().text(), "make its hypervisor answer, then: svcmgr recover");
    return states.front().exists_here();
}

}  // namespace

Plan Instance::plan_migration(const Move& move) const {
    const Request stop{.action = move.action, .goal = Goal::down, .force = move.force, .reason = move.reason, .by = move.by};
    World world = world_;
    std::string why_not;
    const Container* container = live_container(world, service_, why_not);
    const auto by_stopping = [&](const std::string& why) {
        Plan plan = this->plan(Move{move.action, move.target, move.force, Move::How::by_stopping, move.again, move.by, move.reason});
        plan.left_alone.push_back({Rid(), fmt::format("{}: it is stopped here and started there", why)});
        return plan;
    };
    if (container == nullptr) return by_stopping(why_not);

    Observation observation;
    std::map<std::string, PeerInstance> peers;
    run_together(world_.tasks, {[&] { observation = look(stop, {}); }, [&] { peers = ask_peers(); }});
    Plan stopping = plan_after(stop, observation);
    const ResourceObservation& seen = observation.resources[container->rid()];
    const PeerInstance& there = peers[move.target];
    Traveller traveller{container, DiskHandover(node_, service_, move.target).needed()};
    if (seen.status == Status::down && there.runs()) {
        if (there.avail == Status::up && !move.again) {
            stopping.left_alone = {{Rid(), fmt::format("{} runs it already", move.target)}};
            return stopping;
        }
        traveller.where = Traveller::Where::there;
        return migrate_plan(std::move(stopping), traveller, move.target, {});
    }
    if (move.again && seen.status == Status::down && there.surely_not()) return by_stopping("it runs on neither node");
    if (move.again && seen.status != Status::down && seen.status != Status::undef) {
        traveller.where = Traveller::Where::on_its_way;
        peers.erase(move.target);
        return migrate_plan(std::move(stopping), traveller, move.target, {check_of_others(peers, move.target, service_)});
    }
    std::vector<MoveCheck> checks{check_of_guest(service_, seen, *container), check_of_others(peers, move.target, service_),
                                  check_of_resources(service_, observation)};
    if (std::ranges::none_of(checks, [](const MoveCheck& check) { return check.refusal.has_value(); })) {
        Foreseen foreseen;
        try {
            Argv question{"host", service_.name(), node_.name()};
            if (move.force) question.emplace_back("--force");
            const std::string description =
                container->live_migration(world).describe(container->guest(), Deadline::in(world.clock, for_a_look));
            foreseen = ask_outlook(world_, node_, service_.name(), move.target, question, description);
        } catch (const Error& error) {
            foreseen.problem = Error(Error::Code::refused, error.message(), error.where(), error.hint());
        }
        checks.push_back(check_of_target(foreseen, move.target));
        const std::string own = mark_of(world_.files.read(service_.file()).value_or(""));
        checks.push_back(check_of_config(foreseen, move.target, own, service_, OtherConfig::refuses));
    }
    return migrate_plan(std::move(stopping), traveller, move.target, checks);
}

void Instance::do_migrate_verb(const std::string& verb, const ActOptions& options, Doing& doing) const {
    const auto named = [&](std::string_view before) { return verb.starts_with(before) ? verb.substr(before.size()) : std::string(); };
    if (const std::string target = named(share_verb); !target.empty()) return DiskHandover(node_, service_, target).prepare(doing);
    if (const std::string target = named(keep_verb); !target.empty()) return keep_from(target, options, doing);
    if (const std::string target = named(run_there_verb); !target.empty()) return go_on_there(target, options, doing);
    const Container& container = *containers_of(service_).front();
    if (const std::string target = named(unshare_verb); !target.empty()) {
        if (exists_here(container, doing.world)) return DiskHandover(node_, service_, target).cancel(doing);
        return doing.note(LogLine::Level::warn, fmt::format("{} is not here: {} keeps its disks", container.label(), target));
    }
    const std::string target = named(migrate_verb);
    doing.changing();
    world_.files.make_directories(paths_.locks, 0700);
    const WayThere way{
        peer_target(node_, target), {"svcmgr", "peer", "door", service_.name(), node_.name()}, paths_.lock_of(service_.name()) + ".move"};
    const Tell tell = [&](const std::string& line) { doing.note(LogLine::Level::info, line); };
    container.live_migration(doing.world).migrate(container.guest(), way, tell, doing.deadline);
    if (exists_here(container, doing.world))
        throw Error(Error::Code::failed, fmt::format("{} was moved, and is here still", container.label()), container.rid().text());
}

/// The target says itself when it does not have it, and does it once, however often it is asked.
void Instance::go_on_there(const std::string& target, const ActOptions& options, Doing& doing) const {
    doing.changing();
    Argv words{"go-on", service_.name(), node_.name()};
    if (!options.reason.empty()) words.insert(words.end(), {"--reason", options.reason});
    act_on_peer(node_, service_.name(), target, words, "resuming", doing);
    DiskHandover(node_, service_, target).complete(doing);
}

void Instance::keep_from(const std::string& target, const ActOptions& options, Doing& doing) const {
    doing.changing();
    const Container& container = *containers_of(service_).front();
    if (exists_here(container, doing.world)) {
        container.live_migration(doing.world).go_on(container.guest(), doing.deadline);
        try {
            act_on_peer(node_, service_.name(), target, {"turn-away", service_.name(), node_.name()}, "turning away", doing);
        } catch (const Error& error) {
            // It runs here, and what may be there does not run: nobody lets it go on.
            doing.note(LogLine::Level::warn, fmt::format("{}; a guest that waits there can be ended: svcmgr -s {} stop --node {}",
                                                         error.message(), service_.name(), target));
        }
        return;
    }
    const PeerInstance there = ask_peers()[target];
    if (there.surely_not()) return start_here_again(options, doing);
    if (!there.runs())
        throw Error(Error::Code::unreachable,
                    fmt::format("{} has left this node, and whether {} has it is not known: {}", container.label(), target, there.reason),
                    target, fmt::format("once {} answers: svcmgr -s {} migrate --to {}", target, service_.name(), target));
    go_on_there(target, options, doing);
    throw Error(Error::Code::failed, fmt::format("{} had left this node already, and goes on on {}", container.label(), target), target,
                fmt::format("svcmgr -s {} migrate --to {} --node {} brings it back", service_.name(), node_.name(), target));
}

}  // namespace svcmgr
