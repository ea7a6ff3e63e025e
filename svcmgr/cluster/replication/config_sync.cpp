#include "svcmgr/cluster/replication/config_sync.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "resources/keywords.h"
#include "svcmgr/cluster/replication/accept.h"
#include "svcmgr/cluster/replication/data_sync.h"
#include "svcmgr/cluster/replication/digest.h"
#include "svcmgr/cluster/replication/file_list.h"
#include "svcmgr/cluster/replication/peer_talk.h"

namespace svcmgr {

namespace {

using What = Exchange::What;
using Level = LogLine::Level;

constexpr Duration patience = std::chrono::minutes(5);
constexpr std::string_view sync_word = "sync ";
constexpr std::string_view overwrite_word = "overwrite ";

/// The files whose state is not that of the agreement, and what was agreed upon and is gone.
std::vector<std::string> changed_files(const FileStates& files, const Agreement& agreed) {
    std::vector<std::string> changed;
    for (const auto& [name, state] : files)
        if (const auto found = agreed.find(name); found == agreed.end() || found->second != state.identity()) changed.push_back(name);
    for (const auto& [name, identity] : agreed)
        if (!files.contains(name) && kind_of_file(name) != FileKind::definition) changed.push_back(name);
    return changed;
}

bool up_here(const std::optional<Status>& avail) {
    return avail == Status::up || avail == Status::warn;
}

}  // namespace

KeywordSet config_sync_keywords() {
    return {sync_keywords(), generic_keywords(), trigger_keywords()};
}

ConfigSync::ConfigSync(Options options, std::shared_ptr<const ReplicaHome> home)
    : Resource(Rid(std::string(name)), Group::sync, "sync.config", std::move(options)), home_(std::move(home)) {}

ServiceFiles ConfigSync::files(World world) const {
    return {world, home_->paths, home_->service, home_->guests};
}

ReplicaMemory ConfigSync::memory(World world) const {
    return {world, home_->paths, home_->service, rid()};
}

ResourceObservation ConfigSync::look(Looking& looking) const {
    ResourceObservation seen;
    const ServiceFiles::Seen files = this->files(looking.world()).look();
    const auto replicas = memory(looking.world()).read();
    if (!replicas) {
        seen.say(Level::warn, "what the peers have is not known: " + replicas.error());
        return seen;
    }
    const WallTime now = looking.world().clock.wall();
    seen.status = Status::up;
    if (up_here(looking.avail) && home_->on_drpnode()) {
        seen.status = Status::not_applicable;
        seen.say(Level::info, "the service is up on a drpnode: nothing is replicated from here");
    } else if (up_here(looking.avail)) {
        judge_peers(now, *replicas, files.files, seen);
    } else {
        judge_own(now, *replicas, files.files, seen);
    }
    for (const std::string& problem : files.problems) {
        seen.status = Status::warn;
        seen.say(Level::warn, problem);
    }
    return seen;
}

/// Where it is up: whether each peer could take over.
void ConfigSync::judge_peers(const WallTime& now, const PeerReplicas& replicas, const FileStates& files, ResourceObservation& seen) const {
    if (std::ranges::none_of(replicas, [](const auto& entry) { return entry.second.agreed_at || !entry.second.problem.empty(); })) {
        seen.status = Status::not_applicable;
        seen.say(Level::info, fmt::format("never replicated from here: svcmgr -s {} sync all", home_->service));
        return;
    }
    const Duration allowed = options().duration("sync_max_delay");
    const auto late = [&](const std::string& peer, const std::string& why) {
        seen.status = Status::warn;
        seen.say(Level::warn, fmt::format("{} needs update: {}", peer, why));
    };
    for (const std::string& peer : home_->peers()) {
        const auto found = replicas.find(peer);
        const PeerReplica replica = found == replicas.end() ? PeerReplica{} : found->second;
        if (!replica.problem.empty())
            late(peer, fmt::format("{} (last compared: {})", replica.problem, age_text(now, replica)));
        else if (!replica.agreed_at)
            late(peer, "it was never compared with this node");
        else if (const auto changed = changed_files(files, replica.files); !changed.empty())
            late(peer, fmt::format("{} changed here since {}", fmt::join(changed, ", "), to_iso8601(*replica.agreed_at)));
        else if (now - *replica.agreed_at > allowed)
            late(peer, fmt::format("last compared {}, and {} are allowed (sync_max_delay)", age_text(now, replica), to_text(allowed)));
        else
            seen.say(Level::info, fmt::format("{} has the same, compared {}", peer, age_text(now, replica)));
    }
}

/// Where it is not: what this node would take over with. That nobody replicates a service that is down is no alarm.
void ConfigSync::judge_own(const WallTime& now, const PeerReplicas& replicas, const FileStates& files, ResourceObservation& seen) const {
    const auto newest =
        std::ranges::max_element(replicas, {}, [](const auto& entry) { return entry.second.agreed_at.value_or(WallTime::min()); });
    if (newest == replicas.end() || !newest->second.agreed_at) {
        seen.status = Status::not_applicable;
        seen.say(Level::info, "never compared with a peer");
        seen.stale = "the env file here was never compared with one of production";
        return;
    }
    const auto& [peer, replica] = *newest;
    if (const Duration allowed = options().duration("sync_max_delay"); now - *replica.agreed_at > allowed)
        seen.stale =
            fmt::format("the env file was last compared {}, and {} are allowed (sync_max_delay)", age_text(now, replica), to_text(allowed));
    if (const auto changed = changed_files(files, replica.files); !changed.empty()) {
        seen.status = Status::warn;
        seen.say(Level::warn, fmt::format("{} changed here since this node and {} had the same, {}", fmt::join(changed, ", "), peer,
                                          age_text(now, replica)));
        return;
    }
    seen.say(Level::info, fmt::format("as on {}, compared {}", peer, age_text(now, replica)));
}

Intent ConfigSync::intend(Goal goal, const ResourceObservation& observation) const {
    if (goal != Goal::sync) return Intent::leave("a replica is neither started nor stopped");
    Intent intent;
    for (const std::string& peer : home_->peers()) {
        const std::string begin = peer + " needs update: ";
        const auto late = std::ranges::find_if(observation.log, [&](const LogLine& line) { return line.message.starts_with(begin); });
        Verb verb{fmt::format("{}{}", sync_word, peer),
                  late == observation.log.end() ? "its files are compared with ours" : late->message.substr(begin.size()),
                  patience,
                  "",
                  {}};
        verb.peer = peer;
        verb.forced = fmt::format("{}{}", overwrite_word, peer);
        intent.verbs.push_back(std::move(verb));
    }
    return intent;
}

void ConfigSync::perform(const std::string& verb, Doing& doing) const {
    const bool overwrite = verb.starts_with(overwrite_word);
    const std::string peer = verb.substr((overwrite ? overwrite_word : sync_word).size());
    memory(doing.world).keep_failure(peer, doing, [&] {
        replicate(peer, overwrite ? Partner::Force::overwrite : Partner::Force::no, doing);
    });
}

struct ConfigSync::Comparison {
    FileStates here;
    FileList there;
};

ConfigSync::Comparison ConfigSync::compare(const std::string& peer, Doing& doing) const {
    Comparison result;
    result.here = files(doing.world).look().files;
    const FileList ours{home_->node.name(), home_->node.host_mode(), result.here};
    const std::string answer = tell_peer(doing, home_->node, peer, {"compare", home_->service, home_->node.name()}, to_json(ours));
    auto list = parse_file_list(answer);
    if (!list) throw Error(Error::Code::unreachable, "what it said of its files is no answer: " + list.error(), peer);
    if (list->node != peer)
        throw Error(Error::Code::failed, fmt::format("it calls itself {}", list->node), peer,
                    "has the node been renamed? mend `nodes` or `drpnodes`");
    if (const std::string problem = host_mode_problem(*home_, peer, list->host_mode); !problem.empty())
        throw Error(Error::Code::failed, problem, peer, "mend host_mode there, or env of the service");
    result.there = std::move(*list);
    return result;
}

void ConfigSync::replicate(const std::string& peer, Partner::Force force, Doing& doing) const {
    const Partner partner{home_->is_drpnode(peer) ? Partner::Site::drpnode : Partner::Site::node, force};
    const PeerReplicas known = memory(doing.world).read().value_or(PeerReplicas{});
    const Agreement agreed = known.contains(peer) ? known.at(peer).files : Agreement{};
    Comparison seen = compare(peer, doing);
    std::vector<std::string> open;
    const std::vector<Exchange> exchanges = reconcile(seen.here, seen.there.files, agreed, partner);
    for (const Exchange& one : exchanges) {
        if (one.what == What::conflict)
            open.push_back(one.file + (agreed.contains(one.file) ? " was changed here and there" : " is not the same here and there"));
        else if (one.what == What::newer_there)
            open.push_back(one.file + " was changed there");
        else if (one.what == What::fetch)
            fetch(peer, one, seen.here, seen.there.files, doing, Offer::Occasion::replication);
        else
            exchange(peer, one, seen.here, doing);
    }
    if (open.size() < exchanges.size()) seen = compare(peer, doing);  // what the peer says that it has now, not what it was sent
    const Agreement now = agreement_of(seen.here, seen.there.files);
    memory(doing.world).change(peer, [&](PeerReplica& replica) {
        replica.direction = PeerReplica::Direction::sent;
        if (open.empty()) replica.agreed_at = doing.world.clock.wall();
        for (const auto& [file, identity] : now) replica.files[file] = identity;
        std::erase_if(replica.files,
                      [&](const auto& file) { return !seen.here.contains(file.first) && !seen.there.files.contains(file.first); });
        replica.problem.clear();
    });
    if (!open.empty())
        throw Error(
            Error::Code::failed, fmt::format("not overwritten: {}", fmt::join(open, ", ")), peer,
            fmt::format("compare them; svcmgr -s {} sync all --force overwrites what {} has, which keeps a copy", home_->service, peer));
}

void ConfigSync::exchange(const std::string& peer, const Exchange& one, const FileStates& here, Doing& doing) const {
    const std::string expected = one.there.empty() ? "-" : one.there;
    const std::string& us = home_->node.name();
    doing.changing();
    if (one.what == What::remove) {
        tell_peer(doing, home_->node, peer, {"remove", home_->service, us, one.file, expected});
        return doing.note(Level::info, one.file + " removed there");
    }
    const std::string content = files(doing.world).content_of(one.file);
    const FileState& state = here.at(one.file);
    tell_peer(doing, home_->node, peer,
              {"receive", home_->service, us, one.file, expected, digest_of(content), fmt::format("{:o}", state.mode)}, content);
    doing.note(Level::info, one.file + " sent");
}

void ConfigSync::bring_back(const std::string& peer, Doing& doing) const {
    const PeerReplicas known = memory(doing.world).read().value_or(PeerReplicas{});
    const Agreement agreed = known.contains(peer) ? known.at(peer).files : Agreement{};
    const Comparison seen = compare(peer, doing);
    for (const Exchange& one : reconcile(seen.here, seen.there.files, agreed, {Partner::Site::node, Partner::Force::no})) {
        if (one.what == What::fetch)
            fetch(peer, one, seen.here, seen.there.files, doing, Offer::Occasion::coming_back);
        else if (one.what == What::conflict || one.what == What::newer_there)
            doing.note(Level::warn, fmt::format("{} of {} is another one than here and is not taken: compare them", one.file, peer));
    }
}

void ConfigSync::fetch(const std::string& peer, const Exchange& one, const FileStates& here, const FileStates& there, Doing& doing,
                       Offer::Occasion occasion) const {
    const FileState& theirs = there.at(one.file);
    const auto ours = here.find(one.file);
    Offer offer{home_->service, peer,        one.file, ours == here.end() ? "" : ours->second.identity(),
                theirs.digest,  theirs.mode, {},       occasion};
    offer.content = tell_peer(doing, home_->node, peer, {"give", home_->service, home_->node.name(), one.file});
    doing.changing();
    accept_file(doing.world, home_->paths, home_->node, offer);
    doing.note(Level::info, fmt::format("{} fetched: it was changed there, and not here", one.file));
}

}  // namespace svcmgr
