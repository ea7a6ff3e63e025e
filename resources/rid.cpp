#include "resources/rid.h"

#include <string_view>

#include "drivers/numbers.h"

namespace svcmgr {

namespace {

/// Takes the digits at the front of `text`.
std::string_view take_digits(std::string_view& text) {
    std::size_t length = 0;
    while (length < text.size() && is_digit(text[length])) ++length;
    const std::string_view digits = text.substr(0, length);
    text.remove_prefix(length);
    return digits;
}

std::string_view without_leading_zeros(std::string_view digits) {
    while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
    return digits;
}

/// By value, without converting: a name may have more digits than any integer type.
std::strong_ordering compare_numbers(std::string_view a, std::string_view b) {
    a = without_leading_zeros(a);
    b = without_leading_zeros(b);
    if (a.size() != b.size()) return a.size() <=> b.size();
    return a.compare(b) <=> 0;
}

}  // namespace

std::string Rid::index() const {
    const std::size_t hash = text_.find('#');
    return hash == std::string::npos ? std::string() : text_.substr(hash + 1);
}

std::strong_ordering Rid::operator<=>(const Rid& other) const {
    return compare_naturally(text_, other.text_);
}

std::strong_ordering compare_naturally(std::string_view a, std::string_view b) {
    const std::string_view whole_a = a, whole_b = b;
    while (!a.empty() && !b.empty()) {
        if (is_digit(a.front()) && is_digit(b.front())) {
            const auto order = compare_numbers(take_digits(a), take_digits(b));
            if (order != 0) return order;
        } else if (a.front() != b.front()) {
            return static_cast<unsigned char>(a.front()) <=> static_cast<unsigned char>(b.front());
        } else {
            a.remove_prefix(1);
            b.remove_prefix(1);
        }
    }
    if (a.empty() != b.empty()) return b.empty() <=> a.empty();
    // "a2" and "a02" are the same number but not the same name: only the same name is equal.
    return whole_a.compare(whole_b) <=> 0;
}

}  // namespace svcmgr
