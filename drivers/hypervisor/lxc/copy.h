#pragma once

#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "drivers/files/files.h"
#include "drivers/hypervisor/copies.h"
#include "drivers/hypervisor/copy_layers.h"
#include "drivers/hypervisor/lxc/config_file.h"

namespace svcmgr::lxc {

/// What a copy of a container is started from.
struct CopyDefinition {
    std::string config;  ///< lxc.container.conf(5); it includes the container's own
    std::vector<Layer> layers;
    std::vector<CopiedFile> files;
};

/// The configuration of a container made into that of a copy:
/// - its root file system, and each directory of this node that it may write to, is below a layer in the copy's directory; files are
/// copied;
/// - each interface is one end of a pair on the copy's bridge, with the container's addresses and a MAC address of its own;
/// - it runs no hook, does not start by itself, and writes its console into the copy's directory.
/// Otherwise: why it can't be copied without touching what is not the copy's own. That is so for a root file system that is no directory,
/// for block devices and network file systems that are mounted, and for a container on this node's own network or in namespaces of others.
/// `entries` are read_entries() of `config`; what they name is looked at.
tl::expected<CopyDefinition, std::string> copy_of_container(const Files& files, const std::vector<ConfigEntry>& entries, const Path& config,
                                                            const GuestCopy& copy);

/// A file without a line, which has to be there when the copy is started.
Path empty_fstab(const GuestCopy& copy);

}  // namespace svcmgr::lxc
