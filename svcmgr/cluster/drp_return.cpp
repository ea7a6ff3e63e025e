#include "svcmgr/cluster/drp_return.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "drivers/error.h"
#include "svcmgr/action/in_line.h"
#include "svcmgr/cluster/inner_action.h"
#include "svcmgr/cluster/loader.h"
#include "svcmgr/cluster/peer_answers.h"
#include "svcmgr/cluster/peer_call.h"
#include "svcmgr/cluster/peer_report.h"
#include "svcmgr/cluster/replication/config_sync.h"
#include "svcmgr/cluster/replication/site_history.h"

namespace svcmgr {

namespace {

constexpr std::string_view data_guard = "check data of ";
constexpr std::string_view mount_verb = "mount here";
constexpr std::string_view fetch_verb = "fetch ";
constexpr std::string_view start_verb = "start here";

constexpr Duration to_ask = std::chrono::seconds(15);
constexpr Duration to_fetch = std::chrono::hours(24);
constexpr Duration to_fetch_files = std::chrono::minutes(10);
constexpr Duration to_start = std::chrono::hours(1);

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
}

Step guard(std::string verb, std::string reason) {
    Step made;
    made.verb = std::move(verb);
    made.reason = std::move(reason);
    return made;
}

Step step(std::string verb, std::string reason, Duration deadline) {
    Step made = guard(std::move(verb), std::move(reason));
    made.deadline = deadline;
    return made;
}

Error refused(const std::string& message, const std::string& where, const std::string& hint = {}) {
    return Error(Error::Code::refused, message, where, hint);
}

}  // namespace

DrpReturn::DrpReturn(World world, const Paths& paths, const Node& node, const Service& service, std::string drpnode,
                     const ActOptions& options)
    : world_(world), paths_(paths), node_(node), service_(service), drpnode_(std::move(drpnode)), options_(options) {}

bool DrpReturn::knows(std::string_view verb) {
    return verb == mount_verb || verb == start_verb || verb.starts_with(fetch_verb);
}

std::string DrpReturn::drpnode_of(const ActionHistory& history) {
    if (history.action.action != action) return {};
    for (const StepRecord& record : history.steps)
        if (record.step.verb.starts_with(data_guard)) return record.step.verb.substr(data_guard.size());
    return {};
}

std::vector<const DataSync*> DrpReturn::data() const {
    std::vector<const DataSync*> found;
    for (const auto& resource : service_.resources())
        if (const auto* sync = dynamic_cast<const DataSync*>(resource.get());
            sync != nullptr && !sync->disabled() && contains(sync->options().list("target"), "drpnodes"))
            found.push_back(sync);
    return found;
}

std::vector<Path> DrpReturn::mount_points() const {
    std::vector<Path> points;
    for (const auto& resource : service_.resources())
        if (resource->group() == Group::fs && resource->carrier() == nullptr && resource->options().keywords().find("mnt") != nullptr &&
            !resource->options().text("mnt").empty())
            points.push_back(resource->options().text("mnt"));
    return points;
}

Step DrpReturn::guard_of_site() const {
    Step site = guard("check site", "production fetches what is its own, and a drpnode pushes nothing");
    if (!contains(service_.nodes(), node_.name()))
        site.refusal = refused(fmt::format("{} is no node of production", node_.name()), service_.file(),
                               fmt::format("svcmgr -s {} drp return, on {}", service_.name(), fmt::join(service_.nodes(), " or ")));
    else if (service_.env() == "PRD" && node_.host_mode() != "PRD")
        site.refusal = refused(fmt::format("a PRD service does not return to a {} node", node_.host_mode()),
                               service_.defaults().place_of("env").to_string(), "return to a PRD node, or set host_mode to PRD");
    return site;
}

PeerInstance DrpReturn::instance_here() const {
    return instance_of(service_, Instance(world_, paths_, node_, service_).observe({}, Purpose::show));
}

/// What is about to be overwritten must not be in use.
Step DrpReturn::guard_of_instance() const {
    Step own = guard("check instance", "it must be down here");
    const PeerInstance here = instance_here();
    if (!here.unknown.empty())
        own.refusal = Error(Error::Code::unreachable, fmt::format("whether it runs here is not known ({})", fmt::join(here.unknown, ", ")),
                            service_.name(), fmt::format("svcmgr -s {} print status says why", service_.name()));
    return own;
}

