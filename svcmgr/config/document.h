#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "drivers/options.h"
#include "svcmgr/config/finding.h"
#include "svcmgr/config/lines.h"

namespace svcmgr {

/// `key = value` as it was written.
struct Entry {
    explicit Entry(Place of) : place(std::move(of)) {}

    std::string keyword;  ///< lower-cased, without its scope
    std::string scope;    ///< what stands behind the '@', lower-cased; empty when there is none
    std::string value;    ///< trimmed, without an inline comment; continuation lines joined by one newline each; `""` is empty
    Place place;          ///< of the keyword
    Place value_place;
    std::size_t first_line = 0;  ///< index into the document's lines; the entry covers [first_line, end_line), comments between included
    std::size_t end_line = 0;
    bool may_refer = false;  ///< there is a '{' or a '$' in its lines: only such a value can have references
    int comment_column = 0;  ///< of an inline comment's ';' on the first line; 0 when there is none

    std::string name() const { return scope.empty() ? keyword : keyword + "@" + scope; }
};

struct Section {
    Section(std::string named, Place of) : name(std::move(named)), place(std::move(of)) {}

    /// From a header to the last line that is not blank and no comment.
    struct Block {
        std::size_t first_line = 0;
        std::size_t end_line = 0;
    };

    std::string name;  ///< as written; "DEFAULT" for any spelling of default
    Place place;
    std::vector<Entry> entries;             ///< in the order of the file; a keyword said twice is there twice, the last one counts
    std::vector<Block> blocks;              ///< one for each time that its header is written
    std::vector<std::uint32_t> by_keyword;  ///< indices of `entries`, sorted by keyword, then in the order of the file

    /// Of by_keyword: the entries from `first` on that have its keyword.
    std::span<const std::uint32_t> said_like(std::size_t first) const;
    /// Of by_keyword: the entries of a keyword.
    std::span<const std::uint32_t> said(std::string_view keyword) const;
};

/// Calls `with` for each keyword of a section, with the indices of its entries.
template <std::invocable<std::span<const std::uint32_t>> Function>
void for_each_keyword(const Section& section, Function with) {
    for (std::size_t first = 0; first < section.by_keyword.size();) {
        const std::span<const std::uint32_t> said = section.said_like(first);
        with(said);
        first += said.size();
    }
}

/// A file of sections, as it was read: every byte is kept, so that an edit changes one line and leaves the rest byte for byte.
///
/// Reading (contract.md 2.1, libraries.md D.3):
/// - `[name]` starts a section whatever its indentation; "default" in any case is DEFAULT; one written twice is one section, with a
/// warning.
/// - `key = value` and `key : value` are entries whatever their indentation. Keys are lower-cased.
/// - A line that is indented deeper than an entry directly before it (comments may stand between, a blank line not) and that is not itself
///   shaped like `[name]` or `key = value` continues that entry's value. A ':' counts as a separator there only when a blank follows, so
///   that "http://x" and "/dev/a:/dev/b" can be continuation lines. Tabs count to the next multiple of 8.
/// - Lines whose first character is '#' or ';' are comments. Behind a value, a ';' after a blank begins a comment, as it did in every
/// OpenSVC;
///   a '#' does not (`comment = recette gen db #2`). Because a shell user may have meant that ';', the checker warns about it in commands.
/// - A byte order mark and "\r\n" are accepted. Other control bytes, text behind a header's ']', a '[' without ']', a line without '=', an
///   entry before any section and a file over 1 MiB are errors: what can't be read is never guessed.
class Document {
public:
    static constexpr std::size_t largest_file = 1 << 20;

    /// Reads `text`. What can't be read is a finding; everything else is in the document.
    static Document parse(std::string text, std::string file_name);

    const std::string& file() const { return file_; }
    const std::vector<Section>& sections() const { return sections_; }
    /// By its name; any spelling of default finds DEFAULT. Null when there is none.
    const Section* find(std::string_view section) const;
    /// The entry that counts for `keyword` (may carry a scope), or null.
    const Entry* find(std::string_view section, std::string_view keyword) const;
    const Findings& findings() const { return findings_; }
    /// The text of a line, without its end; 1 is the first.
    std::string_view line(int number) const;
    /// Where the byte at `offset` of an entry's value stands.
    Place place_in_value(const Entry& entry, std::size_t offset) const;
    /// The whole file as it was read, and as edits left it.
    const std::string& text() const { return lines_.text(); }

    /// Sets `keyword` (may carry a scope) in `section`, both made when missing. Every other line stays byte for byte; continuation lines of
    /// the old value go, an inline comment stays. Throws Error `invalid`, with nothing changed, when the value would not be read back as it
    /// was given (a control byte, " ;", a line break that would begin something else).
    void set(std::string_view section, std::string_view keyword, std::string_view value);
    /// Removes it, every time that it is said; false when it was not there.
    bool unset(std::string_view section, std::string_view keyword);
    /// Removes a section with everything in it; comments behind its last entry stay. False when it was not there.
    bool remove_section(std::string_view section);

private:
    std::string file_;
    Lines lines_;
    std::vector<Section> sections_;
    std::vector<std::uint32_t> by_name_;  ///< indices of sections_, sorted by name
    Findings findings_;
};

}  // namespace svcmgr
