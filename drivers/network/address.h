#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace svcmgr {

/// An address as bytes in network order: 4 of them, or 16.
using AddressBytes = std::vector<std::uint8_t>;

/// Nothing when the text is no address.
std::optional<AddressBytes> address_bytes(const std::string& text);
std::string address_text(const AddressBytes& bytes);
inline bool is_ipv6(const AddressBytes& bytes) {
    return bytes.size() == 16;
}

/// The length of a network prefix, from "24", "255.255.255.0", "0xffffff00" or "ffffff00" (contract.md 2.7). Nothing for a mask with holes
/// and for one that is too long for the family.
std::optional<int> prefix_length(const std::string& netmask, bool ipv6);

/// "10.1.0.5/16": an address and how many bits of it are its network's.
struct AddressInSubnet {
    AddressBytes address;
    int prefix = 0;

    /// Whether another address is of the same network.
    bool has_beside(const AddressBytes& other) const;
};
/// Nothing for a text that is none.
std::optional<AddressInSubnet> address_in_subnet(const std::string& text);

}  // namespace svcmgr
