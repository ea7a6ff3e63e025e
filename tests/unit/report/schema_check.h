#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace svcmgr {

/// Checks a document against a JSON schema and returns what is wrong with it, one line each. Knows the keywords that our schemas use and
/// complains about any other, so that nothing in a schema is silently without effect.
std::vector<std::string> check_against_schema(const nlohmann::ordered_json& document, const nlohmann::ordered_json& schema);

}  // namespace svcmgr
