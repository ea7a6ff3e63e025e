#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "drivers/files/files.h"

namespace svcmgr::lxc {

/// The addresses that a process's network has, from its /proc/PID/net: they are read without entering the container, and without asking
/// anybody. None when it is the node's own network.
std::vector<std::string> addresses_of(const Files& files, int pid);

/// Those of a fib_trie that are the network's own, without 127.0.0.0/8.
std::vector<std::string> ipv4_addresses(std::string_view fib_trie);
/// Those of an if_inet6 that hold everywhere, not only on their link.
std::vector<std::string> ipv6_addresses(std::string_view if_inet6);

}  // namespace svcmgr::lxc
