#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "drivers/hypervisor/copies.h"
#include "drivers/hypervisor/copy_layers.h"
#include "drivers/hypervisor/docker/answers.h"
#include "drivers/hypervisor/docker/creation.h"

namespace svcmgr::docker {

/// The label that a copy has besides, with its name.
inline constexpr const char* copy_label = "svcmgr.copy";

/// Nothing for a volume that is not there.
using FindVolume = std::function<std::optional<ListedVolume>(const std::string& name)>;

/// What a copy of a container is made from.
struct CopyDefinition {
    Creation creation;
    std::vector<Layer> layers;
    std::vector<CopiedFile> files;
};

/// What its section says of a container made into what is said of a copy:
/// - each directory and each volume that it may write to is below a layer in the copy's directory, which docker mounts while the copy
/// runs; files are copied; volumes without a name are new ones;
/// - it is in the network that docker has on the copy's bridge, under its own name, too, and no port of the node leads to it;
/// - what it writes is logged on the node, wherever the container's log goes.
/// Otherwise: why it can't be copied without touching what is not the copy's own. That is so for a container on the node's own network, in
/// namespaces of the node or of containers that are not of its service, for privileged ones and for those with devices or rights over the
/// node, and for what it mounts that is neither file nor directory (a socket leads to who listens there), or could not be layered.
/// `guest` is the container, not its copy. What the creation names is looked at. `find_volume` may throw.
tl::expected<CopyDefinition, std::string> copy_of_container(const Guest& guest, Creation creation, const GuestCopy& copy,
                                                            const Files& files, const FindVolume& find_volume);

/// The network of a copy's bridge, as docker is to make it: without an address of the node in it, and without a way out.
nlohmann::json copy_network(const GuestCopy& copy);

}  // namespace svcmgr::docker
