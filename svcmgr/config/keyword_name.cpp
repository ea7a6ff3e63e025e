#include "svcmgr/config/keyword_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "drivers/error.h"
#include "drivers/options.h"

namespace svcmgr {

namespace {

constexpr const char* hint = "write [SECTION.]KEYWORD[@SCOPE]: container#1.type, nodes@drpnodes";

bool is_written(std::string_view word, std::string_view besides) {
    return std::ranges::all_of(word,
                               [&](unsigned char c) { return std::isalnum(c) || besides.find(static_cast<char>(c)) != besides.npos; });
}

}  // namespace

KeywordName parse_keyword_name(std::string_view text) {
    const std::string_view all = trimmed(text);
    const std::size_t scope = std::min(all.find('@'), all.size());
    const std::size_t dot = all.substr(0, scope).rfind('.');
    KeywordName name;
    name.section = dot == std::string_view::npos ? "DEFAULT" : std::string(all.substr(0, dot));
    if (lower_case(name.section) == "default") name.section = "DEFAULT";
    name.keyword = lower_case(dot == std::string_view::npos ? all : all.substr(dot + 1));
    const std::string_view keyword = std::string_view(name.keyword).substr(0, name.keyword.find('@'));
    const std::string_view scope_name = std::string_view(name.keyword).substr(std::min(keyword.size() + 1, name.keyword.size()));
    if (name.section.empty() || keyword.empty() || !is_written(keyword, "_-") || !is_written(scope_name, "_-.") ||
        !is_written(name.section, "_-.#:") || name.keyword.ends_with('@'))
        throw Error(Error::Code::invalid, fmt::format("'{}' names no keyword", text), "", hint);
    return name;
}

Assignment parse_assignment(std::string_view text) {
    const std::size_t sign = text.find('=');
    if (sign == std::string_view::npos)
        throw Error(Error::Code::invalid, fmt::format("'{}' gives {} no value", text, parse_keyword_name(text).text()), "",
                    "write --kw SECTION.KEYWORD=VALUE, or --param SECTION.KEYWORD --value VALUE");
    return {parse_keyword_name(text.substr(0, sign)), std::string(trimmed(text.substr(sign + 1)))};
}

}  // namespace svcmgr
