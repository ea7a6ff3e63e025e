#include "drivers/hypervisor/ldom/ldom.h"
#include "drivers/hypervisor/table.h"

/// The one symbol of the module svcmgr-ldom.so; see MakeHypervisor.
extern "C" __attribute__((visibility("default"))) svcmgr::Hypervisor* svcmgr_make_hypervisor(const svcmgr::World& world,
                                                                                             const svcmgr::Options& options) {
    return new svcmgr::ldom::Ldom(world, options);
}
