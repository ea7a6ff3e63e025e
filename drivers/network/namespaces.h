#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "drivers/network/network.h"

namespace svcmgr {

/// This thread's network becomes the one that `ip netns` calls `name`, or that a path leads to, until the object goes (setns(2)); that of
/// tasks that it begins meanwhile, too (ThreadPool::Apart). Throws Error `failed`.
std::unique_ptr<NetworkStay> enter_namespace(const std::string& name);

/// The same for the one that the process began with. Null when this thread is there.
std::unique_ptr<NetworkStay> enter_first_namespace();

/// This thread's network becomes the one that the process began with, which its first thread never leaves. Stays where it is when the
/// kernel does not let it.
void leave_namespace();

/// Tells the network that this thread is in from all others that exist now.
std::uint64_t current_namespace();

}  // namespace svcmgr
