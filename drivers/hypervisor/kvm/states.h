#pragma once

#include "drivers/hypervisor/hypervisor.h"

namespace svcmgr::kvm {

/// A virDomainState and its reason (libvirt-domain.h) as value and words: "shut off (destroyed)". Warnings and sizes are left empty.
/// A reason that this version does not know keeps the state's value; a state that it does not know is `unknown`.
GuestState guest_state(int state, int reason);

}  // namespace svcmgr::kvm
