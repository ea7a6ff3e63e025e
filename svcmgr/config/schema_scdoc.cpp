// The part of a manual page that the tables of keywords make.

#include <fmt/format.h>

#include "svcmgr/config/keyword_facts.h"
#include "svcmgr/config/scdoc.h"
#include "svcmgr/config/schema.h"

namespace svcmgr {

namespace {

/// A definition: the keyword, what it says, and its facts in a paragraph of their own.
std::string scdoc_of(const Keyword& keyword, const SectionPage& page) {
    std::string text = fmt::format("*{}*\n\t{}\n", scdoc_plain(keyword.name), scdoc_prose(keyword.text));
    std::string facts;
    for (const KeywordFact& fact : facts_of(keyword, page))
        facts += fmt::format("{}{}: {}", facts.empty() ? "" : ". ", fact.name, scdoc_plain(fact.value));
    return text + fmt::format("\n\t{}.\n\n", facts);
}

std::string scdoc_of(const SectionPage& page) {
    std::string text = fmt::format("# {}\n\n{}\n\n", page.heading, scdoc_prose(page.text));
    if (page.kind == SectionPage::Kind::resource) text += "It may say what every resource may, too.\n\n";
    for (const KeywordGroup& group : page.groups) {
        const std::vector<const Keyword*> keywords = keywords_of(group, page);
        if (!group.driver.empty()) text += fmt::format("## type = {}\n\n", group.driver);
        if (!group.text.empty()) text += scdoc_prose(group.text) + "\n\n";
        for (const Keyword* keyword : keywords) text += scdoc_of(*keyword, page);
    }
    return text;
}

}  // namespace

std::string keywords_scdoc(const Schema& schema) {
    std::string text;
    for (const SectionPage& page : schema.pages) text += scdoc_of(page);
    return text;
}

}  // namespace svcmgr
