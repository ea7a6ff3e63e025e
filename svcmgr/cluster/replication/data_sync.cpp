#include "svcmgr/cluster/replication/data_sync.h"

#include <fmt/format.h>

#include <algorithm>

#include "drivers/block/sysfs.h"
#include "resources/mounts.h"
#include "svcmgr/cluster/replication/peer_talk.h"

namespace svcmgr {

namespace {

using Level = LogLine::Level;

constexpr Duration patience = std::chrono::hours(24);
constexpr Duration patience_of_questions = std::chrono::seconds(30);
constexpr std::string_view verb_word = "sync ";

bool up_here(const std::optional<Status>& avail) {
    return !avail || avail == Status::up || avail == Status::warn || avail == Status::not_applicable;
}

Error half_here(const std::string& peer, const WallTime& since) {
    return Error(Error::Code::refused,
                 fmt::format("what is here is half this node's and half what {} has: bringing it back from there began {} and did not end",
                             peer, to_iso8601(since)),
                 peer, "svcmgr recover --redo, or drp return, brings all of it; --force takes what there is");
}

Doing within(const Doing& doing, Duration time) {
    Doing bounded = doing;
    bounded.deadline = doing.deadline.at_most(doing.world.clock, time);
    return bounded;
}

}  // namespace

std::string age_text(const WallTime& now, const PeerReplica& replica) {
    if (!replica.agreed_at) return "never";
    // A clock that was set back makes no negative age.
    return to_text(std::max(Duration::zero(), Duration(now - *replica.agreed_at))) + " ago";
}

const std::pair<const std::string, PeerReplica>* newest_received(const PeerReplicas& replicas) {
    const std::pair<const std::string, PeerReplica>* newest = nullptr;
    for (const auto& entry : replicas)
        if (entry.second.direction == PeerReplica::Direction::received && entry.second.agreed_at &&
            (newest == nullptr || *entry.second.agreed_at > *newest->second.agreed_at))
            newest = &entry;
    return newest;
}

DataSync::DataSync(Rid rid, std::string type, Options options, std::shared_ptr<const ReplicaHome> home)
    : Resource(std::move(rid), Group::sync, std::move(type), std::move(options)), home_(std::move(home)) {}

std::vector<std::string> DataSync::targets() const {
    const std::vector<std::string> words = options().list("target");
    std::vector<std::string> peers = home_->peers();
    std::erase_if(peers,
                  [&](const std::string& peer) { return !ReplicaHome::contains(words, home_->is_drpnode(peer) ? "drpnodes" : "nodes"); });
    return peers;
}

bool DataSync::is_target() const {
    return ReplicaHome::contains(options().list("target"), home_->on_drpnode() ? "drpnodes" : "nodes");
}

ResourceObservation DataSync::look(Looking& looking) const {
    ResourceObservation seen;
    seen.status = Status::not_applicable;
    const auto replicas = memory(looking.world()).read();
    if (!replicas) {
        seen.status = Status::undef;
        seen.say(Level::warn, "how old the replicas are is not known: " + replicas.error());
        return seen;
    }
    const WallTime now = looking.world().clock.wall();
    if (const auto half = std::ranges::find_if(*replicas, [](const auto& one) { return one.second.fetching.has_value(); });
        half != replicas->end()) {
        seen.status = Status::warn;
        seen.conflict = half_here(half->first, *half->second.fetching);
        seen.say(Level::warn, seen.conflict->message());
    } else if (!up_here(looking.avail)) {
        judge_own(now, *replicas, seen);
    } else if (home_->on_drpnode()) {
        seen.say(Level::info, "the service is up on a drpnode: nothing is replicated from here");
    } else if (targets().empty()) {
        seen.say(Level::info, "no destination nodes");
    } else if (const std::string problem = obstacle(looking); !problem.empty()) {
        seen.status = Status::warn;
        seen.say(Level::warn, problem);
    } else {
        judge_peers(now, *replicas, seen);
    }
    return seen;
}

void DataSync::judge_peers(const WallTime& now, const PeerReplicas& replicas, ResourceObservation& seen) const {
    const Duration allowed = options().duration("sync_max_delay");
    seen.status = Status::up;
    for (const std::string& peer : targets()) {
        const auto found = replicas.find(peer);
        const PeerReplica replica = found == replicas.end() ? PeerReplica{} : found->second;
        const bool sent = replica.agreed_at && replica.direction == PeerReplica::Direction::sent;
        std::string why;
        if (!replica.problem.empty())
            why = fmt::format("{} (last replicated: {})", replica.problem, age_text(now, replica));
        else if (!sent)
            why = "nothing was replicated to it yet";
        else if (now - *replica.agreed_at > allowed)
            why = fmt::format("last replicated {}, and {} are allowed (sync_max_delay)", age_text(now, replica), to_text(allowed));
        if (why.empty()) {
            seen.say(Level::info, fmt::format("{} was replicated to {}", peer, age_text(now, replica)));
            continue;
        }
        seen.status = Status::warn;
        seen.say(Level::warn, fmt::format("{} needs update: {}", peer, why));
    }
}

/// What this node would take over with. That nobody replicates a service that is down is no alarm (issue #178 of OpenSVC).
void DataSync::judge_own(const WallTime& now, const PeerReplicas& replicas, ResourceObservation& seen) const {
    const auto* received = newest_received(replicas);
    if (!is_target() && received == nullptr) return seen.say(Level::info, "passive node not in destination nodes");
    if (received == nullptr) {
        seen.stale = "no replica was received on this node";
        return seen.say(Level::info, seen.stale);
    }
    const Duration allowed = options().duration("sync_max_delay");
    const bool young = now - *received->second.agreed_at <= allowed;
    seen.status = young ? Status::up : Status::not_applicable;
    if (!young)
        seen.stale =
            fmt::format("the replica is of {}, and {} are allowed (sync_max_delay)", age_text(now, received->second), to_text(allowed));
    seen.say(Level::info, fmt::format("replica of {}, {}{}", received->first, age_text(now, received->second),
                                      young ? "" : fmt::format("; {} are allowed (sync_max_delay)", to_text(allowed))));
}

Intent DataSync::intend(Goal goal, const ResourceObservation& observation) const {
    if (goal != Goal::sync) return Intent::leave("a replica is neither started nor stopped");
    Intent intent = Intent::leave("it has no destination nodes");
    for (const std::string& peer : targets()) {
        const auto line = std::ranges::find_if(observation.log, [&](const LogLine& one) { return one.message.starts_with(peer + " "); });
        Verb verb{
            fmt::format("{}{}", verb_word, peer), line == observation.log.end() ? "it gets what is here" : line->message, patience, "", {}};
        verb.peer = peer;
        intent.verbs.push_back(std::move(verb));
    }
    return intent;
}

void DataSync::perform(const std::string& verb, Doing& doing) const {
    const std::string peer = verb.substr(verb_word.size());
    memory(doing.world).keep_failure(peer, doing, [&] { replicate(peer, doing); });
}

std::optional<Error> DataSync::why_not_here(World) const {
    const std::string& us = home_->node.name();
    if (!is_target())
        return Error(Error::Code::refused, fmt::format("{} is not in `target`", us), options().place_of("target").to_string());
    if (const std::string problem = host_mode_problem(*home_, us, home_->node.host_mode()); !problem.empty())
        return Error(Error::Code::refused, problem, "", "mend host_mode of this node, or env of the service");
    return std::nullopt;
}

void DataSync::remember_received(World world, const std::string& from, const std::string& mark) const {
    memory(world).change(from, [&](PeerReplica& replica) {
        replica.direction = PeerReplica::Direction::received;
        replica.agreed_at = world.clock.wall();
        replica.mark = mark;
        replica.problem.clear();
    });
}

std::optional<Error> DataSync::why_not_back(World) const {
    return Error(Error::Code::refused, fmt::format("what is replicated by {} can't be brought back by svcmgr", type()), rid().text(),
                 "bring it back with its own means, then start the service here");
}

void DataSync::transfer_back(const std::string&, const std::vector<Path>&, Doing& doing) const {
    throw Error(*why_not_back(doing.world));
}

void DataSync::check_mounted(World world, const std::vector<Path>& mount_points) const {
    const Mounts mounts = Mounts::read(world.files);
    const std::string& us = home_->node.name();
    for (const std::string& source : options().list("src"))
        for (const Path& point : mount_points)
            if (lies_in(plain_path(source), plain_path(point)) && (!mounts.problem().empty() || mounts.at(plain_path(point)) == nullptr))
                throw Error(
                    Error::Code::refused,
                    mounts.problem().empty()
                        ? fmt::format("{} is not mounted on {}, and what it would be mounted on must not be filled instead", point, us)
                        : fmt::format("whether {} is mounted on {} is not known: {}", point, us, mounts.problem()),
                    options().place_of("src").to_string(), fmt::format("mount it on {}", us));
}

void DataSync::bring_back(const std::string& peer, const std::vector<Path>& mount_points, Doing& doing) const {
    const ReplicaMemory kept = memory(doing.world);
    const WallTime begun = doing.world.clock.wall();
    doing.changing();
    kept.change(peer, [&](PeerReplica& replica) { replica.fetching = replica.fetching.value_or(begun); });
    transfer_back(peer, mount_points, doing);
    kept.change(peer, [&](PeerReplica& replica) {
        replica.direction = PeerReplica::Direction::sent;
        replica.agreed_at = begun;
        replica.problem.clear();
        replica.fetching.reset();
    });
}

void DataSync::replicate(const std::string& peer, Doing& doing) const {
    const std::string& us = home_->node.name();
    PeerReplicas known = memory(doing.world).read().value_or(PeerReplicas{});
    PeerReplica replica = known[peer];
    // What was written since is not in the replica: its age counts from here.
    const WallTime begun = doing.world.clock.wall();
    Doing question = within(doing, patience_of_questions);
    tell_peer(question, home_->node, peer, {"ready", home_->service, us, rid().text()});
    transfer(peer, replica, doing);
    Doing message = within(doing, patience_of_questions);
    tell_peer(message, home_->node, peer, {"replicated", home_->service, us, rid().text(), replica.mark.empty() ? "-" : replica.mark});
    memory(doing.world).change(peer, [&](PeerReplica& kept) {
        kept = replica;
        kept.direction = PeerReplica::Direction::sent;
        kept.agreed_at = begun;
        kept.problem.clear();
    });
}

}  // namespace svcmgr
