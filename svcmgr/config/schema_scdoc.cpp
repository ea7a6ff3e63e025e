// The part of a manual page that the tables of keywords make.

#include <fmt/format.h>

#include "svcmgr/config/keyword_facts.h"
#include "svcmgr/config/schema.h"

namespace svcmgr {

namespace {

/// Text in which scdoc finds nothing to format: '_' and '*' begin emphasis, '\' escapes, some bytes mean something at the start of a line.
std::string plain(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (std::string_view("\\_*[]<>#~`").find(c) != std::string_view::npos) result += '\\';
        result += c;
    }
    if (!result.empty() && std::string_view("-.|").find(result.front()) != std::string_view::npos) result.insert(result.begin(), '\\');
    return result;
}

/// The same with `words` in bold.
std::string prose(std::string_view text) {
    std::string result;
    for (bool bold = false; !text.empty(); bold = !bold) {
        const std::size_t end = text.find('`');
        const std::string part = plain(text.substr(0, end));
        result += bold && !part.empty() ? "*" + part + "*" : part;
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    }
    return result;
}

/// A definition: the keyword, what it says, and its facts in a paragraph of their own.
std::string scdoc_of(const Keyword& keyword, const SectionPage& page) {
    std::string text = fmt::format("*{}*\n\t{}\n", plain(keyword.name), prose(keyword.text));
    std::string facts;
    for (const KeywordFact& fact : facts_of(keyword, page))
        facts += fmt::format("{}{}: {}", facts.empty() ? "" : ". ", fact.name, plain(fact.value));
    return text + fmt::format("\n\t{}.\n\n", facts);
}

std::string scdoc_of(const SectionPage& page) {
    std::string text = fmt::format("# {}\n\n{}\n\n", page.heading, prose(page.text));
    if (page.kind == SectionPage::Kind::resource) text += "It may say what every resource may, too.\n\n";
    for (const KeywordGroup& group : page.groups) {
        const std::vector<const Keyword*> keywords = keywords_of(group, page);
        if (!group.driver.empty()) text += fmt::format("## type = {}\n\n", group.driver);
        if (!group.text.empty()) text += prose(group.text) + "\n\n";
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
