#include "drivers/hypervisor/table.h"
#include "drivers/hypervisor/xen/xen.h"

/// The one symbol of the module svcmgr-xen.so; see MakeHypervisor.
extern "C" __attribute__((visibility("default"))) svcmgr::Hypervisor* svcmgr_make_hypervisor(const svcmgr::World& world,
                                                                                             const svcmgr::Options&) {
    return new svcmgr::xen::XenHypervisor(world);
}
