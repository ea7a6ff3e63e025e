// What nearly every file includes, parsed once for a build (cmake/settings.cmake). Only headers from outside the project: a change of ours
// must not rebuild everything.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <tl/expected.hpp>

namespace precompiled {

// The templates that these calls instantiate are the half of a small file's compile time; here they are instantiated once.
inline std::string common_formats(const std::string& text, std::string_view view, const char* word, int number, std::size_t count) {
    return fmt::format("{} {} {}", text, text, text) + fmt::format("{}", view) + fmt::format("{}{}", word, number) +
           fmt::format("{}", count);
}

}  // namespace precompiled