/// What runs on a peer is never overtaken. Of the drpnode it has to be known: what is being written there would arrive in pieces.
std::vector<Step> DrpReturn::guards_of_peers() const {
    std::vector<Step> guards;
    for (const auto& [peer, instance] : PeerAnswers(world_, node_, service_.name()).of(service_.peers_of(node_.name()))) {
        Step one = guard("check peer " + peer, fmt::format("it must be down on {}", peer));
        if (instance.runs())
            one.refusal = refused(fmt::format("it runs on {} ({})", peer, fmt::join(instance.running, ", ")), service_.name(),
                                  fmt::format("stop it there first: svcmgr -s {} stop --node {}", service_.name(), peer));
        else if (!instance.surely_not() && (peer == drpnode_ || (!options_.force && contains(service_.nodes(), peer))))
            one.refusal =
                Error(Error::Code::unreachable,
                      fmt::format("whether it runs on {} is not known{}{}", peer, instance.reason.empty() ? "" : ": ", instance.reason),
                      service_.name(), fmt::format("svcmgr mon shows what becomes of {}", peer));
        else if (!instance.surely_not())
            one.risk = fmt::format("{} can't say whether it runs it", peer);
        guards.push_back(std::move(one));
    }
    return guards;
}

Step DrpReturn::guard_of_data() const {
    Step newer = guard(fmt::format("{}{}", data_guard, drpnode_), fmt::format("{} must have run it since it got its data", drpnode_));
    if (!contains(service_.drpnodes(), drpnode_)) {
        newer.refusal = refused(fmt::format("{} is no drpnode of it", drpnode_), service_.file(),
                                fmt::format("its drpnodes are {}", fmt::join(service_.drpnodes(), ", ")));
        return newer;
    }
    const SshOutcome outcome =
        call_peer(world_, node_, drpnode_, {"left", service_.name(), node_.name()}, Deadline::in(world_.clock, to_ask));
    const PeerInstance answer = call_problem(drpnode_, outcome);
    const auto there = parse_site_history(outcome.result.out);
    if (answer.answer != PeerInstance::Answer::given || !there) {
        newer.refusal = Error(Error::Code::unreachable,
                              fmt::format("what {} has is not known: {}", drpnode_,
                                          answer.answer == PeerInstance::Answer::given ? there.error() : answer.reason),
                              service_.name(), fmt::format("svcmgr mon shows what becomes of {}", drpnode_));
        return newer;
    }
    const std::string why = why_not_newer(site_history(world_, paths_, service_), *there, drpnode_);
    if (why.empty()) return newer;
    if (options_.force && !options_.reason.empty())
        newer.risk = taken_risk(why, options_.reason);
    else
        newer.refusal = refused(
            why, service_.name(),
            options_.force
                ? "--force needs a --reason here: the journal keeps it"
                : fmt::format("svcmgr -s {} start goes on with what is here; --force with --reason TEXT replaces it", service_.name()));
    return newer;
}

std::vector<Step> DrpReturn::steps() const {
    std::vector<Step> all{guard_of_site()};
    if (!all.front().refusal && !instance_here().running.empty()) return {};
    all.push_back(guard_of_instance());
    std::ranges::move(guards_of_peers(), std::back_inserter(all));
    all.push_back(guard_of_data());
    for (const DataSync* sync : data()) {
        Step possible = guard("check way back", "its data must find its way back");
        possible.rid = sync->rid();
        possible.refusal = sync->why_not_back(world_);
        all.push_back(std::move(possible));
    }
    if (!mount_points().empty() && !data().empty())
        all.push_back(step(std::string(mount_verb), "what is fetched goes into its file systems", to_start));
    for (const auto& resource : service_.resources())
        if (dynamic_cast<const ConfigSync*>(resource.get()) != nullptr)
            all.push_back(step(fmt::format("{}{}", fetch_verb, resource->rid().text()), fmt::format("what was changed on {}", drpnode_),
                               to_fetch_files));
    for (const DataSync* sync : data())
        all.push_back(step(fmt::format("{}{}", fetch_verb, sync->rid().text()), fmt::format("what {} has replaces what is here", drpnode_),
                           to_fetch));
    all.push_back(step(std::string(start_verb), "production is back", to_start));
    return all;
}

Plan DrpReturn::plan() const {
    Plan made = in_line(service_.name(), std::string(action), steps());
    if (made.steps.empty()) made.left_alone = {{Rid(), "it runs here already"}};
    return made;
}

void DrpReturn::perform(const std::string& verb, Doing& doing) const {
    // What was fetched may have been its env file.
    const LoadedService now = load_service(doing.world.files, paths_, node_, service_.name());
    const Instance instance(doing.world, paths_, node_, *now.service);
    if (verb == start_verb) return act_within(doing.world, paths_, instance, {.action = "start", .goal = Goal::up}, options_, doing);
    if (verb == mount_verb)
        return act_within(doing.world, paths_, instance, {.action = "start", .goal = Goal::up, .groups = std::set{Group::disk, Group::fs}},
                          options_, doing);
    const Resource* resource = now.service->find(Rid(verb.substr(fetch_verb.size())));
    if (const auto* files = dynamic_cast<const ConfigSync*>(resource)) return files->bring_back(drpnode_, doing);
    if (const auto* sync = dynamic_cast<const DataSync*>(resource)) return sync->bring_back(drpnode_, mount_points(), doing);
    throw Error(Error::Code::failed, fmt::format("the env file has no {} any more", verb.substr(fetch_verb.size())), service_.file());
}

}  // namespace svcmgr
