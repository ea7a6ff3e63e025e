#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace svcmgr {

/// A persistent reservation key: 64 bits, compared as a number. 0 is no key (SPC-4, 5.13.1).
class ReservationKey {
public:
    constexpr ReservationKey() = default;
    explicit constexpr ReservationKey(std::uint64_t value) : value_(value) {}
    /// "0x" and 1 to 16 hexadecimal digits, as node.conf and env files have it (contract.md 7.2). Nothing for everything else, and for 0.
    static std::optional<ReservationKey> parse(std::string_view text);

    constexpr std::uint64_t value() const { return value_; }
    constexpr explicit operator bool() const { return value_ != 0; }
    std::string text() const;  ///< "0x5e2a00000001"

    auto operator<=>(const ReservationKey&) const = default;

private:
    std::uint64_t value_ = 0;
};

}  // namespace svcmgr
