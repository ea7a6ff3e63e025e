#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace svcmgr {

/// What stands between `$(` and `)`: numbers, + - * / // % ** ^ and parentheses, with the precedence and the results of Python (contract.md
/// 2.3): `/` is exact, `//` and `%` round down, `^` is the exclusive or of whole numbers, `**` binds to the right. A whole result has no
/// fraction; another one has up to 15 significant digits, and is written as `1e-05` when it is very small.
/// The problem is a clause: "it divides by zero".
tl::expected<std::string, std::string> calculate(std::string_view expression);

}  // namespace svcmgr
