#include "svcmgr/cluster/instance.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "drivers/host.h"
#include "drivers/options.h"
#include "drivers/signals.h"
#include "drivers/tasks.h"
#include "resources/scsi_reservation.h"
#include "svcmgr/action/in_line.h"
#include "svcmgr/action/last_resort.h"
#include "svcmgr/action/move_plan.h"
#include "svcmgr/action/recovery.h"
#include "svcmgr/action/sync_guards.h"
#include "svcmgr/cluster/disk_users.h"
#include "svcmgr/cluster/drp_return.h"
#include "svcmgr/cluster/loader.h"
#include "svcmgr/cluster/prkey.h"
#include "svcmgr/cluster/rehearsal.h"
#include "svcmgr/journal/journal.h"
#include "svcmgr/service/requirements.h"

namespace svcmgr {

bool Selection::contains(const Resource& resource) const {
    return (!groups || groups->contains(resource.group())) && (!rids || rids->contains(resource.rid()));
}

Instance::Instance(World world, const Paths& paths, const Node& node, const Service& service)
    : world_(world), paths_(paths), node_(node), service_(service) {}

LookLimits Instance::limits() const {
    const Options section = node_.section("node");
    return {section.duration("look_timeout"), section.duration("guest_timeout")};
}

std::vector<const Resource*> Instance::to_look_at(const Selection& selection, Purpose purpose) const {
    std::set<const Resource*> wanted;
    for (const auto& resource : service_.resources()) {
        if (!selection.contains(*resource)) continue;
        wanted.insert(resource.get());
        if (resource->carrier() != nullptr) wanted.insert(resource->carrier());
        if (purpose == Purpose::show) continue;
        for (const Goal goal : {Goal::up, Goal::down, Goal::run, Goal::sync})
            for (const Requirement& requirement : requirements_of(*resource, goal).all)
                if (const Resource* other = service_.find(requirement.rid)) wanted.insert(other);
    }
    std::vector<const Resource*> in_order;
    for (const auto& resource : service_.resources())
        if (wanted.contains(resource.get())) in_order.push_back(resource.get());
    return in_order;
}

void Instance::look_at_flags(Observation& observation) const {
    const auto flag = world_.files.read(paths_.frozen_flag_of(service_.name()));
    observation.frozen = flag.has_value() || !flag.error().absent();
    const auto node_flag = world_.files.read(paths_.frozen_flag());
    observation.node_frozen = node_flag.has_value() || !node_flag.error().absent();
    const std::string_view note = trimmed(flag ? *flag : node_flag ? *node_flag : std::string_view());
    if (!note.empty()) observation.frozen_note = fmt::format("since {}", note.substr(0, note.find('\n')));
    observation.acting = world_.files.lock_holder(paths_.lock_of(service_.name()));
}

Observation Instance::observe(const Selection& selection, Purpose purpose) const {
    PeerAnswers peers(world_, node_, service_.name());
    return observe(selection, purpose, {}, peers);
}

Observation Instance::observe(const Selection& selection, Purpose purpose, const Request& request, PeerAnswers& peers) const {
    Observation observation;
    observation.observed = world_.clock.wall();
    look_at_flags(observation);

    const std::vector<const Resource*> wanted = to_look_at(selection, purpose);
    Looking looking(world_, purpose, limits());
    looking.preemptable = request.foreign_keys;
    looking.stopped_a_moment_ago = !request.stopped_on.empty() || !request.takes_over_from.empty();
    looking.why_in_use_on = [&peers](const std::string& peer, const Rid& rid) { return peers.why_in_use(peer, rid); };
    for (const Resource* resource : wanted) resource->announce(looking);

    std::vector<std::function<void()>> looks;
    std::vector<std::function<void()>> last_looks;
    for (const Resource* resource : wanted) {
        ResourceObservation& seen = observation.resources[resource->rid()];
        auto& when = resource->looks_last() ? last_looks : looks;
        when.emplace_back([resource, &seen, &looking] { seen = svcmgr::observe(*resource, looking); });
    }
    looks.emplace_back([this, &observation] {
        JournalReader journal(world_, paths_.database);
        observation.journal_problem = journal.problem();
        observation.interrupted = journal.interrupted(service_.name());
    });
    run_together(world_.tasks, looks);
    if (last_looks.empty()) return observation;
    if (wanted.size() > last_looks.size()) looking.avail = service_.summarize(observation).avail;
    run_together(world_.tasks, last_looks);
    return observation;
}

namespace {

/// The keywords whose services matter on the way to a goal.
std::span<const std::string_view> keywords_of_others(Goal goal) {
    static constexpr std::string_view of_start[] = {"parents", "hard_affinity", "hard_anti_affinity"};
    static constexpr std::string_view of_stop[] = {"children"};
    if (goal == Goal::up) return of_start;
    if (goal == Goal::down) return of_stop;
    return {};
}

OtherService look_at_other(World world, const Paths& paths, const Node& node, const std::string& word) {
    OtherService other;
    const std::size_t at = word.find('@');
    if (at != std::string::npos && word.substr(at + 1) != node.name()) {
        other.problem = fmt::format("{} is another node, and can't be asked", word.substr(at + 1));
        return other;
    }
    try {
        const LoadedService loaded = load_service(world.files, paths, node, word.substr(0, at));
        other.avail = loaded.service->summarize(Instance(world, paths, node, *loaded.service).observe({}, Purpose::show)).avail;
    } catch (const Error& error) {
        other.problem = error.message();
    }
    return other;
}

}  // namespace

std::map<std::string, OtherService> Instance::look_at_others(Goal goal) const {
    std::map<std::string, OtherService> others;
    for (const std::string_view keyword : keywords_of_others(goal))
        for (const std::string& word : service_.defaults().list(keyword))
            if (!others.contains(word)) others[word] = look_at_other(world_, paths_, node_, word);
    return others;
}

Plan Instance::plan(const Request& request) const {
    return plan_after(request, look(request, {request.groups, request.rids}));
}

Consideration Instance::consider(const Request& request) const {
    Consideration consideration;
    consideration.observation = look(request, {});
    consideration.plan = plan_after(request, consideration.observation);
    consideration.unrecordable = lack_of_room(world_.files, paths_.database, {}, consideration.plan);
    return consideration;
}

/// Whether it is up here decides whether anything is replicated from here, whatever is selected.
Observation Instance::look_for_sync() const {
    Selection carried;
    carried.rids.emplace();
    for (const auto& resource : service_.resources())
        if (resource->carrier() == nullptr) carried.rids->insert(resource->rid());
    Observation observation = observe(carried, Purpose::show);
    const std::vector<std::string> nodes = service_.nodes();
    if (!has_current_data(service_, observation) && std::ranges::find(nodes, node_.name()) != nodes.end()) observation.peers = ask_peers();
    return observation;
}

Observation Instance::look(const Request& request, const Selection& selection) const {
    if (request.goal == Goal::sync) return look_for_sync();
    PeerAnswers peers(world_, node_, service_.name());
    Observation observation = observe(selection, request.goal == Goal::up ? Purpose::start : Purpose::stop, request, peers);
    observation.others = look_at_others(request.goal);
    if (request.goal == Goal::up) observation.disk_rivals = look_for_disk_rivals(selection, observation);
    if (request.goal == Goal::up && request.standby != Request::Standby::only)
        observation.peers = ask_peers_for_start(selection, observation, peers);
    return observation;
}

std::optional<DiskRivals> Instance::look_for_disk_rivals(const Selection& selection, const Observation& observation) const {
    std::set<std::string> users;
    for (const auto& resource : service_.resources()) {
        const auto* reservation = dynamic_cast<const ScsiReservation*>(resource.get());
        if (reservation == nullptr || reservation->disabled() || !selection.contains(*reservation)) continue;
        const ResourceObservation& seen = observation.resources.at(reservation->rid());
        const auto user = observation.resources.find(reservation->user().rid());
        const bool known = user != observation.resources.end() && reservation->container() != nullptr;
        const bool starts = known ? user->second.status == Status::down : seen.status == Status::down && seen.unready.empty();
        if (starts) users.insert(reservation->user().rid().text());
    }
    if (users.empty()) return std::nullopt;
    return rivals_for_reserved_disks(world_, paths_, node_, service_, users);
}

Plan Instance::plan_after(const Request& request, const Observation& observation) const {
    JournalReader journal(world_, paths_.database);
    const Usual usual = [&](const Rid& rid, const std::string& verb) { return journal.usual_duration(service_.name(), rid, verb); };
    return make_plan(service_, request, observation, {node_.name(), node_.host_mode()}, usual);
}

namespace {

/// The person behind sudo.
std::string person(const Host& host) {
    const Caller caller = host.caller();
    return caller.sudo_user.empty() ? caller.user : caller.sudo_user;
}

}  // namespace

std::unique_ptr<FileLock> Instance::lock(const std::string& action, Duration patience) const {
    // A replication takes hours, and keeps nobody from stopping the service.
    const bool replicates = action.starts_with("sync ");
    const Path file = replicates ? paths_.lock_of(service_.name() + ".sync") : paths_.lock_of(service_.name());
    const ProcessId self = world_.processes.self();
    const std::string holder =
        fmt::format("{} by {} (pid {}) since {}", action, person(world_.host), self.pid, to_iso8601(world_.clock.wall()));
    auto taken = world_.files.lock(file, holder, Deadline::in(world_.clock, patience));
    if (!taken)
        throw Error(Error::Code::locked, fmt::format("another action holds the lock of {}: {}", service_.name(), taken.error().holder),
                    file, "wait for it to end, or give --waitlock SECONDS to wait longer");
    return std::move(*taken);
}

/// The hypervisor may still be at what a killed action told it last, and not show it yet.
void Instance::let_settle() const {
    constexpr Duration moment = std::chrono::seconds(1);
    constexpr auto recent = std::chrono::minutes(5);
    const auto interrupted = JournalReader(world_, paths_.database).interrupted(service_.name());
    if (interrupted && world_.clock.wall() - interrupted->since < recent) world_.clock.sleep_until(world_.clock.now() + moment);
}

Outcome Instance::act(const Request& request, const ActOptions& options, const std::vector<ActionWatcher*>& watchers) const {
    const auto planned = [&]() -> std::optional<Planned> {
        Observation observation = look(request, {request.groups, request.rids});
        let_peers_settle(observation);
        return Planned{plan_after(request, observation), {request.goal, request.groups, request.rids, {}}};
    };
    return *act(request.action, planned, options, watchers);
}

Outcome Instance::carry_out(const std::string& action, const std::function<std::vector<Step>()>& make, const ActOptions& options,
                            const std::vector<ActionWatcher*>& watchers) const {
    ActOptions own = options;
    if (!own.run.own_verbs) own.run.own_verbs = [&](const std::string& verb, Doing& doing) { do_own_verb(verb, options.reason, doing); };
    const auto planned = [&]() -> std::optional<Planned> { return Planned{in_line(service_.name(), action, make()), {}}; };
    return *act(action, planned, own, watchers);
}

Plan Instance::plan_toc() const {
    return last_resort_plan(service_);
}

Outcome Instance::toc(const ActOptions& options, const std::vector<ActionWatcher*>& watchers) const {
    ActOptions own = options;
    own.run.own_verbs = [&](const std::string& verb, Doing& doing) { do_own_verb(verb, options.reason, doing); };
    return *act(
        "toc",
        [&]() -> std::optional<Planned> {
            return Planned{plan_toc(), {}};
        },
        own, watchers);
}

void Instance::do_own_verb(const std::string& verb, const std::string& reason, Doing& doing) const {
    if (verb == last_words) return say_last_words(service_, doing);
    doing.changing();
    if (verb == "freeze") return freeze(reason);
    world_.files.append(paths_.sysrq, verb == "crash node" ? "c" : "b", 0600);
}

OpenActions Instance::interrupted() const {
    JournalReader journal(world_, paths_.database);
    OpenActions open{journal.open_actions(service_.name()), {}};
    open.problem = journal.problem();
    return open;
}

std::optional<Planned> Instance::plan_recovery(const Recovery& recovery) const {
    const OpenActions open = interrupted();
    const ActionHistory* history = interrupted_action(open.actions);
    if (history == nullptr) return std::nullopt;
    const Aim& aim = history->action.aim;
    if (const std::string target = target_of(*history); recovery.way == Recovery::Way::redo && !target.empty())
        return Planned{plan(Move{history->action.action, target, recovery.force}), aim};
    if (recovery.way == Recovery::Way::redo && history->action.action == Rehearsal::action)
        return Planned{Rehearsal(world_, paths_, node_, service_).plan(), aim};
    if (const std::string drpnode = DrpReturn::drpnode_of(*history); recovery.way == Recovery::Way::redo && !drpnode.empty()) {
        ActOptions forced;
        forced.force = recovery.force;
        forced.reason = recovery.force ? history->action.reason : "";
        return Planned{DrpReturn(world_, paths_, node_, service_, drpnode, forced).plan(), aim};
    }
    if (recovery.way == Recovery::Way::redo) {
        std::optional<Request> request = redo_request(*history);
        if (!request) return Planned{unknown_redo_plan(*history), aim};
        request->force = recovery.force;
        return Planned{plan(*request), aim};
    }
    Request request = undo_request(*history);
    request.force = recovery.force;
    const Observation observation = observe({{}, request.rids}, Purpose::stop);
    return Planned{undo_plan(service_, *history, observation, request), {{}, aim.groups, aim.rids, history->action.sid}};
}

std::optional<Outcome> Instance::recover(const Recovery& recovery, const ActOptions& options,
                                         const std::vector<ActionWatcher*>& watchers) const {
    ActOptions own = options;
    const OpenActions open = interrupted();
    const ActionHistory* history = interrupted_action(open.actions);
    const std::string drpnode = history == nullptr ? "" : DrpReturn::drpnode_of(*history);
    own.run.own_verbs = [&](const std::string& verb, Doing& doing) {
        if (Rehearsal::knows(verb)) return Rehearsal(world_, paths_, node_, service_).perform(verb, doing);
        if (DrpReturn::knows(verb)) return DrpReturn(world_, paths_, node_, service_, drpnode, options).perform(verb, doing);
        do_move_verb(verb, options, doing);
    };
    // Peers take who recovers for somebody who starts; who goes on with a move, a rehearsal or a return is none.
    const bool starts_nothing = recovery.way == Recovery::Way::redo && history != nullptr &&
                                (!target_of(*history).empty() || history->action.action == Rehearsal::action || !drpnode.empty());
    return act(
        starts_nothing ? history->action.action : "recover", [&] { return plan_recovery(recovery); }, own, watchers);
}

bool Instance::takes_reservations(const Plan& plan) const {
    return plan.refused() == nullptr && std::ranges::any_of(plan.steps, [this](const Step& step) {
               const Resource* resource = service_.find(step.rid);
               return !step.guard() && resource != nullptr && resource->type() == ScsiReservation::resource_type;
           });
}

std::optional<Outcome> Instance::act(const std::string& word, const std::function<std::optional<Planned>()>& make,
                                     const ActOptions& options, const std::vector<ActionWatcher*>& watchers) const {
    const std::unique_ptr<FileLock> held = lock(word, options.wait_for_lock);
    const std::unique_ptr<Journal> journal = Journal::open(world_, paths_.database, node_.retention());
    let_settle();
    const std::optional<Planned> planned = make();
    if (const int signal = world_.signals.pending(); signal != 0)  // looks that a signal cut short are no ground for a plan
        throw Error(Error::Code::interrupted, fmt::format("stopped by signal {} before anything was done", signal), service_.name());
    if (!planned) return std::nullopt;
    if (takes_reservations(planned->plan)) keep_prkey(world_, paths_, node_);
    return run(world_, service_, planned->plan, record_of(planned->plan.action, planned->aim, options), *journal, watchers, options.run);
}

ActionRecord Instance::record_of(const std::string& action, const Aim& aim, const ActOptions& options) const {
    ActionRecord record;
    record.service = service_.name();
    record.action = action;
    record.argv = options.argv;
    record.reason = options.reason;
    record.caller = world_.host.caller();
    record.node = node_.name();
    record.process = world_.processes.self();
    record.begun = world_.clock.wall();
    record.aim = aim;
    return record;
}

void Instance::freeze(const std::string& reason) const {
    world_.files.make_directories(paths_.state, 0700);
    std::string note = fmt::format("{} by {}", to_iso8601(world_.clock.wall()), person(world_.host));
    if (!reason.empty()) note += ": " + reason;
    world_.files.replace(paths_.frozen_flag_of(service_.name()), note + "\n", 0600);
}

void Instance::thaw() const {
    world_.files.remove(paths_.frozen_flag_of(service_.name()));
}

bool Instance::frozen() const {
    return world_.files.facts(paths_.frozen_flag_of(service_.name())).has_value();
}

}  // namespace svcmgr
