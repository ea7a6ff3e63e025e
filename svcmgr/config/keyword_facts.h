#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "svcmgr/config/schema.h"

namespace svcmgr {

/// What is true of a keyword of a page beside its text: "value: true or false", "default: 4m" …
struct KeywordFact {
    std::string_view name;
    std::string value;
};
std::vector<KeywordFact> facts_of(const Keyword& keyword, const SectionPage& page);

/// The keywords of a group, each once: those that the kind has for every type are not repeated for one of them.
std::vector<const Keyword*> keywords_of(const KeywordGroup& group, const SectionPage& page);

}  // namespace svcmgr
