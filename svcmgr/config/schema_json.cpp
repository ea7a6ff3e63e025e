// The JSON schema that the tables of keywords make.

#include <fmt/format.h>

#include "svcmgr/config/keyword_facts.h"
#include "svcmgr/config/schema.h"

namespace svcmgr {

namespace {

/// A reference or arithmetic stands for any value.
constexpr std::string_view reference = "\\{|\\$\\(";

std::string quoted(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') result += '\\';
        result += c;
    }
    return result + "\"";
}

std::string list_of(std::span<const std::string_view> words) {
    std::string result;
    for (const std::string_view word : words) result += (result.empty() ? "" : ", ") + quoted(word);
    return "[" + result + "]";
}

/// A pattern of these words in any case.
std::string any_case(std::span<const std::string_view> words) {
    std::string result;
    for (const std::string_view word : words) {
        result += result.empty() ? "^(" : "|";
        for (const char c : word) {
            const char lower = lower_case({&c, 1}).front();
            const bool letter = lower >= 'a' && lower <= 'z';
            const bool plain = letter || (c >= '0' && c <= '9') || c == ' ' || c == '_' || c == '-';
            if (letter)
                result += fmt::format("[{}{}]", lower, static_cast<char>(lower - 'a' + 'A'));
            else
                result += fmt::format("{}{}", plain ? "" : "\\", c);
        }
    }
    return result + ")$";
}

/// The pattern of a type; empty when any text is allowed.
std::string_view pattern_of(Keyword::Type type) {
    switch (type) {
        case Keyword::Type::boolean:
            return "^(1|[yY]|[yY][eE][sS]|[tT]|[tT][rR][uU][eE]|[oO][nN]|0|[nN]|[nN][oO]|[fF]|[fF][aA][lL][sS][eE]|[oO][fF][fF])$";
        case Keyword::Type::integer: return "^[0-9]+$";
        case Keyword::Type::size: return "^[0-9]+([kmgtpeKMGTPE]([iI]?[bB])?)?$";
        case Keyword::Type::duration:
        case Keyword::Type::minutes: return "^([0-9]+|([0-9]+[wdhmsWDHMS])+)$";
        case Keyword::Type::name: return "^([A-Za-z0-9][A-Za-z0-9._-]*)?$";
        case Keyword::Type::word: return "^([^- ][^ ]*)?$";
        case Keyword::Type::node_list: return "^([A-Za-z0-9][A-Za-z0-9._-]*\\s*)*$";
        case Keyword::Type::text:
        case Keyword::Type::list:
        case Keyword::Type::command: return {};
    }
    return {};
}

std::string json_of(const Keyword& keyword) {
    std::string json = fmt::format("{{\"type\": \"string\", \"description\": {}", quoted(keyword.text));
    if (!keyword.default_value.empty()) json += fmt::format(", \"default\": {}", quoted(keyword.default_value));
    if (!keyword.example.empty()) json += fmt::format(", \"examples\": [{}]", quoted(keyword.example));
    if (!keyword.replaced_by.empty()) json += ", \"deprecated\": true";
    const std::string_view pattern = pattern_of(keyword.type);
    if (!keyword.candidates.empty() && keyword.type != Keyword::Type::list) {
        json += fmt::format(", \"anyOf\": [{{\"enum\": {}}}, {{\"pattern\": {}}}]", list_of(keyword.candidates),
                            quoted(fmt::format("{}|{}", any_case(keyword.candidates), reference)));
    } else if (!pattern.empty()) {
        json += fmt::format(", \"pattern\": {}", quoted(fmt::format("{}|{}", pattern, reference)));
    }
    return json + "}";
}

/// One property a keyword; a pattern where a scope may follow.
std::string properties_of(const std::vector<const Keyword*>& keywords, std::string_view indentation) {
    std::string plain, scoped;
    for (const Keyword* keyword : keywords) {
        std::string& into = keyword->scope == Keyword::Scope::everywhere ? plain : scoped;
        const std::string key = &into == &plain ? std::string(keyword->name) : fmt::format("^{}(@.+)?$", keyword->name);
        into += fmt::format("{}\n{}  {}: {}", into.empty() ? "" : ",", indentation, quoted(key), json_of(*keyword));
    }
    std::string json;
    if (!plain.empty()) json += fmt::format("\"properties\": {{{}\n{}}}", plain, indentation);
    if (!plain.empty() && !scoped.empty()) json += fmt::format(",\n{}", indentation);
    if (!scoped.empty()) json += fmt::format("\"patternProperties\": {{{}\n{}}}", scoped, indentation);
    return json;
}

/// A group that holds when the section's type is its driver, or for any section of the kind.
std::string json_of(const KeywordGroup& group, const SectionPage& page) {
    const std::string properties = properties_of(keywords_of(group, page), "      ");
    if (group.driver.empty()) return properties.empty() ? "" : fmt::format("      {{{}}}", properties);
    // A section without a type has the default one.
    const std::string_view said = group.driver == page.default_driver ? "" : ", \"required\": [\"type\"]";
    const std::string condition = fmt::format("\"properties\": {{\"type\": {{\"const\": {}}}}}{}", quoted(group.driver), said);
    return properties.empty() ? "" : fmt::format("      {{\"if\": {{{}}}, \"then\": {{{}}}}}", condition, properties);
}

std::string json_of(const SectionPage& page) {
    if (page.kind == SectionPage::Kind::free)
        return fmt::format("{{\"type\": \"object\", \"description\": {}, \"additionalProperties\": {{\"type\": \"string\"}}}}",
                           quoted(page.text));
    std::string parts;
    if (page.kind == SectionPage::Kind::resource) parts = "      {\"$ref\": \"#/$defs/resource\"}";
    for (const KeywordGroup& group : page.groups) {
        const std::string part = json_of(group, page);
        if (!part.empty()) parts += (parts.empty() ? "" : ",\n") + part;
    }
    // Those of every resource are part of another definition, and DEFAULT may say what any section may.
    const bool open = page.name == "resource" || page.name == "DEFAULT";
    return fmt::format("{{\"type\": \"object\", \"description\": {},\n    \"allOf\": [\n{}\n    ]{}}}", quoted(page.text), parts,
                       open ? "" : ",\n    \"unevaluatedProperties\": false");
}

}  // namespace

std::string keywords_json_schema(const Schema& schema) {
    std::string sections, definitions;
    for (const SectionPage& page : schema.pages) {
        definitions += fmt::format("{}\n  {}: {}", definitions.empty() ? "" : ",", quoted(page.name), json_of(page));
        if (page.pattern.empty()) continue;
        sections +=
            fmt::format("{}\n  {}: {{\"$ref\": {}}}", sections.empty() ? "" : ",", quoted(page.pattern), quoted("#/$defs/" + page.name));
    }
    return fmt::format(
        "{{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n\"$id\": {},\n\"title\": {},\n\"type\": \"object\",\n"
        "\"patternProperties\": {{{}\n}},\n\"additionalProperties\": false,\n\"$defs\": {{{}\n}}}}\n",
        quoted(schema.name + "/1"), quoted(schema.title), sections, definitions);
}

}  // namespace svcmgr
