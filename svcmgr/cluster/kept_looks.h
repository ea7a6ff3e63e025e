#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "svcmgr/cluster/loader.h"
#include "svcmgr/cluster/service_look.h"
#include "svcmgr/journal/kept_status.h"

namespace svcmgr {

/// A service that was looked at.
struct SeenService {
    const LoadedService& loaded;
    const Observation& observation;
};

/// Keeps what was seen of all services of this node (Paths::kept_looks). Throws Error `failed` when there is no room for it.
void keep_looks(World world, const Paths& paths, const std::vector<SeenService>& services);

/// A service that was kept.
struct RecalledService {
    /// With as much of it as is shown: its resources can't be acted on. Null when that is not to be had from what was kept: its env file
    /// is another one now, or had errors, which loading it shows; or nobody had looked at it.
    std::unique_ptr<Service> service;
    bool config_changed = false;                                 ///< since somebody looked
    std::optional<EngineSight> engine = {};                      ///< what the look saw of one
    std::vector<std::pair<Rid, ResourceObservation>> resources;  ///< in the order of the tree
};

/// What `status --heal` saw when it last looked at all services of this node: shown without asking anybody, and without reading an env file
/// that is the same as then. What it costs grows with the services that are asked for.
class KeptLooks {
public:
    /// Throws Error `refused` when nobody has looked since the node booted, and `failed` for what can't be read.
    KeptLooks(World world, const Paths& paths, const Node& node);

    /// Throws Error `invalid` when there is no such service.
    RecalledService recall(const std::string& service);
    /// With what is known without asking anybody: flags, locks and the journal as they are now, resources as they were kept. Never throws.
    Observation observe(const Service& service, const Selection& selection, RecalledService recalled);

private:
    const Node& node_;
    LookShared shared_;
    std::unique_ptr<KeptStatus> kept_;
    std::map<std::string, Interrupted> interrupted_;
    std::string journal_problem_;
    std::map<std::string, std::string> acted_;
};

}  // namespace svcmgr
