#include "svcmgr/config/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <tuple>
#include <unordered_map>

namespace svcmgr {

namespace {

constexpr std::size_t usual_entries = 6;     // of a section
constexpr std::size_t most_findings = 1000;  // more help nobody, and a file of garbage must not fill the memory

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

/// Where the first byte from `start` on is that `is`. (find_first_of calls memchr for each byte.)
template <bool (*is)(char)>
std::size_t find_byte(std::string_view text, std::size_t start) {
    for (std::size_t at = start; at < text.size(); ++at)
        if (is(text[at])) return at;
    return std::string_view::npos;
}

template <bool (*is)(char)>
bool all_are(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return is(c); });
}

bool is_filled(char c) {
    return !is_blank(c);
}

bool is_separator(char c) {
    return c == '=' || c == ':';
}

bool is_key_byte(char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

/// `name` or `name@scope`
bool is_key(std::string_view key) {
    if (key.empty() || !(is_letter(key.front()) || key.front() == '_')) return false;
    const std::size_t at = key.find('@');
    const std::string_view name = key.substr(0, at);
    const std::string_view scope = at == std::string_view::npos ? std::string_view() : key.substr(at + 1);
    if (at != std::string_view::npos && scope.empty()) return false;
    return all_are<is_key_byte>(name) && all_are<is_key_byte>(scope);
}

/// How far right `index` is, tabs counted to the next multiple of 8.
std::size_t indentation(std::string_view line, std::size_t index) {
    std::size_t column = 0;
    for (const char c : line.substr(0, index)) column = c == '\t' ? (column / 8 + 1) * 8 : column + 1;
    return column;
}

std::size_t find_control_byte(std::string_view line) {
    const auto found = std::find_if(line.begin(), line.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\t') || byte == 0x7f;
    });
    return found == line.end() ? std::string_view::npos : static_cast<std::size_t>(found - line.begin());
}

/// Where a ';' begins a comment in `line` from `start` on, which is behind the separator.
std::size_t find_inline_comment(std::string_view line, std::size_t start) {
    for (std::size_t at = line.find(';', start); at != std::string_view::npos; at = line.find(';', at + 1))
        if (is_blank(line[at - 1])) return at;
    return std::string_view::npos;
}

class Reader {
public:
    Reader(const Lines& lines, const std::string& file) : lines_(lines), file_(file) {}

    Reading read() {
        for (index_ = 0; index_ < lines_.count(); ++index_) {
            line_ = lines_.line(index_);
            read_line();
        }
        find_duplicate_entries();
        std::stable_sort(reading_.findings.begin(), reading_.findings.end(),
                         [](const Finding& a, const Finding& b) { return a.place.line < b.place.line; });
        return std::move(reading_);
    }

private:
    void read_line() {
        if (const std::size_t control = find_control_byte(line_); control != std::string_view::npos) {
            const auto byte = static_cast<unsigned char>(line_[control]);
            report(control, 1, fmt::format("the line has a control byte (0x{:02x}); is this a text file?", byte));
            close_entry();
            return;
        }
        const std::size_t first = find_byte<is_filled>(line_, 0);
        if (first == std::string_view::npos) {
            close_entry();
        } else if (is_comment(line_)) {
            return;
        } else if (line_[first] == '[') {
            read_header(first);
        } else {
            read_entry_or_continuation(first);
        }
    }

    void read_entry_or_continuation(std::size_t first) {
        const std::size_t separator = find_byte<is_separator>(line_, first);
        const bool deeper = entry_open_ && indentation(line_, first) > entry_indentation_;
        if (deeper && !is_entry_where_text_may_stand(first, separator)) {
            continue_entry(first);
        } else if (separator == std::string_view::npos) {
            report(first, line_.size() - first, "the line has no '='; a keyword and its value are written 'keyword = value'");
            close_entry();
        } else {
            read_entry(first, separator);
        }
        extend_block();
    }

    bool is_entry_where_text_may_stand(std::size_t first, std::size_t separator) const {
        if (separator == std::string_view::npos || !is_key(trimmed(line_.substr(first, separator - first)))) return false;
        return line_[separator] == '=' || separator + 1 == line_.size() || is_blank(line_[separator + 1]);
    }

    void read_header(std::size_t first) {
        close_entry();
        inside_section_ = true;
        const std::size_t close = line_.find(']', first);
        const std::size_t name_end = std::min(close, line_.size());
        const std::string_view name = trimmed(line_.substr(first + 1, name_end - first - 1));
        if (close == std::string_view::npos) {
            report(first, line_.size() - first, "the section's '[' has no ']'");
        } else if (name.empty()) {
            report(first, close + 1 - first, "the section has no name");
        } else if (const std::size_t blank = find_byte<is_blank>(name, 0); blank != std::string_view::npos) {
            report(first + 1, close - first - 1, fmt::format("the section's name '{}' has a blank in it", name));
        } else {
            check_behind_header(close + 1);
        }
        section_ = name.empty() ? std::nullopt : std::optional(open_section(name, first));
        extend_block();
    }

