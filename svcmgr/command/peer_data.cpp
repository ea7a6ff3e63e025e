// peer ready, rsync, left, rsync-out, btrfs-…, replicated: what a node needs to replicate data to this one, and to bring it back.

#include <fmt/format.h>

#include <algorithm>

#include "drivers/error.h"
#include "drivers/host.h"
#include "svcmgr/cluster/peer_report.h"
#include "svcmgr/cluster/replication/accept.h"
#include "svcmgr/cluster/replication/btrfs_sync.h"
#include "svcmgr/cluster/replication/rsync_sync.h"
#include "svcmgr/cluster/replication/site_history.h"
#include "svcmgr/command/peer_verbs.h"

namespace svcmgr {

namespace {

using Words = std::vector<std::string>;

/// A resource of this node that a peer wants to replicate to, with the service that it belongs to.
struct Target {
    LoadedService loaded;
    const DataSync* sync = nullptr;
    std::string from;
};

Target target_of(Context& context, const Words& words) {
    if (words.size() < 3) throw Error(Error::Code::invalid, "this takes SERVICE, NODE and RID");
    check_service_name(words[0]);
    check_source(context.world(), context.paths(), context.node(), words[0], words[1]);
    Target target{load_service(context.world().files, context.paths(), context.node(), words[0]), nullptr, words[1]};
    target.sync = dynamic_cast<const DataSync*>(target.loaded.service->find(Rid(words[2])));
    if (target.sync == nullptr)
        throw Error(Error::Code::refused, fmt::format("{} has no such sync resource on {}", words[0], context.node().name()),
                    words[2].substr(0, 100), fmt::format("replicate the env file first: svcmgr -s {} sync all --rid sync#i0", words[0]));
    if (target.sync->disabled()) throw Error(Error::Code::refused, "it is disabled on " + context.node().name(), words[2]);
    return target;
}

/// What runs here must not have its data replaced.
void check_down(Context& context, const Target& target) {
    const Service& service = *target.loaded.service;
    Selection carried;
    carried.rids.emplace();
    for (const auto& resource : service.resources())
        if (resource->carrier() == nullptr && resource->group() != Group::sync) carried.rids->insert(resource->rid());
    const Instance instance(context.world(), context.paths(), context.node(), service);
    const PeerInstance here = instance_of(service, instance.observe(carried, Purpose::show));
    const auto complain = [&](std::string_view what, const std::vector<std::string>& rids) {
        throw Error(Error::Code::refused, fmt::format("{} on {}: its data is neither replaced nor given away", what, context.node().name()),
                    rids.front(), fmt::format("replicate from {}, or stop it there", context.node().name()));
    };
    if (!here.running.empty()) complain("it runs", here.running);
    if (!here.unknown.empty()) complain("it can't be known whether it runs", here.unknown);
}

void check_ready(Context& context, const Target& target) {
    check_down(context, target);
    if (const auto refusal = target.sync->why_not_here(context.world())) throw *refusal;
}

int run_ready(Context& context, const Words& words) {
    check_ready(context, target_of(context, words));
    return 0;
}

/// Nothing is started on data that is being replaced: the service's lock is held meanwhile.
std::unique_ptr<FileLock> lock_service(Context& context, const Target& target) {
    constexpr Duration patience = std::chrono::seconds(10);
    World& world = context.world();
    const Path file = context.paths().lock_of(target.loaded.service->name());
    const std::string holder =
        fmt::format("replica from {} (pid {}) since {}", target.from, world.processes.self().pid, to_iso8601(world.clock.wall()));
    auto taken = world.files.lock(file, holder, Deadline::in(world.clock, patience));
    if (!taken) throw Error(Error::Code::locked, fmt::format("another action is at it: {}", taken.error().holder), file, "replicate later");
    return std::move(*taken);
}

/// What says whether the far end of an rsync may be what a peer wants, and is made of it.
using FarEnd = tl::expected<Argv, std::string> (*)(const Words&, const std::string& dst, const Words& allowed);

Argv far_end_of(const Target& target, const Words& words, FarEnd check) {
    const auto* rsync = dynamic_cast<const RsyncSync*>(target.sync);
    if (rsync == nullptr) throw Error(Error::Code::refused, "it is not replicated by rsync", words[2]);
    Words server(words.begin() + 3, words.end());
    std::erase(server, "--");
    auto argv = check(server, rsync->options().text("dst"), rsync->options().list("options"));
    if (!argv) throw Error(Error::Code::refused, argv.error(), words[2]);
    return std::move(*argv);
}

int hand_over(Context& context, const Argv& argv, const Words& words) {
    if (const std::string problem = context.terminal().hand_over(argv); !problem.empty())
        throw Error(Error::Code::failed, problem, words[2]);
    return 0;
}

int run_rsync(Context& context, const Words& words) {
    const Target target = target_of(context, words);
    const Argv argv = far_end_of(target, words, check_rsync_server);
    const auto held = lock_service(context, target);
    check_ready(context, target);
    return hand_over(context, argv, words);
}

/// What runs here is not given away half written.
int run_rsync_out(Context& context, const Words& words) {
    const Target target = target_of(context, words);
    const Argv argv = far_end_of(target, words, check_rsync_sender);
    const auto held = lock_service(context, target);
    check_down(context, target);
    return hand_over(context, argv, words);
}

constexpr Duration to_change_subvolumes = std::chrono::minutes(5);

const BtrfsSync& btrfs_of(const Target& target, const Words& words) {
    const auto* btrfs = dynamic_cast<const BtrfsSync*>(target.sync);
    if (btrfs == nullptr) throw Error(Error::Code::refused, "it is not replicated by btrfs", words[2]);
    return *btrfs;
}

void check_mark(const Words& words) {
    if (words.size() != 4) throw Error(Error::Code::invalid, "this takes SERVICE, NODE, RID and MARK");
}

int run_btrfs_has(Context& context, const Words& words) {
    check_mark(words);
    const Target target = target_of(context, words);
    const Deadline deadline = Deadline::in(context.world().clock, to_change_subvolumes);
    context.terminal().out << (btrfs_of(target, words).has(context.world(), words[3], deadline) ? "yes\n" : "no\n");
    return 0;
}

int run_btrfs_in(Context& context, const Words& words) {
    const Target target = target_of(context, words);
    const BtrfsSync& btrfs = btrfs_of(target, words);
    const auto held = lock_service(context, target);
    check_ready(context, target);
    return hand_over(context, btrfs.receiver(context.world(), Deadline::in(context.world().clock, to_change_subvolumes)), words);
}

int run_btrfs_keep(Context& context, const Words& words) {
    check_mark(words);
    const Target target = target_of(context, words);
    const BtrfsSync& btrfs = btrfs_of(target, words);
    const auto held = lock_service(context, target);
    check_ready(context, target);
    btrfs.keep(context.world(), words[3], Deadline::in(context.world().clock, to_change_subvolumes));
    return 0;
}

/// What runs here is not given away half written.
int run_btrfs_out(Context& context, const Words& words) {
    check_mark(words);
    const Target target = target_of(context, words);
    const BtrfsSync& btrfs = btrfs_of(target, words);
    const auto held = lock_service(context, target);
    check_down(context, target);
    const auto soon = [&] { return Deadline::in(context.world().clock, to_change_subvolumes); };
    const std::string problem = context.terminal().hand_over(btrfs.sender(context.world(), words[3], soon()));
    btrfs.sent(context.world(), soon());
    if (!problem.empty()) throw Error(Error::Code::failed, problem, words[2]);
    return 0;
}

int run_left(Context& context, const Words& words) {
    if (words.size() != 2) throw Error(Error::Code::invalid, "this takes SERVICE and NODE");
    check_service_name(words[0]);
    check_source(context.world(), context.paths(), context.node(), words[0], words[1]);
    const LoadedService loaded = load_service(context.world().files, context.paths(), context.node(), words[0]);
    context.terminal().out << to_json(site_history(context.world(), context.paths(), *loaded.service)) << '\n';
    return 0;
}

int run_replicated(Context& context, const Words& words) {
    const Target target = target_of(context, words);
    const std::string mark = words.size() > 3 && words[3] != "-" ? words[3].substr(0, 100) : "";
    target.sync->remember_received(context.world(), target.from, mark);
    return 0;
}

}  // namespace

std::vector<PeerVerb> peer_data_verbs() {
    return {
        {"ready", "SERVICE NODE RID", "whether data may be replicated to this node", run_ready},
        {"rsync", "SERVICE NODE RID ARGUMENT…", "the far end of an rsync into the resource's dst", run_rsync},
        {"left", "SERVICE NODE", "when it was started here, and when its data was received: whose is newer", run_left},
        {"rsync-out", "SERVICE NODE RID ARGUMENT…", "the far end of an rsync out of the resource's dst, of a service that is down",
         run_rsync_out},
        {"btrfs-has", "SERVICE NODE RID MARK", "whether the snapshot of the last replication is still here", run_btrfs_has},
        {"btrfs-in", "SERVICE NODE RID", "takes a subvolume, on the standard input", run_btrfs_in},
        {"btrfs-out", "SERVICE NODE RID MARK", "gives the subvolume of a service that is down, on the standard output", run_btrfs_out},
        {"btrfs-keep", "SERVICE NODE RID MARK", "that all of a subvolume was sent: it becomes the replica", run_btrfs_keep},
        {"replicated", "SERVICE NODE RID MARK", "that a replication is complete", run_replicated},
    };
}

}  // namespace svcmgr
