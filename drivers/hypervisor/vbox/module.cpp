#include "drivers/hypervisor/table.h"
#include "drivers/hypervisor/vbox/vbox.h"

/// The one symbol of the module svcmgr-vbox.so; see MakeHypervisor.
extern "C" __attribute__((visibility("default"))) svcmgr::Hypervisor* svcmgr_make_hypervisor(const svcmgr::World& world,
                                                                                             const svcmgr::Options&) {
    return new svcmgr::vbox::Vbox(world);
}
