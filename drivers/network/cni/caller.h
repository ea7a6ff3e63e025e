#pragma once

#include <string>
#include <vector>

#include "drivers/clock.h"
#include "drivers/error.h"
#include "drivers/network/cni/result.h"
#include "drivers/process/processes.h"
#include "drivers/world.h"

namespace svcmgr::cni {

/// A container's place in a network: what ADD, CHECK and DEL have to be told alike.
struct Attachment {
    std::string container_id;
    std::string interface;               ///< its name in the container
    Path network_namespace;              ///< empty: it is gone
    std::string arguments;               ///< CNI_ARGS: "K=V;K2=V2"; empty: none
    Json capabilities = Json::object();  ///< what plugins are told that declare the capability: {"portMappings": […]}
    Network network;
};

/// Runs the plugins of networks (CNI specification 1.0, sections 2 to 4).
class Caller {
public:
    /// `directories` are those of plugins.
    Caller(const World& world, std::vector<Path> directories) : world_(world), directories_(std::move(directories)) {}

    /// The plugins that a network, or its address management, names and that are in none of the directories: "host-local".
    std::vector<std::string> missing(const Network& network) const;

    /// Each plugin, with the result of the one before it. A plugin that says that it may work later is asked again until the deadline.
    /// Throws Error; what plugins had done by then is not undone: `remove` does that.
    Result add(const Attachment& attachment, Deadline deadline) const;
    /// Why the attachment is not as ADD left it; empty when it is, and when its network is not checked. Never throws.
    std::string check(const Attachment& attachment, const Json& result, Deadline deadline) const;
    /// In reverse. `result` is null when it is not known. One that is gone already is no error. Throws Error.
    void remove(const Attachment& attachment, const Json& result, Deadline deadline) const;

    /// What a plugin is given on its stdin.
    static Json input_of(const Attachment& attachment, const Json& plugin, const Json& previous);

private:
    Path find(const std::string& plugin) const;  ///< empty when it is nowhere
    struct Call {
        const char* command;
        const Attachment& attachment;
        const Json& plugin;
        const Json& previous;
    };
    /// What it printed. Throws Error.
    std::string run(const Call& call, Deadline deadline) const;
    std::string run_patiently(const Call& call, Deadline deadline) const;
    [[noreturn]] void fail(const Call& call, const CommandResult& result, const Path& program, Duration given) const;

    World world_;
    std::vector<Path> directories_;
};

}  // namespace svcmgr::cni
