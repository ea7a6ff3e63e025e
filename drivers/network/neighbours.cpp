#include "drivers/network/neighbours.h"

#include <algorithm>

#include "drivers/network/address.h"
#include "drivers/options.h"

namespace svcmgr {

std::vector<std::string> neighbours_of(std::string_view arp, const std::vector<std::string>& macs) {
    constexpr std::string_view incomplete = "0x0";
    std::vector<std::string> addresses;
    for (const std::string_view line : split(arp, '\n')) {
        const auto words = split_words(line);  // address, type, flags, MAC, mask, adapter
        if (words.size() != 6 || words[2] == incomplete || !address_bytes(words[0])) continue;
        if (std::ranges::find(macs, lower_case(words[3])) != macs.end()) addresses.push_back(words[0]);
    }
    return addresses;
}

}  // namespace svcmgr
