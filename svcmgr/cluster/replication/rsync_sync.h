#pragma once

#include "svcmgr/cluster/replication/data_sync.h"

namespace svcmgr {

/// `sync#n` with `type = rsync` (contract.md 10.2): files, by rsync over ssh. The key of a peer can be limited to `svcmgr peer`: rsync's
/// far end is started as `svcmgr peer rsync`, which lets it write below `dst` of this node's own env file and nowhere else.
class RsyncSync : public DataSync {
public:
    RsyncSync(Rid rid, Options options, std::shared_ptr<const ReplicaHome> home);

    std::string label() const override;

    /// `dstfs` must be mounted: what is below it is protected from being filled instead.
    std::optional<Error> why_not_here(World world) const override;

protected:
    std::string obstacle(Looking& looking) const override;
    void transfer(const std::string& peer, PeerReplica& replica, Doing& doing) const override;

private:
    Argv command(World world, const std::string& peer) const;
};

/// Paths that exist and that a pattern means: `*`, `?` and `[…]` in each of its parts, none of which stands for a hidden file. One without
/// these is itself.
std::vector<Path> expand_pattern(const Files& files, const std::string& pattern);

/// The words behind `rsync` of its far end, as a peer sent them: what to start, or a sentence that says why not. Only a receiver of files,
/// only into `dst`, and with no option that reads or writes anything else. `allowed` are further long options, from our own env file.
tl::expected<Argv, std::string> check_rsync_server(const std::vector<std::string>& words, const std::string& dst,
                                                   const std::vector<std::string>& allowed);

}  // namespace svcmgr
