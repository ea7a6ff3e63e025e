#pragma once

#include <cstdint>
#include <string_view>

namespace svcmgr {

/// FNV-1a: tells texts apart that differ by accident. No protection from somebody who wants two of them to look the same.
constexpr std::uint64_t fingerprint(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return hash;
}

}  // namespace svcmgr
