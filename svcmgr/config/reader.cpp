#include "svcmgr/config/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <optional>
#include <span>
#include <unordered_map>

namespace svcmgr {

namespace {

constexpr std::size_t usual_entries = 6;  // of a section
constexpr std::size_t usual_sections = 8;
constexpr std::size_t most_findings = 1000;  // more help nobody, and a file of garbage must not fill the memory
constexpr std::size_t none = std::string_view::npos;

constexpr bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_blank(char c) {
    return c == ' ' || c == '\t';
}
constexpr bool is_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
}
constexpr bool is_key_byte(char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

/// What the reader asks of a byte, as a set: each byte of thousands of files is asked several times.
enum Means : std::uint8_t { blank = 1, separator = 2, control = 4, key = 8, comment = 16, reference = 32 };

constexpr auto meanings = [] {
    std::array<std::uint8_t, 256> table{};
    for (int byte = 0; byte < 256; ++byte) {
        const auto c = static_cast<char>(byte);
        int means = is_blank(c) ? blank : 0;
        if (c == '=' || c == ':') means |= separator;
        if (is_control(c)) means |= control;
        if (is_key_byte(c)) means |= key;
        if (c == '#' || c == ';') means |= comment;
        if (c == '{' || c == '$') means |= reference;
        table.at(static_cast<std::size_t>(byte)) = static_cast<std::uint8_t>(means);
    }
    return table;
}();

bool means(char c, int any_of) {
    return (meanings[static_cast<unsigned char>(c)] & any_of) != 0;  // NOLINT(cppcoreguidelines-pro-bounds-constant-array-index)
}

/// Where the first byte from `start` on is that means one of `any_of`, or none of `but`.
std::size_t find(std::string_view text, std::size_t start, int any_of) {
    for (std::size_t at = start; at < text.size(); ++at)
        if (means(text[at], any_of)) return at;
    return none;
}
std::size_t find_other_than(std::string_view text, std::size_t start, int but) {
    for (std::size_t at = start; at < text.size(); ++at)
        if (!means(text[at], but)) return at;
    return none;
}

/// `name` or `name@scope`
bool is_key(std::string_view text) {
    if (text.empty() || !(is_letter(text.front()) || text.front() == '_')) return false;
    const std::size_t at = std::min(find_other_than(text, 0, key), text.size());
    return at == text.size() || (text[at] == '@' && at + 1 < text.size() && find_other_than(text, at + 1, key) == none);
}

/// How far right `index` is, tabs counted to the next multiple of 8.
std::size_t indentation(std::string_view line, std::size_t index) {
    std::size_t column = 0;
    for (const char c : line.substr(0, index)) column = c == '\t' ? (column / 8 + 1) * 8 : column + 1;
    return column;
}

/// Where a ';' begins a comment in `line` from `start` on, which is behind the separator.
std::size_t find_inline_comment(std::string_view line, std::size_t start) {
    for (std::size_t at = line.find(';', start); at != none; at = line.find(';', at + 1))
        if (is_blank(line[at - 1])) return at;
    return none;
}

class Reader {
public:
    Reader(const Lines& lines, const std::string& file) : lines_(lines), file_(file) {}

    Reading read() {
        reading_.sections.reserve(usual_sections);
        for (index_ = 0; index_ < lines_.count(); ++index_) {
            line_ = lines_.line(index_);
            read_line();
        }
        order_entries();
        std::stable_sort(reading_.findings.begin(), reading_.findings.end(),
                         [](const Finding& a, const Finding& b) { return a.place.line < b.place.line; });
        return std::move(reading_);
    }

private:
    void read_line() {
        first_ = find_other_than(line_, 0, blank);
        if (first_ == none) return close_entry();
        separator_ = none;
        has_semicolon_ = may_refer_ = false;
        for (std::size_t at = first_; (at = find(line_, at, separator | control | comment | reference)) != none; ++at) {
            if (means(line_[at], control)) return refuse_control_byte(at);
            if (means(line_[at], separator)) separator_ = std::min(separator_, at);
            has_semicolon_ = has_semicolon_ || line_[at] == ';';
            may_refer_ = may_refer_ || means(line_[at], reference);
        }
        if (means(line_[first_], comment)) return;
        if (line_[first_] == '[')
            read_header();
        else
            read_entry_or_continuation();
    }

    void refuse_control_byte(std::size_t at) {
        const auto byte = static_cast<unsigned char>(line_[at]);
        report(at, 1, fmt::format("the line has a control byte (0x{:02x}); is this a text file?", byte));
        close_entry();
    }

    void read_entry_or_continuation() {
        const bool deeper = entry_open_ && indentation(line_, first_) > entry_indentation_;
        if (deeper && !is_entry_where_text_may_stand()) {
            continue_entry();
        } else if (separator_ == none) {
            report(first_, line_.size() - first_, "the line has no '='; a keyword and its value are written 'keyword = value'");
            close_entry();
        } else {
            read_entry();
        }
        extend_block();
    }

    bool is_entry_where_text_may_stand() const {
        if (separator_ == none || !is_key(key_text())) return false;
        return line_[separator_] == '=' || separator_ + 1 == line_.size() || is_blank(line_[separator_ + 1]);
    }

    /// What stands before the separator.
    std::string_view key_text() const { return trimmed(line_.substr(first_, separator_ - first_)); }

    void read_header() {
        const std::size_t first = first_;
        close_entry();
        inside_section_ = true;
        const std::size_t close = line_.find(']', first);
        const std::size_t name_end = std::min(close, line_.size());
        const std::string_view name = trimmed(line_.substr(first + 1, name_end - first - 1));
        if (close == none) {
            report(first, line_.size() - first, "the section's '[' has no ']'");
        } else if (name.empty()) {
            report(first, close + 1 - first, "the section has no name");
        } else if (find(name, 0, blank) != none) {
            report(first + 1, close - first - 1, fmt::format("the section's name '{}' has a blank in it", name));
        } else {
            check_behind_header(close + 1);
        }
        section_ = name.empty() ? std::nullopt : std::optional(open_section(name));
        extend_block();
    }

    void check_behind_header(std::size_t behind) {
        const std::size_t rest = find_other_than(line_, behind, blank);
        if (rest == none || line_[rest] == '#' || line_[rest] == ';') return;
        report(rest, line_.size() - rest, "there is text behind the section's ']'; a comment begins with '#'");
    }

    std::size_t open_section(std::string_view written) {
        const std::string_view name = same_word(written, "default") ? "DEFAULT" : written;
        std::size_t number = find_section(name);
        if (number == reading_.sections.size()) {
            Section& section = reading_.sections.emplace_back(std::string(name), place_at(first_));
            section.entries.reserve(usual_entries);
            if (number >= usual_sections) section_numbers_.emplace(name, number);
        } else {
            const int before = reading_.sections[number].place.line;
            Finding& finding = report(first_, written.size() + 2,
                                      fmt::format("the section [{}] is already in line {}; what both say is put together", name, before));
            finding.kind = Finding::Kind::duplicate;
            finding.level = Finding::Level::warning;
            finding.section = name;
        }
        reading_.sections[number].blocks.push_back({index_, index_ + 1});
        return number;
    }

    /// The section's number, or how many there are when it is new. The first few are compared, the rest is in an index.
    std::size_t find_section(std::string_view name) const {
        const std::size_t few = std::min(reading_.sections.size(), usual_sections);
        for (std::size_t number = 0; number < few; ++number)
            if (reading_.sections[number].name == name) return number;
        const auto found = section_numbers_.find(name);
        return found == section_numbers_.end() ? reading_.sections.size() : found->second;
    }

    void read_entry() {
        const std::string_view text = key_text();
        const bool good = is_key(text);
        if (!good) {
            report(first_, std::max<std::size_t>(separator_ - first_, 1), what_is_wrong_with(text));
        } else if (!inside_section_) {
            report(first_, text.size(), fmt::format("'{}' stands before any section; write [DEFAULT] above it", text));
        } else if (section_) {
            add_entry(text);
        }
        // Also of an entry that is dropped: its continuation lines are not worth findings of their own.
        entry_open_ = true;
        entry_kept_ = good && section_;
        entry_indentation_ = indentation(line_, first_);
    }

    static std::string what_is_wrong_with(std::string_view text) {
        if (text.empty()) return "there is no keyword before the separator";
        if (find(text, 0, blank) != none) return fmt::format("'{}' is no keyword: it has a blank in it", text);
        if (text.back() == '@') return fmt::format("'{}' has no scope behind its '@'", text);
        return fmt::format("'{}' is no keyword: letters, digits, '_', '-' and '.' make one", text);
    }

    void add_entry(std::string_view text) {
        Entry& entry = reading_.sections[*section_].entries.emplace_back(place_at(first_));
        const std::size_t at = text.find('@');
        entry.keyword = lower_case(text.substr(0, at));
        if (at != none) entry.scope = lower_case(text.substr(at + 1));
        entry.may_refer = may_refer_;
        entry.first_line = index_;
        entry.end_line = index_ + 1;

        const std::size_t inline_comment = has_semicolon_ ? find_inline_comment(line_, separator_ + 1) : none;
        if (inline_comment != none) entry.comment_column = static_cast<int>(inline_comment) + 1;
        const std::size_t value_end = std::min(inline_comment, line_.size());
        const std::string_view value = trimmed(line_.substr(separator_ + 1, value_end - separator_ - 1));
        const std::size_t start = value.empty() ? separator_ + 1 : static_cast<std::size_t>(value.data() - line_.data());
        entry.value_place = place_at(start);
        if (value != "\"\"") entry.value = value;
    }

    void continue_entry() {
        if (!entry_kept_) return;
        Entry& entry = reading_.sections[*section_].entries.back();
        const std::string_view more = trimmed(line_.substr(first_));
        if (entry.value.empty() && entry.end_line == entry.first_line + 1) {
            entry.value_place = place_at(first_);
        } else {
            entry.value += '\n';
        }
        entry.value += more;
        entry.may_refer = entry.may_refer || may_refer_;
        entry.end_line = index_ + 1;
    }

    void close_entry() {
        entry_open_ = false;
        entry_kept_ = false;
    }

    void extend_block() {
        if (section_) reading_.sections[*section_].blocks.back().end_line = index_ + 1;
    }

    /// Puts the entries of each section in the order of their keywords, too.
    void order_entries() {
        for (Section& section : reading_.sections) {
            const std::vector<Entry>& entries = section.entries;
            std::vector<std::uint32_t>& order = section.by_keyword;
            order.resize(entries.size());
            std::iota(order.begin(), order.end(), 0U);
            std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) {
                const int compared = entries[a].keyword.compare(entries[b].keyword);
                return compared < 0 || (compared == 0 && a < b);
            });
            for_each_keyword(section, [&](std::span<const std::uint32_t> said) {
                if (said.size() > 1) find_duplicates(section, said);
            });
        }
    }