    void check_behind_header(std::size_t behind) {
        const std::size_t rest = find_byte<is_filled>(line_, behind);
        if (rest == std::string_view::npos || line_[rest] == '#' || line_[rest] == ';') return;
        report(rest, line_.size() - rest, "there is text behind the section's ']'; a comment begins with '#'");
    }

    std::size_t open_section(std::string_view written, std::size_t first) {
        std::string name(lower_case(written) == "default" ? "DEFAULT" : written);
        const auto [found, is_new] = section_numbers_.try_emplace(std::move(name), reading_.sections.size());
        if (is_new) {
            Section& section = reading_.sections.emplace_back();
            section.name = found->first;
            section.place = place_at(first);
            section.entries.reserve(usual_entries);
        } else {
            const int before = reading_.sections[found->second].place.line;
            Finding& finding =
                report(first, written.size() + 2,
                       fmt::format("the section [{}] is already in line {}; what both say is put together", found->first, before));
            finding.kind = Finding::Kind::duplicate;
            finding.level = Finding::Level::warning;
            finding.section = found->first;
        }
        reading_.sections[found->second].blocks.push_back({index_, index_ + 1});
        return found->second;
    }

    void read_entry(std::size_t first, std::size_t separator) {
        close_entry();
        const std::string_view key = trimmed(line_.substr(first, separator - first));
        if (!is_key(key)) {
            report(first, std::max<std::size_t>(separator - first, 1), what_is_wrong_with(key));
        } else if (!inside_section_) {
            report(first, key.size(), fmt::format("'{}' stands before any section; write [DEFAULT] above it", key));
        } else if (section_) {
            reading_.sections[*section_].entries.push_back(make_entry(first, separator, key));
        }
        // Also of an entry that is dropped: its continuation lines are not worth findings of their own.
        entry_open_ = true;
        entry_kept_ = is_key(key) && inside_section_ && section_;
        entry_indentation_ = indentation(line_, first);
    }

    static std::string what_is_wrong_with(std::string_view key) {
        if (key.empty()) return "there is no keyword before the separator";
        if (find_byte<is_blank>(key, 0) != std::string_view::npos) return fmt::format("'{}' is no keyword: it has a blank in it", key);
        if (key.back() == '@') return fmt::format("'{}' has no scope behind its '@'", key);
        return fmt::format("'{}' is no keyword: letters, digits, '_', '-' and '.' make one", key);
    }

    Entry make_entry(std::size_t first, std::size_t separator, std::string_view key) const {
        Entry entry;
        const std::size_t at = key.find('@');
        entry.keyword = lower_case(key.substr(0, at));
        if (at != std::string_view::npos) entry.scope = lower_case(key.substr(at + 1));
        entry.place = place_at(first);
        entry.first_line = index_;
        entry.end_line = index_ + 1;

        const std::size_t comment = find_inline_comment(line_, separator + 1);
        if (comment != std::string_view::npos) entry.comment_column = static_cast<int>(comment) + 1;
        const std::size_t value_end = std::min(comment, line_.size());
        const std::string_view value = trimmed(line_.substr(separator + 1, value_end - separator - 1));
        const std::size_t start = value.empty() ? separator + 1 : static_cast<std::size_t>(value.data() - line_.data());
        entry.value_place = place_at(start);
        if (value != "\"\"") entry.value = value;
        return entry;
    }

    void continue_entry(std::size_t first) {
        if (!entry_kept_) return;
        Entry& entry = reading_.sections[*section_].entries.back();
        const std::string_view more = trimmed(line_.substr(first));
        if (entry.value.empty() && entry.end_line == entry.first_line + 1) {
            entry.value_place = place_at(first);
        } else {
            entry.value += '\n';
        }
        entry.value += more;
        entry.end_line = index_ + 1;
    }

    void close_entry() {
        entry_open_ = false;
        entry_kept_ = false;
    }

    void extend_block() {
        if (section_) reading_.sections[*section_].blocks.back().end_line = index_ + 1;
    }

    void find_duplicate_entries() {
        for (const Section& section : reading_.sections) {
            const std::vector<Entry>& entries = section.entries;
            std::vector<std::uint32_t> order(entries.size());
            std::iota(order.begin(), order.end(), 0U);
            std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
                return std::tie(entries[a].keyword, entries[a].scope, a) < std::tie(entries[b].keyword, entries[b].scope, b);
            });
            for (std::size_t i = 1; i < order.size(); ++i) {
                const Entry& before = entries[order[i - 1]];
                const Entry& entry = entries[order[i]];
                if (before.keyword == entry.keyword && before.scope == entry.scope) report_duplicate(section, before, entry);
            }
        }
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
    std::unordered_map<std::string, std::size_t> section_numbers_;
    Finding surplus_;

    std::size_t index_ = 0;
    std::string_view line_;
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
    const std::size_t first = find_byte<is_filled>(line, 0);
    return first != std::string_view::npos && (line[first] == '#' || line[first] == ';');
}

}  // namespace svcmgr
