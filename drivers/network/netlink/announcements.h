#pragma once

#include <string>

#include "drivers/network/address.h"

namespace svcmgr {

/// An unsolicited neighbour advertisement for an IPv6 address, to all nodes on the adapter's link, that overrides what they know (RFC 4861,
/// 4.4 and 7.2.6). The address is on the adapter and usable. Throws Error `failed`.
void advertise_neighbour(const std::string& adapter, const AddressBytes& address);

}  // namespace svcmgr