    /// Among the entries of one keyword.
    void find_duplicates(const Section& section, std::span<const std::uint32_t> group) {
        const std::vector<Entry>& entries = section.entries;
        std::vector<std::uint32_t> by_scope(group.begin(), group.end());
        std::ranges::stable_sort(by_scope, {}, [&](std::uint32_t index) -> const std::string& { return entries[index].scope; });
        for (std::size_t i = 1; i < by_scope.size(); ++i)
            if (entries[by_scope[i - 1]].scope == entries[by_scope[i]].scope)
                report_duplicate(section, entries[by_scope[i - 1]], entries[by_scope[i]]);
    }

    void report_duplicate(const Section& section, const Entry& before, const Entry& entry) {
        line_ = lines_.line(entry.first_line);
        index_ = entry.first_line;
        Finding& finding = report(static_cast<std::size_t>(entry.place.column - 1), entry.name().size(),
                                  fmt::format("'{}' is already in line {} of [{}]; this one, in line {}, counts", entry.name(),
                                              before.place.line, section.name, entry.place.line));
        finding.kind = Finding::Kind::duplicate;
        finding.level = Finding::Level::warning;
        finding.section = section.name;
        finding.keyword = entry.name();
    }

    Place place_at(std::size_t column) const { return {file_, static_cast<int>(index_) + 1, static_cast<int>(column) + 1}; }

