#include "drivers/hypervisor/hpvm/hpvm.h"
#include "drivers/hypervisor/table.h"

/// The one symbol of the module svcmgr-hpvm.so; see MakeHypervisor.
extern "C" __attribute__((visibility("default"))) svcmgr::Hypervisor* svcmgr_make_hypervisor(const svcmgr::World& world,
                                                                                             const svcmgr::Options& options) {
    return new svcmgr::hpvm::Hpvm(world, options);
}
