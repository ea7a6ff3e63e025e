#include "drivers/hypervisor/netns/netns.h"
#include "drivers/hypervisor/table.h"

/// The one symbol of the module svcmgr-netns.so; see MakeHypervisor.
extern "C" __attribute__((visibility("default"))) svcmgr::Hypervisor* svcmgr_make_hypervisor(const svcmgr::World& world,
                                                                                             const svcmgr::Options&) {
    return new svcmgr::netns::Netns(world);
}
