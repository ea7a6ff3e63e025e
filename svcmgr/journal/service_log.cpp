#include "svcmgr/journal/service_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "drivers/error.h"

namespace svcmgr {

namespace {

constexpr std::uint32_t file_mode = 0640;
constexpr std::uint32_t directory_mode = 0750;
constexpr std::size_t window = 1 << 20;
/// A reader does not know how many files the writer keeps.
constexpr int most_files = 1000;

Path put_aside_name(const Path& file, int number) {
    return fmt::format("{}.{}", file, number);
}

/// The lines of `text`; what stands behind the last line end is left out.
std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::size_t begin = 0;
    for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
        lines.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return lines;
}

}  // namespace

void LogWriter::add(const std::string& line) {
    const std::size_t slash = file_.rfind('/');
    if (!made_directory_ && slash != Path::npos && slash > 0) world_.files.make_directories(file_.substr(0, slash), directory_mode);
    made_directory_ = true;
    if (const auto facts = world_.files.facts(file_); facts && limits_.size > 0 && facts->size >= limits_.size) try_to_put_aside();
    world_.files.append(file_, line + "\n", file_mode);
}

/// A log that is too large is better than a line that is lost.
void LogWriter::try_to_put_aside() {
    try {
        put_aside();
    } catch (const Error&) {
        return;
    }
}

/// From the oldest on, so that a kill in between loses none.
void LogWriter::put_aside() {
    if (limits_.keep <= 0) return world_.files.remove(file_);
    for (int number = limits_.keep - 1; number >= 1; --number) {
        const Path from = put_aside_name(file_, number);
        if (world_.files.facts(from)) world_.files.rename(from, put_aside_name(file_, number + 1));
    }
    world_.files.rename(file_, put_aside_name(file_, 1));
}

std::optional<FileFacts> LogReader::look(const Path& file) {
    auto facts = world_.files.facts(file);
    if (facts) return *facts;
    if (!facts.error().absent()) problem_ = fmt::format("{}: {}", file, facts.error().reason);
    return std::nullopt;
}

std::vector<std::string> LogReader::last(std::size_t count) {
    std::vector<std::string> lines;
    if (const auto facts = look(file_)) {
        Part part = read_tail(file_, *facts);
        place_ = {facts->identity, part.end};
        lines = std::move(part.lines);
    }
    for (int number = 1; lines.size() < count && number < most_files; ++number) {
        const Path older = put_aside_name(file_, number);
        const auto facts = look(older);
        if (!facts) break;
        Part before = read_tail(older, *facts);
        std::ranges::move(lines, std::back_inserter(before.lines));
        lines = std::move(before.lines);
    }
    if (lines.size() > count) lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(count));
    return lines;
}

/// The last MiB, from the first whole line on.
LogReader::Part LogReader::read_tail(const Path& file, const FileFacts& facts) {
    const std::uint64_t begin = facts.size > window ? facts.size - window : 0;
    Part part = read_on(file, begin);
    if (begin > 0 && !part.lines.empty()) part.lines.erase(part.lines.begin());
    return part;
}

LogReader::Part LogReader::read_on(const Path& file, std::uint64_t offset) {
    Part part{{}, offset};
    while (true) {
        auto text = world_.files.read_part(file, part.end, window);
        if (!text) {
            if (!text.error().absent()) problem_ = fmt::format("{}: {}", file, text.error().reason);
            return part;
        }
        const bool full = text->size() == window;
        const std::size_t end = text->rfind('\n');
        if (end == std::string::npos && !full) return part;  // the rest of the line is still to come
        if (end == std::string::npos) *text += '\n';         // nobody writes lines like that
        part.end += end == std::string::npos ? window : end + 1;
        std::ranges::move(lines_of(*text), std::back_inserter(part.lines));
        if (!full) return part;
    }
}

std::vector<std::string> LogReader::more() {
    problem_.clear();
    const auto facts = look(file_);
    if (!facts) return {};
    std::vector<std::string> lines;
    if (facts->identity != place_.identity) {
        lines = rest_of_those_put_aside();
        place_ = {facts->identity, 0};
    } else if (facts->size < place_.offset) {
        place_.offset = 0;
    }
    Part part = read_on(file_, place_.offset);
    place_.offset = part.end;
    std::ranges::move(part.lines, std::back_inserter(lines));
    return lines;
}

/// Of the file that was read last time, and of those that were written and put aside after it.
std::vector<std::string> LogReader::rest_of_those_put_aside() {
    int number = 1;
    while (place_.identity != 0 && number < most_files) {
        const auto facts = look(put_aside_name(file_, number));
        if (!facts) return {};
        if (facts->identity == place_.identity) break;
        ++number;
    }
    std::vector<std::string> lines;
    std::uint64_t offset = place_.offset;
    for (; place_.identity != 0 && number >= 1; --number, offset = 0)
        std::ranges::move(read_on(put_aside_name(file_, number), offset).lines, std::back_inserter(lines));
    return lines;
}

}  // namespace svcmgr
