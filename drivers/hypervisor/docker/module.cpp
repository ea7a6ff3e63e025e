#include "drivers/hypervisor/docker/docker.h"
#include "drivers/hypervisor/table.h"

/// The one symbol of the module svcmgr-docker.so; see MakeHypervisor.
extern "C" __attribute__((visibility("default"))) svcmgr::Hypervisor* svcmgr_make_hypervisor(const svcmgr::World& world,
                                                                                             const svcmgr::Options& options) {
    constexpr std::string_view scheme = "unix://";
    std::string socket = options.text("socket");
    if (socket.starts_with(scheme)) socket.erase(0, scheme.size());
    return new svcmgr::docker::DockerHypervisor(world, socket, options.text("registry_auth"));
}
