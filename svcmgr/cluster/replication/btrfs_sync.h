#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "resources/mounts.h"
#include "svcmgr/cluster/replication/data_sync.h"

namespace svcmgr {

/// `sync#n` with `type = btrfs` (contract.md 10.3): a subvolume, by send and receive over ssh, with only what changed since the last time.
/// Each side keeps the snapshot that both have, beside the subvolume: what is sent next is the difference to it. What arrives is the
/// replica only when all of it has arrived: until then, and after a transfer that was cut off, the old one is there and whole.
class BtrfsSync : public DataSync {
public:
    BtrfsSync(Rid rid, Options options, std::shared_ptr<const ReplicaHome> home);

    std::string label() const override;
    /// `dst` lies on btrfs.
    std::optional<Error> why_not_here(World world) const override;
    std::optional<Error> why_not_back(World world) const override;

    // For peers that send, on the node that receives. All throw Error.
    /// Whether this node still has the snapshot of this mark.
    bool has(World world, const std::string& mark, Deadline deadline) const;
    /// What takes a stream from its standard input, confined to a directory of its own. What an earlier one has left there goes first.
    Argv receiver(World world, Deadline deadline) const;
    /// Makes what has arrived the replica, if all of it has, and keeps the snapshot for the next time.
    void keep(World world, const std::string& mark, Deadline deadline) const;
    /// What writes a stream of what is here to its standard output: the difference to the snapshot of this mark while this node has it,
    /// else all of it. `sent` is told when it has ended.
    Argv sender(World world, const std::string& mark, Deadline deadline) const;
    void sent(World world, Deadline deadline) const;

protected:
    std::string obstacle(Looking& looking) const override;
    void transfer(const std::string& peer, PeerReplica& replica, Doing& doing) const override;
    /// What both kept of the last replication stays: the next one is a difference to it.
    void transfer_back(const std::string& peer, const std::vector<Path>& mount_points, Doing& doing) const override;

private:
    Path source() const;
    /// `path` is what the keyword says.
    std::optional<Error> why_not_on_btrfs(const Mounts& mounts, const Path& path, std::string_view keyword) const;
    /// Joins a program here with one of the peer's.
    void pipe_from(const Argv& sender, const Argv& receiver, const std::string& peer, Doing& doing) const;
    Argv peer_program(const std::string& peer, Argv words) const;
    /// Beside `path`, and of this resource.
    Path kept_beside(const Path& path, const std::string& peer) const;
    /// Where this node has its replica, and what is kept beside it by that name.
    Path replica() const;
    Path beside_replica(std::string_view name) const;
};

/// What `btrfs subvolume show` says of a subvolume; empty for what it does not have ("-").
struct SubvolumeIds {
    std::string uuid;
    std::string received;  ///< the uuid that it had where it was sent from; only once all of it has arrived
};
SubvolumeIds parse_subvolume(std::string_view text);

}  // namespace svcmgr
