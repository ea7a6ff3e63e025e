#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace svcmgr {

/// A decimal one, whatever the locale.
constexpr bool is_digit(char letter) {
    return letter >= '0' && letter <= '9';
}

/// The whole text as a number; nothing when there is anything else in it, or when the type can't hold it.
template <typename Number>
std::optional<Number> parse_number(std::string_view text, int base = 10) {
    Number number{};
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

}  // namespace svcmgr
