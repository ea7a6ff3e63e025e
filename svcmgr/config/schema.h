#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/options.h"

namespace svcmgr {

/// Keywords of a kind of section that are shown together.
struct KeywordGroup {
    std::string driver;  ///< the `type` that they belong to; empty when they hold for any
    std::string text;    ///< one sentence about it; may be empty
    KeywordSet keywords;
};

/// A kind of section as a reader of the manual meets it.
struct SectionPage {
    std::string name;     ///< "ip"
    std::string heading;  ///< how it is written: "[ip#N]"; for what every resource may say: "Every resource"
    std::string text;     ///< one or two sentences
    std::vector<KeywordGroup> groups;
    /// resource: it may say what the page `resource` has, too. free: any keyword.
    enum class Kind { plain, resource, free } kind = Kind::plain;
    std::string pattern;         ///< an ECMA regular expression of the names of such sections
    std::string default_driver;  ///< the `type` of a section that says none
};

/// Everything that a file may say, in the order of the manual. What follows is generated from it, and from nothing else.
struct Schema {
    std::string name;   ///< "svcmgr.env"
    std::string title;  ///< one line: "env file of a service"
    std::vector<SectionPage> pages;
};

/// What `print keywords WHAT` prints: all kinds of sections when `what` is empty, else one of them ("ip", "ip#1"), its keywords of one type
/// ("container.kvm") or one keyword ("ip.ipname"), in lines of at most `width` columns. Throws Error `invalid`, with the nearest word, when
/// there is no such thing.
std::string keywords_text(const Schema& schema, std::string_view what, std::size_t width = 78);

/// The sections of a manual page about the keywords, in the language of scdoc(5).
std::string keywords_scdoc(const Schema& schema);

/// A JSON schema (2020-12) of the file as an object of sections that are objects of strings: the sections with their names, the keywords
/// (with their scopes) in lower case. It knows nothing of what one value says about another.
std::string keywords_json_schema(const Schema& schema);

/// "ip", "ip.ipname" …: what a shell may complete `print keywords` with; and with a section, what `--param SECTION.` may be followed by.
std::vector<std::string> keywords_words(const Schema& schema);

}  // namespace svcmgr
