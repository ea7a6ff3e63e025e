#pragma once

#include <map>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "svcmgr/service/observation.h"
#include "svcmgr/service/service.h"

namespace svcmgr {

/// What a node tells its peers of its own instances: `svcmgr.peer/1`, the answer of `svcmgr peer status`. Peers of other versions read it,
/// too: keys are added, never changed.
struct PeerReport {
    std::string node;
    std::string version;                            ///< of the svcmgr that wrote it
    std::string host_mode;                          ///< contract.md 11.2
    std::map<std::string, PeerInstance> instances;  ///< by service
};

/// What a peer has to know of an instance: of what a node carries at most one may run, so neither what lives in a guest nor standby
/// resources, which are up on several nodes, count.
PeerInstance instance_of(const Service& service, const Observation& observation);

/// Two env files with the same mark are the same, byte for byte.
std::string mark_of(std::string_view env_file);

std::string to_json(const PeerReport& report);
/// Why what a peer said is no report.
struct NoReport {
    std::string reason;        ///< a sentence
    std::string version = {};  ///< of the svcmgr that wrote it, when it is a report of another schema
};
/// Of foreign bytes.
tl::expected<PeerReport, NoReport> parse_peer_report(std::string_view text);

}  // namespace svcmgr
