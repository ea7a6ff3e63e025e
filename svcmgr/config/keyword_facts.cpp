#include "svcmgr/config/keyword_facts.h"

#include <fmt/format.h>

#include <algorithm>

#include "svcmgr/config/value_check.h"

namespace svcmgr {

namespace {

std::string value_of(const Keyword& keyword) {
    if (keyword.candidates.empty()) return std::string(describe(keyword.type));
    const std::string words = fmt::format("{}", fmt::join(keyword.candidates.begin(), keyword.candidates.end(), ", "));
    return (keyword.type == Keyword::Type::list ? "some of " : "one of ") + words;
}

std::string types_of(const SectionPage& page) {
    std::string types;
    for (const KeywordGroup& group : page.groups)
        if (!group.driver.empty()) types += (types.empty() ? "" : ", ") + group.driver;
    return types;
}

bool is_same(const Keyword& a, const Keyword& b) {
    return a.name == b.name && a.text == b.text && a.default_value == b.default_value;
}

bool is_said_for_every_type(const Keyword& keyword, const SectionPage& page) {
    for (const KeywordGroup& group : page.groups) {
        const Keyword* found = group.driver.empty() ? group.keywords.find(keyword.name) : nullptr;
        if (found && is_same(*found, keyword)) return true;
    }
    return false;
}

}  // namespace

std::vector<KeywordFact> facts_of(const Keyword& keyword, const SectionPage& page) {
    std::vector<KeywordFact> facts = {{"value", value_of(keyword)}};
    if (keyword.name == "type") {
        const std::string types = types_of(page);
        if (!types.empty()) facts.push_back({"types with keywords of their own", types});
    }
    if (keyword.need == Keyword::Need::required) facts.push_back({"needed", "always"});
    if (!keyword.default_value.empty()) facts.push_back({"default", std::string(keyword.default_value)});
    if (keyword.scope == Keyword::Scope::everywhere) facts.push_back({"scope", "none: it holds for all nodes"});
    if (!keyword.example.empty()) facts.push_back({"example", fmt::format("{} = {}", keyword.name, keyword.example)});
    if (!keyword.replaced_by.empty()) facts.push_back({"deprecated", fmt::format("write {}", keyword.replaced_by)});
    facts.push_back({"since", keyword.since == "svcmgr" ? "svcmgr" : fmt::format("OpenSVC {}", keyword.since)});
    return facts;
}

std::vector<const Keyword*> keywords_of(const KeywordGroup& group, const SectionPage& page) {
    std::vector<const Keyword*> result;
    for (const Keyword* keyword : group.keywords.all())
        if (group.driver.empty() || !is_said_for_every_type(*keyword, page)) result.push_back(keyword);
    return result;
}

}  // namespace svcmgr
