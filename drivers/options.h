#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "drivers/clock.h"

namespace svcmgr {

/// The name of a file. Copies share its text: a document has thousands of places.
class FileName {
public:
    FileName() = default;
    FileName(std::string name) : text_(name.empty() ? nullptr : std::make_shared<const std::string>(std::move(name))) {}
    FileName(const char* name) : FileName(std::string(name)) {}

    const std::string& text() const;
    operator const std::string&() const { return text(); }
    bool empty() const { return !text_; }
    bool operator==(const FileName& other) const { return text_ == other.text_ || text() == other.text(); }

private:
    std::shared_ptr<const std::string> text_;  ///< null: empty
};

/// A place in a file that a person wrote: line and column count from 1, the column in bytes.
struct Place {
    FileName file;
    int line = 0;
    int column = 0;

    bool operator==(const Place&) const = default;
    std::string to_string() const;  ///< "file:line:column"; "" for a value that no file says (a default)
};

/// What a section may say: one entry of a table. From the tables come conversion, validation, manual page, completion and schema;
/// nothing about a keyword is written anywhere else.
struct Keyword {
    enum class Type {
        text,
        name,       ///< letters, digits, '.', '_', '-', a letter or digit first: it becomes part of paths and command lines
        word,       ///< no blanks in it, and no '-' at its start
        boolean,    ///< 1 yes y true t on, 0 no n false f off; any case
        integer,    ///< a whole number, not negative
        size,       ///< "10m", "2gib"; a bare number is MiB (contract.md 2.1)
        duration,   ///< "90", "90s", "5m", "1h30m", "1d"; a bare number is seconds
        minutes,    ///< as duration, but a bare number is minutes (`sync_max_delay`, contract.md 2.11)
        list,       ///< words, separated by blanks
        node_list,  ///< a list of node names, lower-cased
        command,    ///< a program and its arguments
    };
    enum class Need { optional, required };
    enum class Scope { everywhere, per_node };  ///< per_node: `name@node`, `name@nodes`, `name@drpnodes` … are read too

    std::string_view name;
    Type type = Type::text;
    std::string_view text;                         ///< one or more sentences for the manual page
    std::string_view default_value;                ///< as the user would write it, or a reference: {svcname}; empty: none
    std::span<const std::string_view> candidates;  ///< the only values allowed, any case; empty: any
    Need need = Need::optional;
    Scope scope = Scope::per_node;
    std::string_view example;
    std::string_view since;  ///< the OpenSVC version that had it first ("1.5"); "svcmgr" for our own
    /// Set for a deprecated name: the keyword that says the same today. When that one has the same type, the value is read under its name;
    /// otherwise (`autostart_node` -> `orchestrate`) it keeps its own. "container.type" stands for a keyword of sections of that kind.
    std::string_view replaced_by;
};

using Keywords = std::span<const Keyword>;

/// Tables that hold together: of a driver, of its kind, of every resource. Where several have a name, the first of them counts.
/// The tables are constants of the program; sets of the same tables share an index of them, and are as cheap to copy as a pointer.
class KeywordSet {
public:
    KeywordSet() = default;
    template <std::convertible_to<Keywords> Table>
    KeywordSet(const Table& table) : KeywordSet({Keywords(table)}) {}
    KeywordSet(std::initializer_list<Keywords> tables);  ///< six at most

    const Keyword* find(std::string_view name) const;
    /// Each that counts, once, in the order of the tables.
    std::span<const Keyword* const> all() const;
    /// Those that a section has to say.
    std::span<const Keyword* const> required() const;
    /// Those whose default is taken from another value: `{svcname}`.
    std::span<const Keyword* const> referring() const;

private:
    struct Index;
    const Index* index_ = nullptr;  ///< null: no keyword
};

/// A keyword's value for this node, and where it was said.
struct OptionValue {
    std::string text;
    Place place;
};

/// A section as one node sees it: scopes chosen, references resolved, defaults applied, every value checked against its keyword's type.
/// The getters therefore can't fail on anything that a user wrote; asking for a keyword that the table lacks is a bug (assertion).
/// Copies share their values until one of them is set.
class Options {
public:
    /// By keyword, in its order: a handful for each of thousands of sections.
    using Values = std::vector<std::pair<std::string, OptionValue>>;

    Options() = default;
    Options(std::string section, Place place, KeywordSet keywords)
        : section_(std::move(section)), place_(std::move(place)), keywords_(keywords) {}

    const std::string& section() const { return section_; }
    const Place& place() const { return place_; }
    const KeywordSet& keywords() const { return keywords_; }
    /// A value without a place is a default that depends on the node or the service.
    void set(const std::string& keyword, OptionValue value);

    /// What was said, or set for this node or service.
    const Values& values() const;
    /// Whether the user said it (a default does not count).
    bool said(std::string_view keyword) const;
    /// Where it was said; the section's own place for a default.
    Place place_of(std::string_view keyword) const;

    std::string text(std::string_view keyword) const;
    bool flag(std::string_view keyword) const;
    std::int64_t integer(std::string_view keyword) const;
    std::uint64_t size(std::string_view keyword) const;  ///< bytes
    Duration duration(std::string_view keyword) const;
    /// The words of a list; the program and the arguments of a command.
    std::vector<std::string> list(std::string_view keyword) const;

private:
    const OptionValue* find(std::string_view keyword) const;
    std::string_view raw(const Keyword& keyword) const;
    const Keyword& entry(std::string_view keyword) const;

    std::string section_;
    Place place_;
    KeywordSet keywords_;
    std::shared_ptr<Values> values_;  ///< null: none
};

/// Conversions of single values; nothing when the text does not have the type. Used by the checker and by Options.
std::optional<bool> parse_boolean(std::string_view text);
std::optional<std::int64_t> parse_integer(std::string_view text);
std::optional<std::uint64_t> parse_size(std::string_view text);  ///< bytes
std::optional<Duration> parse_duration(std::string_view text, Duration bare_number_unit = std::chrono::seconds(1));
std::vector<std::string> split_words(std::string_view text);
/// The same words as parts of `text`.
std::vector<std::string_view> words_in(std::string_view text);
/// The parts between separators, empty ones too: one more than there are separators. They refer into `text`.
std::vector<std::string_view> split(std::string_view text, char separator);
/// The same without empty parts.
std::vector<std::string> split_filled(std::string_view text, char separator);
/// Words as a shell would make them of quotes and backslashes, with nothing expanded. Nothing when a quote is not closed.
std::optional<std::vector<std::string>> split_command(std::string_view text);

/// `text` without blanks, tabs and line ends at both ends.
std::string_view trimmed(std::string_view text);
/// ASCII letters only, whatever the locale.
std::string lower_case(std::string_view text);
/// Whether they differ in no more than the case of ASCII letters.
bool same_word(std::string_view a, std::string_view b);

}  // namespace svcmgr
