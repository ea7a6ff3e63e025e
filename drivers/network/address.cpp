#include "drivers/network/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "drivers/network/network.h"
#include "drivers/numbers.h"

namespace svcmgr {

namespace {

/// The ones at the front of a mask; nothing when there are others behind a zero.
std::optional<int> ones_of(std::uint32_t mask) {
    const int ones = std::countl_one(mask);
    return ones + std::countr_zero(mask) >= 32 ? std::optional(ones) : std::nullopt;
}

}  // namespace

std::optional<AddressBytes> address_bytes(const std::string& text) {
    AddressBytes bytes(16);
    if (::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return bytes;
    bytes.resize(4);
    if (::inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) return bytes;
    return std::nullopt;
}

std::string address_text(const AddressBytes& bytes) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const char* done = ::inet_ntop(is_ipv6(bytes) ? AF_INET6 : AF_INET, bytes.data(), text.data(), text.size());
    return done == nullptr ? std::string() : done;
}

std::optional<int> prefix_length(const std::string& netmask, bool ipv6) {
    const int longest = ipv6 ? 128 : 32;
    if (const auto dotted = netmask.find('.') == std::string::npos ? std::nullopt : address_bytes(netmask)) {
        std::uint32_t mask = 0;
        for (const std::uint8_t byte : *dotted) mask = mask << 8 | byte;
        return ipv6 || is_ipv6(*dotted) ? std::nullopt : ones_of(mask);
    }
    const bool marked = netmask.starts_with("0x") || netmask.starts_with("0X");
    if (marked || netmask.size() == 8) {
        const auto mask = parse_number<std::uint32_t>(std::string_view(netmask).substr(marked ? 2 : 0), 16);
        return mask && !ipv6 ? ones_of(*mask) : std::nullopt;
    }
    const auto bits = parse_number<std::uint32_t>(netmask);
    return bits && *bits <= static_cast<std::uint32_t>(longest) ? std::optional(static_cast<int>(*bits)) : std::nullopt;
}

bool AddressInSubnet::has_beside(const AddressBytes& other) const {
    if (other.size() != address.size()) return false;
    for (int bit = 0; bit < prefix; ++bit) {
        const auto mask = static_cast<std::uint8_t>(0x80U >> (bit % 8));
        const auto at = static_cast<std::size_t>(bit / 8);
        if ((address[at] & mask) != (other[at] & mask)) return false;
    }
    return true;
}

std::optional<AddressInSubnet> address_in_subnet(const std::string& text) {
    const auto slash = text.find('/');
    if (slash == std::string::npos) return std::nullopt;
    auto bytes = address_bytes(text.substr(0, slash));
    const auto prefix = parse_number<int>(std::string_view(text).substr(slash + 1));
    if (!bytes || !prefix || *prefix < 0 || static_cast<std::size_t>(*prefix) > bytes->size() * 8) return std::nullopt;
    return AddressInSubnet{std::move(*bytes), *prefix};
}

bool same_address(const std::string& a, const std::string& b) {
    if (a == b) return true;
    const auto first = address_bytes(a);
    return first && first == address_bytes(b);
}

const Adapter* AddressTable::adapter(std::string_view name) const {
    const auto found = std::ranges::find(adapters, name, &Adapter::name);
    return found == adapters.end() ? nullptr : &*found;
}

const AdapterAddress* AddressTable::find(const std::string& address) const {
    const auto found = std::ranges::find_if(addresses, [&](const AdapterAddress& held) { return same_address(held.address, address); });
    return found == addresses.end() ? nullptr : &*found;
}

}  // namespace svcmgr
