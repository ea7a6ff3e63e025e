#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "svcmgr/config/keyword_name.h"
#include "svcmgr/config/sections.h"
#include "svcmgr/report/style.h"

namespace svcmgr {

/// A service's configuration as one node reads it.
struct EvaluatedConfig {
    std::string service;
    std::string node;
    std::string file;
    Sections sections;
};

/// Whether passwords, tokens and keys are printed as they are (drivers/secret_names.h).
enum class SecretValues { hidden, shown };

/// What a keyword is, where it was said.
struct ValueSeen {
    std::string service;
    KeywordName name;
    OptionValue value;  ///< no place: a default
};

/// An env file with its comments in grey and its sections in colour; as it is when the style has none.
std::string config_text(std::string_view file, const Style& style, SecretValues secrets);
/// Every value that somebody said or that depends on node and service, in the syntax of an env file: `key = value  ; file:line`.
std::string evaluated_text(const EvaluatedConfig& config, const Style& style, SecretValues secrets);
/// `svcmgr.config/1`: these and the defaults of the tables.
std::string evaluated_json(const std::vector<EvaluatedConfig>& configs, SecretValues secrets);
/// `svcmgr.values/1`.
std::string values_json(const std::vector<ValueSeen>& values);
/// A container, where `ls --label` has found it.
struct ContainerSeen {
    std::string service, rid, name;
};
/// `svcmgr.containers/1`.
std::string containers_json(const std::vector<ContainerSeen>& containers);
/// `svcmgr.services/1`: names.
std::string services_json(const std::vector<std::string>& names);

}  // namespace svcmgr
