#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "drivers/world.h"
#include "resources/resource.h"
#include "svcmgr/cluster/node.h"
#include "svcmgr/cluster/replication/exchange.h"

namespace svcmgr {

/// What this node remembers of one peer's replica of one resource.
struct PeerReplica {
    enum class Direction { sent, received } direction = Direction::sent;
    std::optional<WallTime> agreed_at;  ///< when both last had the same, by this node's clock
    Agreement files;                    ///< of sync#i0: what both had then
    std::string problem;                ///< what the last attempt to send failed with; empty when it succeeded
    std::string mark;                   ///< of a driver with snapshots: the last one that both have
    std::optional<WallTime> fetching;   ///< since when what is here is being replaced by the peer's; until then it is neither's
};

/// By peer. Kept in a file of this node, so that a status asks no peer.
using PeerReplicas = std::map<std::string, PeerReplica>;

/// Text of the file: JSON, `svcmgr.replicas/1`.
std::string to_json(const PeerReplicas& replicas);
tl::expected<PeerReplicas, std::string> parse_replicas(std::string_view text);

/// The memory of one resource of one service.
class ReplicaMemory {
public:
    ReplicaMemory(World world, const Paths& paths, const std::string& service, const Rid& rid);

    const Path& file() const { return file_; }
    /// Never throws; an absent file is an empty memory, an unreadable one a reason.
    tl::expected<PeerReplicas, std::string> read() const;
    /// Changes what is remembered of one peer, whoever else changes the file at the same time. What can't be read is forgotten. Throws
    /// Error.
    void change(const std::string& peer, const std::function<void(PeerReplica&)>& edit) const;
    /// Calls `replicate`, and remembers as the peer's problem what it fails with; an interruption is none. Throws what `replicate` throws.
    void keep_failure(const std::string& peer, Doing& doing, const std::function<void()>& replicate) const;

private:
    World world_;
    Path file_;
    Path lock_;
};

}  // namespace svcmgr
