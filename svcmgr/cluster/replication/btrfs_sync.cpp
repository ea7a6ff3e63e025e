#include "svcmgr/cluster/replication/btrfs_sync.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <csignal>

#include "drivers/block/sysfs.h"
#include "drivers/error.h"
#include "drivers/process/pipes.h"
#include "drivers/signals.h"
#include "svcmgr/cluster/peer_call.h"
#include "svcmgr/cluster/replication/peer_ssh.h"
#include "svcmgr/cluster/replication/peer_talk.h"

namespace svcmgr {

namespace {

constexpr Duration to_ask = std::chrono::seconds(30);
constexpr const char* incoming = "incoming";  ///< the name of what is sent, and so of what arrives
constexpr const char* kept = "kept";
constexpr const char* returning = "returning";  ///< the same on the way back
constexpr std::string_view nothing_kept = "-";

Path parent_of(const Path& path) {
    const std::size_t end = path.rfind('/');
    return end == 0 || end == std::string::npos ? "/" : path.substr(0, end);
}

std::string btrfs(World world, const Argv& words, Deadline deadline) {
    Argv argv{"btrfs"};
    argv.insert(argv.end(), words.begin(), words.end());
    const CommandResult result = world.processes.run(argv, deadline);
    if (result.ok()) return result.out;
    throw Error(Error::Code::failed, fmt::format("btrfs {} {}: {}", words[0], words[1], result.describe()), words.back(),
                "is btrfs-progs installed, and is it a subvolume?");
}

bool is_there(World world, const Path& path) {
    return world.files.link_facts(path).has_value();
}

void remove_if_there(World world, const Path& path, Deadline deadline) {
    if (is_there(world, path)) btrfs(world, {"subvolume", "delete", path}, deadline);
}

SubvolumeIds ids_of(World world, const Path& path, Deadline deadline) {
    return is_there(world, path) ? parse_subvolume(btrfs(world, {"subvolume", "show", path}, deadline)) : SubvolumeIds{};
}

/// A read-only snapshot becomes what is at `path`, in one step; what was there is gone.
void put_in_place(World world, const Path& snapshot, const Path& path, Deadline deadline) {
    const Path directory = parent_of(snapshot);
    const Path next = directory + "/next", old = directory + "/old";
    remove_if_there(world, next, deadline);
    btrfs(world, {"subvolume", "snapshot", snapshot, next}, deadline);
    if (is_there(world, path)) {
        remove_if_there(world, old, deadline);
        world.files.rename(path, old);
    }
    world.files.rename(next, path);
    remove_if_there(world, old, deadline);
}

bool is_mark(const std::string& text) {
    return text.size() == 36 && std::ranges::all_of(text, [](unsigned char c) { return std::isxdigit(c) != 0 || c == '-'; });
}

/// What follows `begin` in the first line that has it.
std::string said_after(std::string_view begin, std::string_view text) {
    for (const std::string_view line : split(text, '\n'))
        if (line.starts_with(begin)) return printable(line.substr(begin.size()));
    return {};
}

/// Why a transfer failed, in words: what the svcmgr of the peer says is the reason for what btrfs says at the other end.
std::string complaint_of(const PipeResult& result) {
    for (const std::string_view begin : {"svcmgr: ", "ERROR: "})
        for (const CommandResult* end : {&result.to, &result.from})
            if (std::string said = said_after(begin, end->err); !said.empty()) return said;
    return {};
}

}  // namespace

SubvolumeIds parse_subvolume(std::string_view text) {
    SubvolumeIds ids;
    for (const std::string_view line : split(text, '\n')) {
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        const std::string_view name = trimmed(line.substr(0, colon));
        const std::string value(trimmed(line.substr(colon + 1)));
        if (!is_mark(value)) continue;
        if (name == "UUID" && ids.uuid.empty()) ids.uuid = value;
        if (name == "Received UUID" && ids.received.empty()) ids.received = value;
    }
    return ids;
}

BtrfsSync::BtrfsSync(Rid rid, Options options, std::shared_ptr<const ReplicaHome> home)
    : DataSync(std::move(rid), "sync.btrfs", std::move(options), std::move(home)) {}

std::string BtrfsSync::label() const {
    return fmt::format("btrfs {} to {}", fmt::join(options().list("src"), " "), fmt::join(options().list("target"), ", "));
}

std::string BtrfsSync::obstacle(Looking& looking) const {
    const Files& files = looking.world().files;
    if (!files.facts("/usr/bin/btrfs") && !files.facts("/sbin/btrfs") && !files.facts("/bin/btrfs")) return "btrfs-progs is not installed";
    return {};
}

std::optional<Error> BtrfsSync::why_not_here(World world) const {
    if (auto problem = DataSync::why_not_here(world)) return problem;
    const Path dst = replica();
    const Mounts mounts = Mounts::read(world.files);
    if (mounts.at(dst) != nullptr)
        return Error(Error::Code::refused, fmt::format("{} is a mount point on {}, and a replica takes its place", dst, home().node.name()),
                     options().place_of("dst").to_string(), "name a subvolume below it");
    return why_not_on_btrfs(mounts, dst, "dst");
}

std::optional<Error> BtrfsSync::why_not_on_btrfs(const Mounts& mounts, const Path& path, std::string_view keyword) const {
    const Mount* mount = mounts.holding(path);
    if (mount != nullptr && mount->type == "btrfs") return std::nullopt;
    return Error(Error::Code::refused, fmt::format("{} is not on btrfs on {}", path, home().node.name()),
                 options().place_of(keyword).to_string(), "is its file system mounted?");
}

Path BtrfsSync::source() const {
    const std::vector<std::string> sources = options().list("src");
    if (sources.size() == 1 && sources.front().starts_with('/')) return plain_path(sources.front());
    throw Error(Error::Code::refused, fmt::format("'{}' is not the path of one subvolume", fmt::join(sources, " ")),
                options().place_of("src").to_string(), "name it by its path: src = /srv/vm188");
}

Path BtrfsSync::kept_beside(const Path& path, const std::string& peer) const {
    const std::string suffix = peer.empty() ? "" : "." + peer;
    return fmt::format("{}/.svcmgr-{}.sync.{}{}", parent_of(path), home().service, rid().index(), suffix);
}

Path BtrfsSync::replica() const {
    return plain_path(options().text("dst"));
}

Path BtrfsSync::beside_replica(std::string_view name) const {
    return fmt::format("{}/{}", kept_beside(replica(), ""), name);
}

Argv BtrfsSync::peer_program(const std::string& peer, Argv words) const {
    words.insert(words.begin(), {"svcmgr", "peer"});
    Argv program = ssh_program(home(), peer_target(home().node, peer));
    program.insert(program.end(), {peer, quote_for_shell(words)});
    return program;
}

void BtrfsSync::pipe_from(const Argv& sender, const Argv& receiver, const std::string& peer, Doing& doing) const {
    World& world = doing.world;
    auto* pipes = dynamic_cast<PipesPrograms*>(&world.processes);
    if (pipes == nullptr) throw Error(Error::Code::failed, "programs can't be joined here", rid().text());
    const PipeResult result = pipes->pipe(sender, receiver, doing.deadline);
    if (world.signals.pending() != 0) throw Error(Error::Code::interrupted, fmt::format("interrupted while talking to {}", peer), peer);
    // The receiver goes at the end of the stream, and may be gone before the sender has looked up from its work.
    const bool sent = result.from.ok() || result.from.signal == SIGPIPE;
    if (result.to.ok() && sent) return;
    const std::string why = complaint_of(result);
    if (!why.empty()) throw Error(Error::Code::failed, why, peer);
    throw Error(Error::Code::failed, sent ? "the receiver " + result.to.describe() : "the sender " + result.from.describe(), peer);
}

void BtrfsSync::transfer(const std::string& peer, PeerReplica& replica, Doing& doing) const {
    World& world = doing.world;
    const Path from = source();
    const Path directory = kept_beside(from, peer);
    const Path fresh = fmt::format("{}/{}", directory, incoming), before = fmt::format("{}/{}", directory, kept);
    const std::string& us = home().node.name();
    doing.changing();
    world.files.make_directories(directory, 0700);
    remove_if_there(world, fresh, doing.deadline);

    Argv send{"btrfs", "send", "-q"};
    const bool both_have = !replica.mark.empty() && ids_of(world, before, doing.deadline).uuid == replica.mark &&
                           tell_peer(doing, home().node, peer, {"btrfs-has", home().service, us, rid().text(), replica.mark}) == "yes\n";
    if (both_have) send.insert(send.end(), {"-p", before});
    send.push_back(fresh);
    btrfs(world, {"subvolume", "snapshot", "-r", from, fresh}, doing.deadline);
    try {
        doing.note(LogLine::Level::info, both_have ? "sends what changed since the last time" : "sends all of it");
        pipe_from(send, peer_program(peer, {"btrfs-in", home().service, us, rid().text()}), peer, doing);
        const std::string mark = ids_of(world, fresh, doing.deadline).uuid;
        tell_peer(doing, home().node, peer, {"btrfs-keep", home().service, us, rid().text(), mark});
        replica.mark = mark;
    } catch (const Error&) {
        // What is begun anew next time; a signal must not keep it.
        if (world.signals.pending() == 0) remove_if_there(world, fresh, Deadline::in(world.clock, to_ask));
        throw;
    }
    remove_if_there(world, before, doing.deadline);
    world.files.rename(fresh, before);
}

bool BtrfsSync::has(World world, const std::string& mark, Deadline deadline) const {
    return is_mark(mark) && ids_of(world, beside_replica(kept), deadline).received == mark;
}

Argv BtrfsSync::receiver(World world, Deadline deadline) const {
    const Path directory = kept_beside(replica(), "");
    world.files.make_directories(directory, 0700);
    remove_if_there(world, beside_replica(incoming), deadline);
    // Confined, since names in the stream are a peer's words; and only a stream with its end in it is whole.
    return {"btrfs", "receive", "-q", "-C", "-e", directory};
}

void BtrfsSync::keep(World world, const std::string& mark, Deadline deadline) const {
    const Path arrived = beside_replica(incoming);
    if (!is_mark(mark) || ids_of(world, arrived, deadline).received != mark)
        throw Error(Error::Code::refused, "what has arrived is not all that was sent", arrived, "replicate again");
    put_in_place(world, arrived, replica(), deadline);
    remove_if_there(world, beside_replica(kept), deadline);
    world.files.rename(arrived, beside_replica(kept));
}

Argv BtrfsSync::sender(World world, const std::string& mark, Deadline deadline) const {
    const Path snapshot = beside_replica(returning);
    world.files.make_directories(kept_beside(replica(), ""), 0700);
    remove_if_there(world, snapshot, deadline);
    btrfs(world, {"subvolume", "snapshot", "-r", replica(), snapshot}, deadline);
    Argv send{"btrfs", "send", "-q"};
    if (has(world, mark, deadline)) send.insert(send.end(), {"-p", beside_replica(kept)});
    send.push_back(snapshot);
    return send;
}

void BtrfsSync::sent(World world, Deadline deadline) const {
    remove_if_there(world, beside_replica(returning), deadline);
}

std::optional<Error> BtrfsSync::why_not_back(World world) const {
    try {
        const Path path = source();
        if (Mounts::read(world.files).at(path) == nullptr) return std::nullopt;
        return Error(Error::Code::refused, fmt::format("{} is a mount point, and what comes back takes its place", path),
                     options().place_of("src").to_string(), "bring it back by hand, then start the service here");
    } catch (const Error& error) {
        return error;
    }
}

void BtrfsSync::transfer_back(const std::string& peer, const std::vector<Path>& mount_points, Doing& doing) const {
    World& world = doing.world;
    check_mounted(world, mount_points);
    const Path path = source();
    if (auto problem = why_not_on_btrfs(Mounts::read(world.files), path, "src")) throw Error(*problem);
    const Path directory = kept_beside(path, peer);
    const Path arrived = fmt::format("{}/{}", directory, returning);
    doing.changing();
    world.files.make_directories(directory, 0700);
    remove_if_there(world, arrived, doing.deadline);
    const std::string mark = ids_of(world, fmt::format("{}/{}", directory, kept), doing.deadline).uuid;
    const Argv send = peer_program(
        peer, {"btrfs-out", home().service, home().node.name(), rid().text(), mark.empty() ? std::string(nothing_kept) : mark});
    pipe_from(send, {"btrfs", "receive", "-q", "-C", "-e", directory}, peer, doing);
    if (ids_of(world, arrived, doing.deadline).received.empty())
        throw Error(Error::Code::failed, "what has arrived is not all that was sent", arrived,
                    fmt::format("svcmgr -s {} drp return once more", home().service));
    put_in_place(world, arrived, path, doing.deadline);
    remove_if_there(world, arrived, doing.deadline);
}

}  // namespace svcmgr
