// The edits of a Document. Each makes the new text, reads it, and keeps it only when the reading says what was asked for.

#include <fmt/format.h>

#include <algorithm>

#include "drivers/error.h"
#include "svcmgr/config/document.h"
#include "svcmgr/config/reader.h"

namespace svcmgr {

namespace {

/// What a value looks like after it was read.
std::string as_read(std::string_view value) {
    std::string result;
    for (;;) {
        const std::size_t end = value.find('\n');
        result += trimmed(value.substr(0, end));
        if (end == std::string_view::npos) break;
        result += '\n';
        value.remove_prefix(end + 1);
    }
    const std::string_view all = trimmed(result);
    return std::string(all == "\"\"" ? std::string_view() : all);
}

/// Copies lines of a document, and makes new ones with the file's own line end.
class Composer {
public:
    explicit Composer(const Lines& lines) : lines_(lines), text_(lines.byte_order_mark()) {}

    void copy(std::size_t first, std::size_t end) {
        for (std::size_t i = first; i < end; ++i) text_ += lines_.whole(i);
    }
    void copy_comments(std::size_t first, std::size_t end) {
        for (std::size_t i = first; i < end; ++i)
            if (is_comment(lines_.line(i))) text_ += lines_.whole(i);
    }
    /// Adds a line; the one before it gets an end when the file had none there.
    void add(std::string_view line) {
        if (!text_.empty() && text_ != lines_.byte_order_mark() && text_.back() != '\n') text_ += lines_.line_end();
        text_ += line;
        text_ += lines_.line_end();
    }
    /// The last line stays without an end where it had none.
    void end_as_before() {
        const std::string& before = lines_.text();
        if (before.empty() || before.back() == '\n') return;
        if (!text_.empty() && text_.back() == '\n') text_.pop_back();
        if (!text_.empty() && text_.back() == '\r') text_.pop_back();
    }
    std::string take() { return std::move(text_); }

private:
    const Lines& lines_;
    std::string text_;
};

/// The lines that say `start` + value + `tail`; further lines of the value are indented deeper than the first.
std::vector<std::string> value_lines(std::string_view indentation, std::string start, std::string_view value, std::string_view tail) {
    std::vector<std::string> lines;
    const std::size_t end = value.find('\n');
    start += value.substr(0, end);
    start += tail;
    lines.push_back(std::string(start.substr(0, start.find_last_not_of(" \t") + 1)));
    while (value.find('\n') != std::string_view::npos) {
        value.remove_prefix(value.find('\n') + 1);
        lines.push_back(fmt::format("{}    {}", indentation, value.substr(0, value.find('\n'))));
    }
    return lines;
}

std::string_view indentation_of(std::string_view line) {
    return line.substr(0, std::min(line.find_first_not_of(" \t"), line.size()));
}

/// The lines of an entry with another value: its spelling, separator and inline comment stay.
std::vector<std::string> lines_with_value(const Lines& lines, const Entry& entry, std::string_view value) {
    const std::string_view line = lines.line(entry.first_line);
    const std::size_t separator = line.find_first_of("=:", static_cast<std::size_t>(entry.place.column - 1));
    const std::size_t value_start = std::min(line.find_first_not_of(" \t", separator + 1), line.size());
    std::string start(line.substr(0, value_start));
    if (value_start == separator + 1 && value_start == line.size()) start += ' ';
    std::string tail;
    if (entry.comment_column != 0) {
        const auto comment = static_cast<std::size_t>(entry.comment_column - 1);
        const std::size_t old_end = line.find_last_not_of(" \t", comment - 1) + 1;
        tail = old_end > value_start ? line.substr(old_end) : " " + std::string(line.substr(comment));
        if (value.empty()) {
            tail = " " + std::string(trimmed(tail));
            start = start.substr(0, start.find_last_not_of(" \t") + 1);
        }
    }
    return value_lines(indentation_of(line), std::move(start), value, tail);
}

/// Whether both documents say the same, apart from entries called `name` of `section`, and from `section` being there at all.
bool same_elsewhere(const Document& before, const Document& after, std::string_view section, std::string_view name) {
    const auto said = [&](const Document& document) {
        std::vector<std::string_view> words;
        for (const Section& s : document.sections()) {
            const bool edited = &s == document.find(section);
            if (!edited) words.push_back(s.name);
            for (const Entry& e : s.entries) {
                if (edited && (name.empty() || e.name() == name)) continue;
                words.insert(words.end(), {e.keyword, e.scope, e.value});
            }
        }
        return words;
    };
    return said(before) == said(after);
}

std::ptrdiff_t errors_in(const Document& document) {
    const Findings& findings = document.findings();
    return std::count_if(findings.begin(), findings.end(), [](const Finding& f) { return f.level == Finding::Level::error; });
}

[[noreturn]] void refuse(const std::string& file, std::string what, std::string hint) {
    throw Error(Error::Code::invalid, std::move(what), file, std::move(hint));
}

}  // namespace

void Document::set(std::string_view section, std::string_view keyword, std::string_view value) {
    const std::string name = lower_case(keyword);
    const std::string wanted = as_read(value);
    const Section* in = find(section);
    const Entry* entry = find(section, name);

    Composer text(lines_);
    if (entry) {
        text.copy(0, entry->first_line);
        for (const std::string& line : lines_with_value(lines_, *entry, wanted)) text.add(line);
        text.copy_comments(entry->first_line, entry->end_line);
        text.copy(entry->end_line, lines_.count());
        if (entry->end_line == lines_.count()) text.end_as_before();
    } else {
        const std::size_t at = in ? in->blocks.back().end_line : lines_.count();
        text.copy(0, at);
        if (!in && at > 0 && !trimmed(lines_.line(at - 1)).empty()) text.add("");
        if (!in) text.add(fmt::format("[{}]", section));
        const std::string indentation(in ? indentation_of(lines_.line(in->entries.empty() ? at - 1 : in->entries.back().first_line)) : "");
        for (const std::string& line : value_lines(indentation, indentation + name + " = ", wanted, "")) text.add(line);
        text.copy(at, lines_.count());
    }

    Document edited = parse(text.take(), file_);
    const Entry* now = edited.find(section, name);
    if (!now || now->value != wanted || !same_elsewhere(*this, edited, section, name) || errors_in(edited) > errors_in(*this))
        refuse(file_, fmt::format("'{}' in [{}] can't be set to that value: it would be read as something else", keyword, section),
               "a value is one line of text without control bytes; ' ;' begins a comment");
    *this = std::move(edited);
}

bool Document::unset(std::string_view section, std::string_view keyword) {
    const std::string name = lower_case(keyword);
    const Section* in = find(section);
    if (!in || !find(section, name)) return false;

    Composer text(lines_);
    std::size_t next = 0;
    for (const Entry& entry : in->entries) {
        if (entry.name() != name) continue;
        text.copy(next, entry.first_line);
        text.copy_comments(entry.first_line, entry.end_line);
        next = entry.end_line;
    }
    text.copy(next, lines_.count());

    Document edited = parse(text.take(), file_);
    if (edited.find(section, name) || !same_elsewhere(*this, edited, section, name))
        refuse(file_, fmt::format("'{}' can't be removed from [{}]: the lines behind it would be read as something else", name, section),
               "correct the file's errors first");
    *this = std::move(edited);
    return true;
}

bool Document::remove_section(std::string_view section) {
    const Section* in = find(section);
    if (!in) return false;

    Composer text(lines_);
    std::size_t next = 0;
    for (const Section::Block& block : in->blocks) {
        text.copy(next, block.first_line);
        next = block.end_line;
        while (next < lines_.count() && trimmed(lines_.line(next)).empty()) ++next;
    }
    text.copy(next, lines_.count());

    Document edited = parse(text.take(), file_);
    if (edited.find(section) || !same_elsewhere(*this, edited, section, {}))
        refuse(file_, fmt::format("[{}] can't be removed: the lines behind it would be read as something else", section),
               "correct the file's errors first");
    *this = std::move(edited);
    return true;
}

}  // namespace svcmgr
