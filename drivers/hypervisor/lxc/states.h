#pragma once

#include <string>

#include "drivers/hypervisor/hypervisor.h"

namespace svcmgr::lxc {

/// What liblxc's word for a container's state ("RUNNING") means; `unknown`, with the word, for one that this version does not know.
GuestState guest_state(const std::string& word);

}  // namespace svcmgr::lxc
