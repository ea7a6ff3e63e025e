#pragma once

#include <compare>
#include <string>

namespace svcmgr {

/// The name of a resource: its section's name, `ip#1`, `vmdg`, `fs#data`. Ordered naturally: `ip#2` before `ip#10`.
class Rid {
public:
    Rid() = default;
    explicit Rid(std::string text) : text_(std::move(text)) {}

    const std::string& text() const { return text_; }
    std::string kind() const { return text_.substr(0, text_.find('#')); }  ///< what stands before the '#'
    std::string index() const;                                             ///< what stands behind it, or empty

    bool operator==(const Rid&) const = default;
    std::strong_ordering operator<=>(const Rid& other) const;

private:
    std::string text_;
};

/// Digits in names compare as numbers: "a2" < "a10".
std::strong_ordering compare_naturally(std::string_view a, std::string_view b);

}  // namespace svcmgr
