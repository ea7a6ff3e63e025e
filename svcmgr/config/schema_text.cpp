// `print keywords`, and the words to complete it with.

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "drivers/error.h"
#include "svcmgr/config/finding.h"
#include "svcmgr/config/keyword_facts.h"
#include "svcmgr/config/schema.h"

namespace svcmgr {

namespace {

/// Columns of a terminal: one for each character.
std::size_t columns_of(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

/// Makes text of at most `width` columns; a word that is longer has a line of its own.
class Writer {
public:
    Writer(const Schema& schema, std::size_t width) : schema_(schema), width_(width) {}

    std::string overview() const {
        std::size_t widest = 0;
        for (const SectionPage& page : schema_.pages) widest = std::max(widest, page.name.size());
        const std::string indentation(widest + 2, ' ');
        std::string text;
        for (const SectionPage& page : schema_.pages)
            text += fmt::format("{:<{}}", page.name, indentation.size()) + wrapped(page.text, indentation).substr(indentation.size());
        return text;
    }

    /// The page, or what of it holds for one `type`.
    std::string text_of(const SectionPage& page, std::string_view driver) const {
        std::string text = wrapped(fmt::format("{} {}", page.heading, page.text), "");
        for (const KeywordGroup& group : page.groups)
            if (driver.empty() || group.driver.empty() || group.driver == driver) text += text_of(group, page);
        if (page.kind == SectionPage::Kind::resource)
            text += "\n" + wrapped("And what every resource may say: `print keywords resource`.", "");
        return text;
    }

    /// Every table of the page is searched, so that a keyword is found whatever its type. Empty when the page has none.
    std::string text_of_keyword(const SectionPage& page, std::string_view name) const {
        std::string text;
        for (const KeywordGroup& group : page.groups)
            for (const Keyword* keyword : keywords_of(group, page)) {
                if (keyword->name != name) continue;
                if (!text.empty()) text += '\n';
                if (!group.driver.empty()) text += fmt::format("With type = {}:\n", group.driver);
                text += text_of(*keyword, page);
            }
        return text;
    }

private:
    /// `text` in lines that each begin with `indentation`.
    std::string wrapped(std::string_view text, std::string_view indentation) const {
        std::string result, line;
        for (const std::string& word : split_words(text)) {
            if (!line.empty() && indentation.size() + columns_of(line) + 1 + columns_of(word) > width_) {
                result += fmt::format("{}{}\n", indentation, line);
                line.clear();
            }
            if (!line.empty()) line += ' ';
            line += word;
        }
        if (!line.empty()) result += fmt::format("{}{}\n", indentation, line);
        return result;
    }

    std::string text_of(const Keyword& keyword, const SectionPage& page) const {
        std::string text = fmt::format("  {}\n{}", keyword.name, wrapped(keyword.text, "      "));
        for (const KeywordFact& fact : facts_of(keyword, page)) text += wrapped(fmt::format("{}: {}", fact.name, fact.value), "      ");
        return text;
    }

    std::string text_of(const KeywordGroup& group, const SectionPage& page) const {
        std::string text;
        if (!group.driver.empty()) text += "\n" + wrapped(fmt::format("With type = {}. {}", group.driver, group.text), "");
        for (const Keyword* keyword : keywords_of(group, page)) text += "\n" + text_of(*keyword, page);
        return text;
    }

    const Schema& schema_;
    std::size_t width_;
};

bool has_driver(const SectionPage& page, std::string_view name) {
    return std::any_of(page.groups.begin(), page.groups.end(), [&](const KeywordGroup& group) { return group.driver == name; });
}

const SectionPage* find_page(const Schema& schema, std::string_view name) {
    const std::string wanted = lower_case(name.substr(0, name.find('#')));
    const auto found =
        std::find_if(schema.pages.begin(), schema.pages.end(), [&](const SectionPage& page) { return lower_case(page.name) == wanted; });
    return found == schema.pages.end() ? nullptr : &*found;
}

[[noreturn]] void refuse(std::string message, std::string_view word, const std::vector<std::string>& words, std::string_view before) {
    const std::string near = nearest_word(word, {words.begin(), words.end()});
    throw Error(Error::Code::invalid, std::move(message), {},
                near.empty() ? "`print keywords` shows what there is" : fmt::format("did you mean '{}{}'?", before, near));
}

}  // namespace

std::string keywords_text(const Schema& schema, std::string_view what, std::size_t width) {
    const Writer writer(schema, width);
    if (what.empty()) return writer.overview();
    const std::size_t dot = what.rfind('.');
    const std::string_view section = what.substr(0, dot);
    const SectionPage* page = find_page(schema, section);
    if (!page) {
        std::vector<std::string> names;
        for (const SectionPage& other : schema.pages) names.push_back(other.name);
        refuse(fmt::format("there are no sections '{}'", section), section, names, "");
    }
    if (dot == std::string_view::npos) return writer.text_of(*page, {});

    const std::string word = lower_case(what.substr(dot + 1));
    if (has_driver(*page, word)) return writer.text_of(*page, word);
    std::string text = writer.text_of_keyword(*page, word);
    const SectionPage* every = page->kind == SectionPage::Kind::resource ? find_page(schema, "resource") : nullptr;
    if (text.empty() && every) text = writer.text_of_keyword(*every, word);
    if (!text.empty()) return text;
    std::vector<std::string> names;
    for (const SectionPage* of : {page, every})
        for (const KeywordGroup& group : of ? of->groups : std::vector<KeywordGroup>())
            for (const Keyword* keyword : keywords_of(group, *of)) names.emplace_back(keyword->name);
    refuse(fmt::format("sections {} have no keyword '{}'", page->heading, word), word, names, fmt::format("{}.", page->name));
}

std::vector<std::string> keywords_words(const Schema& schema) {
    std::set<std::string> words;
    for (const SectionPage& page : schema.pages) {
        words.insert(page.name);
        for (const KeywordGroup& group : page.groups) {
            if (!group.driver.empty()) words.insert(fmt::format("{}.{}", page.name, group.driver));
            for (const Keyword* keyword : keywords_of(group, page)) words.insert(fmt::format("{}.{}", page.name, keyword->name));
        }
    }
    return {words.begin(), words.end()};
}

}  // namespace svcmgr
