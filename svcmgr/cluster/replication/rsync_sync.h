#pragma once

#include "svcmgr/cluster/replication/data_sync.h"
#include "svcmgr/cluster/replication/source_snapshots.h"

namespace svcmgr {

/// `sync#n` with `type = rsync` (contract.md 10.2): files, by rsync over ssh. The key of a peer can be limited to `svcmgr peer`: rsync's
/// far end is started as `svcmgr peer rsync`, which lets it write below `dst` of this node's own env file and nowhere else.
class RsyncSync : public DataSync {
public:
    RsyncSync(Rid rid, Options options, std::shared_ptr<const ReplicaHome> home);

    std::string label() const override;

    /// `dstfs` must be mounted: what is below it is protected from being filled instead.
    std::optional<Error> why_not_here(World world) const override;

    std::optional<Error> why_not_back(World world) const override;

protected:
    std::string obstacle(Looking& looking) const override;
    void transfer(const std::string& peer, PeerReplica& replica, Doing& doing) const override;
    void transfer_back(const std::string& peer, const std::vector<Path>& mount_points, Doing& doing) const override;

private:
    Argv command(World world, const std::string& peer, const std::vector<std::string>& sources) const;
    /// The sources in a snapshot, with the triggers around it.
    std::vector<std::string> take(SourceSnapshots& snapshots, Doing& doing) const;
    /// What both ways have: rsync with its options, and what its far end is started as.
    Argv command_begin(const std::string& peer, std::string_view far_end) const;
    void run(const Argv& argv, const std::string& peer, Doing& doing) const;
};

/// Where what was replicated from one of the sources lies at the other end, and where it goes here.
struct WayBack {
    Path there;
    Path here;
};
/// The ways back of `src` from `dst` (rsync's meaning of a '/' at the end), or why there are none: patterns, and several sources whose
/// contents became one directory, can't be told apart.
tl::expected<std::vector<WayBack>, std::string> ways_back(const std::vector<std::string>& src, const std::string& dst);

/// Paths that exist and that a pattern means: `*`, `?` and `[…]` in each of its parts, none of which stands for a hidden file. One without
/// these is itself.
std::vector<Path> expand_pattern(const Files& files, const std::string& pattern);

/// The words behind `rsync` of its far end, as a peer sent them: what to start, or a sentence that says why not. Only a receiver of files,
/// only into `dst`, and with no option that reads or writes anything else. `allowed` are further long options, from our own env file.
tl::expected<Argv, std::string> check_rsync_server(const std::vector<std::string>& words, const std::string& dst,
                                                   const std::vector<std::string>& allowed);

/// The same for one that sends: only what is `dst`, or lies directly in it.
tl::expected<Argv, std::string> check_rsync_sender(const std::vector<std::string>& words, const std::string& dst,
                                                   const std::vector<std::string>& allowed);

}  // namespace svcmgr
