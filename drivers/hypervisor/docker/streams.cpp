#include "drivers/hypervisor/docker/streams.h"

#include <fmt/format.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "drivers/hypervisor/docker/answers.h"

namespace svcmgr::docker {

namespace {

constexpr std::size_t header_size = 8;
constexpr std::size_t longest_line = 1000;
/// One event of a pull; a longer line is no such event.
constexpr std::size_t longest_event = 64 << 10;

std::size_t room(const std::string& text, std::size_t limit) {
    return limit - std::min(limit, text.size());
}

std::string printable(std::string_view line) {
    std::string clean(line.substr(0, longest_line));
    while (!clean.empty() && (clean.back() == '\r' || clean.back() == ' ')) clean.pop_back();
    for (char& c : clean)
        if ((c >= 0 && c < ' ' && c != '\t') || c == 127) c = '?';
    if (line.size() > longest_line) clean += "…";
    return clean;
}

}  // namespace

void OutputFrames::keep(std::string_view bytes) {
    std::string& stream = is_error_ ? err : out;
    truncated = truncated || bytes.size() > room(stream, limit_);
    stream.append(bytes.substr(0, room(stream, limit_)));
    all.append(bytes.substr(0, room(all, 2 * limit_)));
}

bool OutputFrames::take(std::string_view bytes) {
    if (shape_ == Shape::plain) {
        keep(bytes);
        return true;
    }
    while (!bytes.empty()) {
        if (missing_ > 0) {
            const std::string_view part = bytes.substr(0, missing_);
            keep(part);
            missing_ -= part.size();
            bytes.remove_prefix(part.size());
            continue;
        }
        const std::string_view part = bytes.substr(0, header_size - header_.size());
        header_ += part;
        bytes.remove_prefix(part.size());
        if (header_.size() < header_size) continue;
        if (header_[0] < 0 || header_[0] > 2 || header_.compare(1, 3, std::string(3, '\0')) != 0) return false;
        is_error_ = header_[0] == 2;
        for (std::size_t i = 4; i < header_size; ++i) missing_ = missing_ << 8 | static_cast<unsigned char>(header_[i]);
        header_.clear();
    }
    return true;
}

std::vector<std::string> last_lines(std::string_view text, std::size_t most) {
    std::vector<std::string> lines;
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
    while (!text.empty() && lines.size() < most) {
        const auto newline = text.rfind('\n');
        const std::string_view line = newline == std::string_view::npos ? text : text.substr(newline + 1);
        lines.push_back(printable(line));
        text = newline == std::string_view::npos ? std::string_view() : text.substr(0, newline);
    }
    std::ranges::reverse(lines);
    return lines;
}

void PullProgress::take(std::string_view bytes) {
    for (const char c : bytes) {
        if (c == '\n') {
            take_line(line_);
            line_.clear();
        } else if (line_.size() < longest_event) {
            line_ += c;
        }
    }
}

void PullProgress::end() {
    take_line(line_);
    line_.clear();
}

void PullProgress::take_line(std::string_view line) {
    if (line.find_first_not_of(" \r\t") == std::string_view::npos) return;
    const auto event = nlohmann::json::parse(line, nullptr, false);
    if (!event.is_object()) {
        if (problem_.empty()) problem_ = fmt::format("its progress can't be read: {}", printable(line.substr(0, 200)));
        return;
    }
    for (const char* name : {"error", "message"})
        if (const auto words = text_in(event, name); !words.empty()) problem_ = printable(words);
    const std::string status = printable(text_in(event, "status"));
    const std::string id = printable(text_in(event, "id"));
    if (status.empty()) return;
    if (id.empty()) {
        if (status != told_) tell_(status);
        told_ = status;
        return;
    }
    Layer& layer = layers_[id];
    const bool is_layer = id.find(' ') == std::string::npos && !status.starts_with("Pulling from ");
    if (!is_layer) {
        layers_.erase(id);
        return tell_(fmt::format("{}: {}", id, status));
    }
    if (layers_.size() > 1000) return;
    layer.status = status;
    if (const auto detail = event.find("progressDetail"); detail != event.end() && detail->is_object()) {
        layer.current = number_in(*detail, "current").value_or(layer.current);
        layer.total = number_in(*detail, "total").value_or(layer.total);
    }
    if (status == "Download complete" || status == "Pull complete" || status == "Already exists") layer.current = layer.total;
    tell_of_layers();
}

/// A line for each tenth of all that is to be loaded.
void PullProgress::tell_of_layers() {
    double current = 0, total = 0;
    std::size_t done = 0;
    for (const auto& [id, layer] : layers_) {
        current += layer.status == "Extracting" ? layer.total : layer.current;
        total += layer.total;
        done += layer.status == "Pull complete" || layer.status == "Already exists" ? 1 : 0;
    }
    if (total <= 0) return;
    const int tenths = static_cast<int>(std::clamp(10 * current / total, 0.0, 10.0));
    if (tenths <= tenths_told_) return;
    tenths_told_ = tenths;
    tell_(fmt::format("{}% of {:.1f} MB, {} of {} layers are there", tenths * 10, total / 1e6, done, layers_.size()));
}

}  // namespace svcmgr::docker
