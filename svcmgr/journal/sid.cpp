#include "svcmgr/journal/sid.h"

#include <fmt/format.h>

namespace svcmgr {

namespace {

/// FNV-1a, with the finishing of splitmix64: FNV alone leaves its upper bits nearly unchanged by the last bytes.
std::uint64_t digest(std::string_view text) {
    std::uint64_t value = 0xcbf29ce484222325;
    for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
    value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
    return value ^ (value >> 31);
}

}  // namespace

std::string make_sid(WallTime time, const std::string& node, const ProcessId& process, std::int64_t serial) {
    constexpr std::uint64_t version = 7, variant = 0b10;
    const auto since_1970 = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch());
    const std::uint64_t milliseconds = static_cast<std::uint64_t>(since_1970.count()) & 0xffff'ffff'ffff;
    // A thousandth of a millisecond in twelve bits: 6.2, method 3 of the RFC.
    const std::uint64_t fraction = static_cast<std::uint64_t>((time.time_since_epoch() - since_1970).count()) * 4096 / 1000;
    const std::uint64_t number = static_cast<std::uint64_t>(serial) & 0x3fff;
    const std::uint64_t chance =
        digest(fmt::format("{}\n{}\n{}\n{}\n{}", node, process.boot_id, process.pid, process.start_ticks, serial)) & 0xffff'ffff'ffff;
    return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", milliseconds >> 16, milliseconds & 0xffff, version << 12 | fraction,
                       variant << 14 | number, chance);
}

std::string short_sid(const std::string& sid) {
    constexpr std::size_t digits = 8;
    return sid.size() > digits ? sid.substr(sid.size() - digits) : sid;
}

}  // namespace svcmgr
