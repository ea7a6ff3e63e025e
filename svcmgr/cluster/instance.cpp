#include "svcmgr/cluster/instance.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "drivers/host.h"
#include "drivers/signals.h"
#include "drivers/tasks.h"
#include "resources/scsi_reservation.h"
#include "svcmgr/action/engine_guard.h"
#include "svcmgr/action/in_line.h"
#include "svcmgr/action/last_resort.h"
#include "svcmgr/action/migrate_plan.h"
#include "svcmgr/action/move_plan.h"
#include "svcmgr/action/peer_guard.h"
#include "svcmgr/action/recovery.h"
#include "svcmgr/action/sync_guards.h"
#include "svcmgr/cluster/disk_users.h"
#include "svcmgr/cluster/drp_return.h"
#include "svcmgr/cluster/engine_sight.h"
#include "svcmgr/cluster/loader.h"
#include "svcmgr/cluster/prkey.h"
#include "svcmgr/cluster/rehearsal.h"
#include "svcmgr/journal/journal.h"

namespace svcmgr {

Instance::Instance(World world, const Paths& paths, const Node& node, const Service& service)
    : world_(world), paths_(paths), node_(node), service_(service) {}

Observation Instance::observe(const Selection& selection, Purpose purpose) const {
    PeerAnswers peers(world_, node_, service_.name());
    return observe(selection, purpose, {}, peers);
}

Observation Instance::observe(const Selection& selection, Purpose purpose, const Request& request, PeerAnswers& peers) const {
    const LookShared shared(world_, paths_, node_);
    ServiceLook look(shared, service_, selection, purpose);
    Looking& looking = look.looking();
    looking.preemptable = request.foreign_keys;
    looking.stopped_a_moment_ago = !request.stopped_on.empty() || !request.takes_over_from.empty();
    looking.fenced = request.fenced;
    looking.why_in_use_on = [&](const std::string& peer, const Rid& rid) {
        const bool is_off = request.fenced.contains(peer) && may_be_off(peers.of({peer}).at(peer).answer);
        return is_off ? std::string() : peers.why_in_use(peer, rid);
    };

    std::vector<std::function<void()>> looks = look.looks();
    looks.emplace_back([&] {
        JournalReader journal(world_, paths_.database);
        look.take_journal(journal);
    });
    run_together(world_.tasks, looks);
    run_together(world_.tasks, look.last_looks());
    return look.take();
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
    PeerAnswers peers(world_, node_, service_.name());
    return consider(request, peers);
}

Consideration Instance::consider(const Request& request, PeerAnswers& peers) const {
    Consideration consideration;
    consideration.observation = look(request, {}, peers);
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

namespace {

bool selects_all(const Selection& selection) {
    return !selection.groups && !selection.rids;
}

/// What is selected, and the replicas: nothing is started on data that is here half.
Selection with_replicas(const Service& service, const Selection& selection) {
    if (selects_all(selection)) return selection;
    Selection wider;
    wider.rids.emplace();
    for (const auto& resource : service.resources())
        if (selection.contains(*resource) || resource->group() == Group::sync) wider.rids->insert(resource->rid());
    return wider;
}

/// How old a replica may be is a question where the service is down, and of its applications alone nobody sees whether it is.
void judge_age_with_guests_only(const Service& service, const Selection& selection, Observation& observation) {
    const bool guests = std::ranges::any_of(
        service.resources(), [&](const auto& resource) { return resource->group() == Group::container && selection.contains(*resource); });
    if (selects_all(selection) || guests) return;
    for (auto& [rid, seen] : observation.resources) seen.stale.clear();
}

}  // namespace

Observation Instance::look(const Request& request, const Selection& selection) const {
    PeerAnswers peers(world_, node_, service_.name());
    return look(request, selection, peers);
}

Observation Instance::look(const Request& request, const Selection& selection, PeerAnswers& peers) const {
    if (request.goal == Goal::sync) return look_for_sync();
    const bool starts = request.goal == Goal::up;
    Observation observation =
        observe(starts ? with_replicas(service_, selection) : selection, starts ? Purpose::start : Purpose::stop, request, peers);
    judge_age_with_guests_only(service_, selection, observation);
    observation.others = look_at_others(request.goal);
    if (starts) observation.disk_rivals = look_for_disk_rivals(selection, observation);
    if (starts && request.standby != Request::Standby::only) observation.peers = ask_peers_for_start(selection, observation, peers);
    if (asks_engine(service_, request, node_.name())) observation.engine = look_at_engine();
    return observation;
}

std::optional<EngineSight> Instance::look_at_engine() const {
    if (!decided_by_engine(service_, node_.name())) return std::nullopt;
    const EngineAnswer answer = ask_engine(world_.processes, Deadline::in(world_.clock, to_ask_engine));
    return engine_sight(answer, service_.name(), node_.name());
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

namespace {

Move move_again(const std::string& action, const std::string& target, bool force) {
    return {action, target, force, action == migrate_action ? Move::How::live : Move::How::by_stopping, true};
}

}  // namespace

std::optional<Planned> Instance::plan_recovery(const Recovery& recovery) const {
    const OpenActions open = interrupted();
    const ActionHistory* history = interrupted_action(open.actions);
    if (history == nullptr) return std::nullopt;
    const Aim& aim = history->action.aim;
    if (const std::string target = target_of(*history); recovery.way == Recovery::Way::redo && !target.empty())
        return Planned{plan(move_again(history->action.action, target, recovery.force)), aim};
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
    const Options& said = service_.defaults();
    const std::unique_ptr<FileLock> held = lock(word, options.wait_for_lock.value_or(said.duration("lock_timeout")));
    const std::unique_ptr<Journal> journal = Journal::open(world_, paths_.database, node_.retention());
    let_settle();
    const std::optional<Planned> planned = make();
    if (const int signal = world_.signals.pending(); signal != 0)  // looks that a signal cut short are no ground for a plan
        throw Error(Error::Code::interrupted, fmt::format("stopped by signal {} before anything was done", signal), service_.name());
    if (!planned) return std::nullopt;
    if (takes_reservations(planned->plan)) keep_prkey(world_, paths_, node_);
    RunOptions how = options.run;
    if (!said.flag("rollback")) how.rollback = RunOptions::Rollback::no;
    return run(world_, service_, planned->plan, record_of(planned->plan.action, planned->aim, options), *journal, watchers, how);
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
