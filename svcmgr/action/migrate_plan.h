#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "resources/container.h"
#include "svcmgr/action/move_plan.h"
#include "svcmgr/service/service.h"

namespace svcmgr {

inline constexpr std::string_view migrate_action = "migrate";

// The steps of a live migration: verbs that name a node.
inline constexpr std::string_view share_verb = "share disks with ";
inline constexpr std::string_view unshare_verb = "share disks no longer with ";
inline constexpr std::string_view migrate_verb = "migrate to ";
inline constexpr std::string_view keep_verb = "keep from ";
inline constexpr std::string_view run_there_verb = "go on on ";
bool is_migrate_verb(std::string_view verb);

/// What of a service moves while it runs.
struct Traveller {
    const Container* container = nullptr;
    bool reserved_disks = false;  ///< they are handed over
    enum class Where {
        here,
        on_its_way,  ///< an earlier move was killed: it is here, and may be there, too, without running there
        there,       ///< it has left this node, and may wait there to go on
    } where = Where::here;
};

/// The containers of a service that are not disabled.
std::vector<const Container*> containers_of(const Service& service);
/// Whether all that is up here can go where the guest goes, with it or by being up on both nodes (standby).
MoveCheck check_of_resources(const Service& service, const Observation& observation);

/// The plan of a live migration: the guards of `stop`, a plan that would stop the service here, then the checks. The target registers with
/// the disks beside this node, the guest moves and waits there, it goes on there and the target takes the disks over. When anything fails
/// before it has left, or somebody asks for it after a kill, it is kept here. A pure function.
Plan migrate_plan(Plan stop, const Traveller& traveller, const std::string& target, const std::vector<MoveCheck>& checks);

}  // namespace svcmgr
