#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "drivers/hypervisor/hypervisor.h"
#include "drivers/world.h"
#include "resources/resource.h"
#include "svcmgr/cluster/node.h"

namespace svcmgr {

/// What one of a service's files is on one node.
struct FileState {
    std::string digest;
    bool executable = false;
    std::uint32_t mode = 0;  ///< permission bits

    /// Equal for files that nobody needs to replicate.
    std::string identity() const { return digest + (executable ? "+x" : ""); }
};

/// By the name that all nodes have for a file: "env", "launcher/S01db", "definition//etc/libvirt/qemu/vm188.xml". The order is that in
/// which they are replicated: the env file says which definitions there may be.
struct FileOrder {
    bool operator()(std::string_view a, std::string_view b) const;
    using is_transparent = void;
};
using FileStates = std::map<std::string, FileState, FileOrder>;

enum class FileKind { env, launcher, definition };
/// Nothing for a name that can't be one. Names come from other machines, too: one that passes leaves no directory.
std::optional<FileKind> kind_of_file(std::string_view name);

/// Each with the type of its hypervisor.
using GuestsByHypervisor = std::vector<std::pair<std::string, Guest>>;
GuestsByHypervisor guests_of(const std::vector<std::unique_ptr<Resource>>& resources);

/// The files that a node needs to be able to run a service: its env file, its launchers (files in SERVICE.d), and what the hypervisors call
/// its guests' definitions. None is larger than 1 MiB.
class ServiceFiles {
public:
    /// Without guests, as of a service that this node does not have yet: its env file and launchers only.
    ServiceFiles(World world, const Paths& paths, std::string service, GuestsByHypervisor guests = {});

    struct Seen {
        FileStates files;
        std::vector<std::string> problems;  ///< files that are there and can't be replicated, and why; one sentence each
    };
    /// Never throws.
    Seen look() const;
    /// Where the file is, or would be, on this node; nothing for a name that is none of this service's here.
    std::optional<Path> place_of(std::string_view name) const;
    /// Throws Error.
    std::string content_of(std::string_view name) const;

private:
    void look_at(const std::string& name, const Path& path, Seen& seen) const;
    Path launchers() const;
    std::vector<Path> definition_places() const;

    World world_;
    const Paths& paths_;
    std::string service_;
    GuestsByHypervisor guests_;
};

}  // namespace svcmgr
