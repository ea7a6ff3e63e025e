#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace svcmgr::compose {

/// `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}`, `${NAME:+other}`, `${NAME+other}` and `${NAME:?why}` replaced, also in a
/// default or another value of those, up to 50 deep; `$$` made a '$', as compose does. `missing` is told each name that has neither a value
/// nor a default; it counts as empty.
std::string with_variables(std::string_view text, const std::map<std::string, std::string>& values,
                           const std::function<void(const std::string& name)>& missing);

}  // namespace svcmgr::compose
