#include "tests/conformance/transcript_writer.h"

#include <fmt/format.h>

#include "drivers/options.h"

namespace svcmgr::conformance {

namespace {

bool is_plain(const std::string& word) {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=,@%+";
    return !word.empty() && word.find_first_not_of(letters) == std::string::npos;
}

/// In double quotes, which keep everything but themselves and backslashes.
std::string quoted(const std::string& word) {
    if (is_plain(word)) return word;
    std::string text = "\"";
    for (const char letter : word) {
        if (letter == '"' || letter == '\\') text += '\\';
        text += letter;
    }
    return text + '"';
}

std::string lines(std::string_view word, std::string_view text) {
    std::string written;
    for (const auto line : split(text, '\n')) written += line.empty() ? fmt::format("{}:\n", word) : fmt::format("{}: {}\n", word, line);
    return written;
}

/// stdout to the byte: its last line may have no end.
std::string out_of(std::string_view text) {
    const auto end = text.rfind('\n');
    std::string written;
    if (end != std::string_view::npos) written = lines("out", text.substr(0, end));
    const auto rest = end == std::string_view::npos ? text : text.substr(end + 1);
    return rest.empty() ? written : written + fmt::format("raw: {}\n", rest);
}

std::string answer_of(const CommandResult& result) {
    if (result.timed_out) return "hangs:\n";
    if (!result.not_started.empty()) return "missing:\n";
    std::string written = out_of(result.out);
    const std::string_view err = result.err;
    if (!err.empty()) written += lines("err", err.substr(0, err.ends_with('\n') ? err.size() - 1 : err.size()));
    if (result.exit_code != 0) written += fmt::format("exit: {}\n", result.exit_code);
    return written;
}

}  // namespace

void TranscriptWriter::begin(const std::string& comment) {
    const std::lock_guard lock(mutex_);
    text_ = fmt::format("# {}\n", comment);
    looks_.clear();
    files_.clear();
    mode_ = Mode::look;
}

void TranscriptWriter::set(Mode mode) {
    const std::lock_guard lock(mutex_);
    mode_ = mode;
}

TranscriptWriter::Mode TranscriptWriter::mode() const {
    const std::lock_guard lock(mutex_);
    return mode_;
}

void TranscriptWriter::guest(const Guest& guest) {
    const std::lock_guard lock(mutex_);
    text_ += fmt::format("guest: {} {}\n", guest.name, guest.hostname);
}

void TranscriptWriter::section(const std::string& keyword, const std::string& value) {
    const std::lock_guard lock(mutex_);
    text_ += fmt::format("section: {}={}\n", keyword, value);
}

void TranscriptWriter::answered(const Argv& argv, const CommandResult& result) {
    const std::lock_guard lock(mutex_);
    if (mode_ == Mode::nothing) return;
    if (mode_ == Mode::look) looking_.insert(argv);
    std::string event;
    for (const auto& word : argv) event += ' ' + quoted(word);
    event += '\n' + answer_of(result);
    if (!looking_.contains(argv)) {
        looks_.clear();
        text_ += "call:" + event;
    } else if (looks_.insert(event).second) {
        text_ += "look:" + event;
    }
}

void TranscriptWriter::file(const std::string& path, const std::string& content) {
    const std::lock_guard lock(mutex_);
    if (mode_ == Mode::nothing) return;
    const auto known = files_.find(path);
    if (known != files_.end() && (known->second == content || content.empty())) return;
    files_[path] = content;
    text_ += fmt::format("file: {}\n", path);
    if (!content.empty()) text_ += lines("text", std::string_view(content).substr(0, content.size() - (content.ends_with('\n') ? 1 : 0)));
}

std::string TranscriptWriter::text() const {
    const std::lock_guard lock(mutex_);
    return text_;
}

}  // namespace svcmgr::conformance
