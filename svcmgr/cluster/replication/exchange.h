#pragma once

#include <map>
#include <string>
#include <vector>

#include "svcmgr/cluster/replication/service_files.h"

namespace svcmgr {

/// File -> FileState::identity, as it was on both nodes when they last agreed.
using Agreement = std::map<std::string, std::string>;

/// What has to happen to one file for two nodes to agree.
struct Exchange {
    enum class What {
        send,         ///< ours is newer
        fetch,        ///< theirs is newer
        remove,       ///< it was removed here
        conflict,     ///< both were changed since they agreed, or never agreed
        newer_there,  ///< theirs was changed and ours was not, and theirs is not to be had: a definition, or a file of a drpnode
    };
    std::string file;
    What what = What::send;
    std::string there;  ///< identity of theirs; empty when it has none

    bool operator==(const Exchange&) const = default;
};

/// With whom.
struct Partner {
    enum class Site { node, drpnode } site = Site::node;
    /// overwrite: what we have counts, whatever they changed.
    enum class Force { no, overwrite } force = Force::no;
};

/// Compares contents with what both sides remember; times play no part, so that a wrong clock does no harm. Nothing is taken from a
/// drpnode. Definitions are only sent: a hypervisor writes its own. A file that is gone at the peer is sent again, as nobody can tell a
/// removal from a disk that was lost; one that was removed here is removed there.
std::vector<Exchange> reconcile(const FileStates& here, const FileStates& there, const Agreement& agreed, const Partner& partner);

/// The files that both have alike.
Agreement agreement_of(const FileStates& here, const FileStates& there);

}  // namespace svcmgr
