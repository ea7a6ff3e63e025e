#include "drivers/hypervisor/table.h"
#include "drivers/hypervisor/zone/zone.h"

/// The one symbol of the module svcmgr-zone.so; see MakeHypervisor.
extern "C" __attribute__((visibility("default"))) svcmgr::Hypervisor* svcmgr_make_hypervisor(const svcmgr::World& world,
                                                                                             const svcmgr::Options& options) {
    return new svcmgr::zone::Zone(world, options);
}
