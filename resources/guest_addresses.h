#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "drivers/ssh/ssh.h"

namespace svcmgr {

/// An address that a guest says one of its adapters has.
struct GuestAddress {
    std::string adapter;  ///< "eth0"; with its alias where the guest names one: "eth0:1", "lan0:2"
    std::string address;  ///< in the usual form (inet_ntop), without prefix length and zone: "10.0.3.17", "fe80::1"

    bool operator==(const GuestAddress&) const = default;
};

struct GuestAddresses {
    std::vector<GuestAddress> addresses;  ///< in the guest's order
    std::string problem;                  ///< why they are not known; empty when they are, also when there are none
};

/// Whether an address on `adapter` is on the adapter that `ipdev` names. An alias (eth0:1, lan0:2) is another name of its adapter: which
/// number an address gets depends on what came up first, and tools differ in showing it. So only what stands before the ':' counts,
/// on both sides. A VLAN (eth0.12) is an adapter of its own.
bool adapter_matches(std::string_view ipdev, std::string_view adapter);

// What tools print, read strictly: an address counts only when the line says so in a known form and its adapter is known. Lines of
// another kind are skipped (messages of a login script, statistics), an unspecified address (0.0.0.0, ::) is none. A text without a single
// adapter is a problem: "don't understand line N".

/// `ip addr` and `ip -o addr`, of iproute2 and of busybox.
GuestAddresses parse_ip_addr(std::string_view text);

/// `ifconfig -a` and `ifconfig ADAPTER`: net-tools old ("inet addr:10.0.0.1") and new, busybox, FreeBSD, Solaris, HP-UX.
GuestAddresses parse_ifconfig(std::string_view text);

/// The adapters that HP-UX's `netstat -win` lists, each once, without the '*' of those that are down (contract.md 6.1, appendix A).
tl::expected<std::vector<std::string>, std::string> parse_netstat_adapters(std::string_view text);

/// Asks a guest for its addresses with `run`, which runs a command in it: `ip -o addr`, where that fails `ifconfig -a`, where that fails
/// too (HP-UX) `netstat -win` and `ifconfig` of each adapter. The problem is what `run` could not do, or what each of the three said.
GuestAddresses guest_addresses(const std::function<SshOutcome(const Argv&)>& run);

}  // namespace svcmgr
