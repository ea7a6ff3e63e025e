#include "drivers/hypervisor/lxc/addresses.h"

#include <fmt/format.h>

#include <algorithm>

#include "drivers/network/address.h"
#include "drivers/numbers.h"
#include "drivers/options.h"

namespace svcmgr::lxc {

namespace {

constexpr std::string_view global_scope = "00";

void add_once(std::vector<std::string>& addresses, std::string address) {
    if (std::ranges::find(addresses, address) == addresses.end()) addresses.push_back(std::move(address));
}

/// "20010db8000000000000000000000001" -> "2001:db8::1"; empty for anything else.
std::string ipv6_text(std::string_view digits) {
    if (digits.size() != 32) return {};
    std::string groups;
    for (std::size_t at = 0; at < digits.size(); at += 4) groups += (at == 0 ? "" : ":") + std::string(digits.substr(at, 4));
    const auto bytes = address_bytes(groups);
    return bytes ? address_text(*bytes) : std::string();
}

}  // namespace

std::vector<std::string> ipv4_addresses(std::string_view fib_trie) {
    std::vector<std::string> addresses;
    std::string leaf;
    for (const std::string_view line : split(fib_trie, '\n')) {
        const auto words = split_words(line);
        if (words.size() == 2 && words[0] == "|--") leaf = words[1];
        const bool is_own = words.size() == 3 && words[0] == "/32" && words[1] == "host" && words[2] == "LOCAL";
        if (is_own && address_bytes(leaf) && !leaf.starts_with("127.")) add_once(addresses, leaf);
    }
    return addresses;
}

std::vector<std::string> ipv6_addresses(std::string_view if_inet6) {
    std::vector<std::string> addresses;
    for (const std::string_view line : split(if_inet6, '\n')) {
        const auto words = split_words(line);
        if (words.size() != 6 || words[3] != global_scope) continue;
        if (auto address = ipv6_text(words[0]); !address.empty()) add_once(addresses, std::move(address));
    }
    return addresses;
}

std::vector<std::string> addresses_of(const Files& files, int pid) {
    const auto own = files.read_link("/proc/self/ns/net");
    const auto its = files.read_link(fmt::format("/proc/{}/ns/net", pid));
    if (!own || !its || *own == *its) return {};
    std::vector<std::string> addresses;
    if (const auto text = files.read(fmt::format("/proc/{}/net/fib_trie", pid))) addresses = ipv4_addresses(*text);
    if (const auto text = files.read(fmt::format("/proc/{}/net/if_inet6", pid)))
        for (std::string& address : ipv6_addresses(*text)) addresses.push_back(std::move(address));
    return addresses;
}

}  // namespace svcmgr::lxc
