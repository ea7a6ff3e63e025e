#pragma once

#include <yaml-cpp/yaml.h>

#include <string>
#include <vector>

namespace svcmgr::compose {

/// A key of a mapping, and what it says.
struct Item {
    std::string key;
    YAML::Node value;
    int line = 0;  ///< of the key, from 1
};

/// A mapping's keys in their order, those that it merges in ("<<") behind its own. Empty for what is no mapping. Throws
/// YAML::ParserException for mappings that are merged without an end, or more of them than anybody means.
std::vector<Item> items(const YAML::Node& mapping);
int line_of(const YAML::Node& node);

}  // namespace svcmgr::compose