    Finding& report(std::size_t column, std::size_t length, std::string message) {
        // An error, so that none is lost behind a thousand warnings.
        if (reading_.findings.size() == most_findings) reading_.findings.push_back(too_many(column));
        if (reading_.findings.size() > most_findings) {
            surplus_ = {};
            return surplus_;
        }
        Finding& finding = reading_.findings.emplace_back();
        finding.place = place_at(column);
        finding.length = static_cast<int>(length);
        finding.message = std::move(message);
        finding.source_line = line_;
        if (section_) finding.section = reading_.sections[*section_].name;
        return finding;
    }

    Finding too_many(std::size_t column) const {
        Finding finding;
        finding.place = place_at(column);
        finding.message = fmt::format("there are more than {} findings; the rest is not shown", most_findings);
        finding.source_line = line_;
        return finding;
    }

    const Lines& lines_;
    FileName file_;
    Reading reading_;
    std::unordered_map<std::string_view, std::size_t> section_numbers_;  ///< of those behind the first usual_sections
    Finding surplus_;

    std::size_t index_ = 0;
    std::string_view line_;
    std::size_t first_ = none;      ///< of its bytes that are not blank
    std::size_t separator_ = none;  ///< the first '=' or ':'
    bool has_semicolon_ = false;
    bool may_refer_ = false;
    bool inside_section_ = false;         ///< a header was seen
    std::optional<std::size_t> section_;  ///< none before the first header and in a section without a name
    bool entry_open_ = false;             ///< a continuation line may follow
    bool entry_kept_ = false;             ///< the open entry is in the document
    std::size_t entry_indentation_ = 0;
};

}  // namespace

Reading read_sections(const Lines& lines, const std::string& file) {
    return Reader(lines, file).read();
}

bool is_comment(std::string_view line) {
    const std::size_t first = find_other_than(line, 0, blank);
    return first != none && means(line[first], comment);
}

}  // namespace svcmgr
