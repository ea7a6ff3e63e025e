#include "drivers/hypervisor/esx/vim_cmd.h"
#include "drivers/hypervisor/table.h"

/// The one symbol of the module svcmgr-esx.so; see MakeHypervisor.
extern "C" __attribute__((visibility("default"))) svcmgr::Hypervisor* svcmgr_make_hypervisor(const svcmgr::World& world,
                                                                                             const svcmgr::Options&) {
    return svcmgr::esx::make_esx(world).release();
}
