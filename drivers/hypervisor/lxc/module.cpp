#include "drivers/hypervisor/lxc/lxc.h"
#include "drivers/hypervisor/table.h"

/// The one symbol of the module svcmgr-lxc.so; see MakeHypervisor.
extern "C" __attribute__((visibility("default"))) svcmgr::Hypervisor* svcmgr_make_hypervisor(const svcmgr::World& world,
                                                                                             const svcmgr::Options& options) {
    return new svcmgr::lxc::LxcHypervisor(world, options.text("lxcpath"), svcmgr::lxc::liblxc());
}
