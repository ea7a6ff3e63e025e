// peer compare, receive, give, remove: what a node sends of a service's files.

#include <fmt/format.h>

#include "drivers/error.h"
#include "drivers/numbers.h"
#include "svcmgr/cluster/replication/accept.h"
#include "svcmgr/cluster/replication/config_sync.h"
#include "svcmgr/cluster/replication/digest.h"
#include "svcmgr/cluster/replication/file_list.h"
#include "svcmgr/command/peer_verbs.h"

namespace svcmgr {

namespace {

using Words = std::vector<std::string>;

constexpr std::string_view nothing = "-";

void check_count(const Words& words, std::size_t count, std::string_view what) {
    if (words.size() != count) throw Error(Error::Code::invalid, fmt::format("this takes {} and was given {} words", what, words.size()));
    check_service_name(words[0]);
}

/// An env file names commands that run as root, and so do launchers and the definitions of guests. A key that is limited to `svcmgr peer`
/// is not root's, so its owner has to agree.
void check_trusted(Context& context) {
    check_leave(context, "accept_files", "takes no files of services", ": what such files say is run as root");
}

ServiceFiles files_here(Context& context, const std::string& service) {
    GuestsByHypervisor guests;
    if (find_env_file(context.world().files, context.paths(), service))
        guests = guests_of(load_service(context.world().files, context.paths(), context.node(), service).service->resources());
    return {context.world(), context.paths(), service, std::move(guests)};
}

/// Both sides remember what they have alike: whichever of them replicates next knows then who has changed what.
void remember(Context& context, const std::string& service, const std::string& from, const FileStates& theirs, const FileStates& ours) {
    const Agreement agreed = agreement_of(ours, theirs);
    if (agreed.empty()) return;
    const bool all = agreed.size() == theirs.size();
    const ReplicaMemory memory(context.world(), context.paths(), service, Rid(std::string(ConfigSync::name)));
    memory.change(from, [&](PeerReplica& replica) {
        replica.direction = PeerReplica::Direction::received;
        if (all) replica.agreed_at = context.world().clock.wall();
        for (const auto& [file, identity] : agreed) replica.files[file] = identity;
        std::erase_if(replica.files, [&](const auto& file) { return !ours.contains(file.first) && !theirs.contains(file.first); });
        replica.problem.clear();
    });
}

int run_compare(Context& context, const Words& words) {
    check_count(words, 2, "SERVICE and NODE");
    const auto theirs = parse_file_list(context.terminal().read_input());
    if (!theirs) throw Error(Error::Code::invalid, "what was sent is no list of files: " + theirs.error());
    const Node& node = context.node();
    check_source(context.world(), context.paths(), node, words[0], words[1]);
    const FileList ours{node.name(), node.host_mode(), files_here(context, words[0]).look().files};
    remember(context, words[0], words[1], theirs->files, ours.files);
    context.terminal().out << to_json(ours) << '\n';
    return 0;
}

Offer offer_of(const Words& words) {
    Offer offer{words[0], words[1], words[2], words[3] == nothing ? "" : words[3], {}, 0, {}};
    return offer;
}

int run_receive(Context& context, const Words& words) {
    check_count(words, 6, "SERVICE, NODE, FILE, EXPECTED, DIGEST and MODE");
    check_trusted(context);
    Offer offer = offer_of(words);
    const auto mode = parse_number<std::uint32_t>(words[5], 8);
    if (!is_digest(words[4]) || !mode || *mode > 07777) throw Error(Error::Code::invalid, "this is no digest with a mode");
    offer.digest = words[4];
    offer.mode = *mode;
    offer.content = context.terminal().read_input();
    accept_file(context.world(), context.paths(), context.node(), offer);
    return 0;
}

int run_remove(Context& context, const Words& words) {
    check_count(words, 4, "SERVICE, NODE, FILE and EXPECTED");
    check_trusted(context);
    accept_removal(context.world(), context.paths(), context.node(), offer_of(words));
    return 0;
}

int run_give(Context& context, const Words& words) {
    check_count(words, 3, "SERVICE, NODE and FILE");
    check_source(context.world(), context.paths(), context.node(), words[0], words[1]);
    if (kind_of_file(words[2]) == FileKind::definition)
        throw Error(Error::Code::refused, "definitions are sent, and not given away", words[2]);
    context.terminal().out << files_here(context, words[0]).content_of(words[2]);
    return 0;
}

}  // namespace

std::vector<PeerVerb> peer_replica_verbs() {
    return {
        {"compare", "SERVICE NODE", "which of the service's files are here, for a node that sends the list of its own", run_compare},
        {"receive", "SERVICE NODE FILE EXPECTED DIGEST MODE", "a newer file of the service, on the standard input", run_receive},
        {"remove", "SERVICE NODE FILE EXPECTED", "that a launcher was removed", run_remove},
        {"give", "SERVICE NODE FILE", "a file that is newer here", run_give},
    };
}

}  // namespace svcmgr
