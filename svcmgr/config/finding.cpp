#include "svcmgr/config/finding.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>

#include "drivers/secret_names.h"
#include "drivers/utf8.h"

namespace svcmgr {

namespace {

constexpr std::size_t widest_line = 120;
constexpr std::size_t shown_before_caret = 60;
constexpr std::size_t longest_word = 64;  // a longer one is no keyword with a slip of the finger

/// How many insertions, deletions, replacements and swaps of neighbours lead from `a` to `b`, which have at most `longest_word` bytes.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    using Row = std::array<std::uint8_t, longest_word + 1>;
    const auto plus_one = [](std::uint8_t distance) { return static_cast<std::uint8_t>(distance + 1); };
    Row before_previous{}, previous{}, current{};
    std::iota(previous.begin(), previous.end(), std::uint8_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        current[0] = static_cast<std::uint8_t>(i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::uint8_t replaced = a[i - 1] == b[j - 1] ? previous[j - 1] : plus_one(previous[j - 1]);
            current[j] = std::min({plus_one(previous[j]), plus_one(current[j - 1]), replaced});
            const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) current[j] = std::min(current[j], plus_one(before_previous[j - 2]));
        }
        before_previous = previous;
        previous = current;
    }
    return previous[b.size()];
}

/// As many columns wide as before, so that the caret stays under its place; a tab stays a tab.
std::string printable(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const std::size_t length = std::max<std::size_t>(1, character_length(text));
        const std::string_view character = text.substr(0, length);
        const bool shown = character == "\t" || (character_length(text) != 0 && !steers_terminal(character));
        result += shown ? character : "?";
        text.remove_prefix(length);
    }
    return result;
}

/// A part from the beginning of the finding's line on, without secrets. Before the first section a line may be meant for any.
std::string hidden_line(const Finding& finding, std::string_view line) {
    const bool is_env = finding.section == "env";
    const std::string_view keyword = std::string_view(finding.keyword).substr(0, finding.keyword.find('@'));
    const std::string_view text = trimmed(line);
    const bool goes_on = is_env && sounds_secret(keyword) && lower_case(text.substr(0, keyword.size())) != keyword;
    if (goes_on && !text.empty()) return std::string(line.substr(0, line.find(text))) + std::string(secret_mark);
    const std::string header = is_env || finding.section.empty() ? "[env]\n" : "[other]\n";
    return without_secrets(header + std::string(line)).substr(header.size());
}

/// The source line and the caret line. Tabs before the caret are repeated under themselves, so that it stands right at any tab width.
std::string source_with_caret(const Finding& finding) {
    const std::string hidden = hidden_line(finding, finding.source_line);
    std::string_view line = hidden;
    std::size_t caret = static_cast<std::size_t>(std::max(finding.place.column, 1) - 1);
    caret = std::min(caret, finding.source_line.size());
    if (hidden != finding.source_line) {
        const std::string before = hidden_line(finding, std::string_view(finding.source_line).substr(0, caret));
        const bool is_same = hidden.starts_with(before);
        caret = std::min(is_same ? before.size() : caret, hidden.size());
        if (caret == hidden.size() && hidden.ends_with(secret_mark)) caret -= secret_mark.size();
    }
    std::string_view lead, tail;
    if (line.size() > widest_line && caret > shown_before_caret) {
        line.remove_prefix(caret - shown_before_caret);
        caret = shown_before_caret;
        lead = "...";
    }
    if (line.size() > widest_line) {
        line = line.substr(0, widest_line);
        tail = "...";
    }
    std::string under(lead.size(), ' ');
    for (const char c : line.substr(0, caret)) under += c == '\t' ? '\t' : ' ';
    const std::size_t room = std::max<std::size_t>(line.size() - caret, 1);
    const std::size_t length = std::clamp<std::size_t>(static_cast<std::size_t>(std::max(finding.length, 1)), 1, room);
    return fmt::format("   {}{}{}\n   {}^{}", lead, printable(line), tail, under, std::string(length - 1, '~'));
}

}  // namespace

std::string_view to_string(Finding::Kind kind) noexcept {
    switch (kind) {
        case Finding::Kind::syntax: return "syntax";
        case Finding::Kind::unknown_keyword: return "unknown_keyword";
        case Finding::Kind::not_scopable: return "not_scopable";
        case Finding::Kind::bad_value: return "bad_value";
        case Finding::Kind::bad_reference: return "bad_reference";
        case Finding::Kind::missing_required: return "missing_required";
        case Finding::Kind::deprecated: return "deprecated";
        case Finding::Kind::unknown_driver: return "unknown_driver";
        case Finding::Kind::duplicate: return "duplicate";
    }
    return "";
}

std::string_view to_string(Finding::Level level) noexcept {
    return level == Finding::Level::error ? "error" : "warning";
}

bool has_errors(const Findings& findings) {
    return std::any_of(findings.begin(), findings.end(), [](const Finding& f) { return f.level == Finding::Level::error; });
}

std::string message_without_secrets(const Finding& finding) {
    const std::string hidden = hidden_line(finding, finding.source_line);
    std::string message = without_secrets("", "", finding.message);
    if (hidden == finding.source_line) return message;
    const auto is_secret = [&](const std::string& words) {
        return !words.empty() && finding.source_line.find(words) != std::string::npos && hidden.find(words) == std::string::npos;
    };
    for (auto open = message.find('\''); open != std::string::npos;) {
        const auto close = message.find('\'', open + 1);
        if (close == std::string::npos) break;
        const bool hide = is_secret(message.substr(open + 1, close - open - 1));
        if (hide) message.replace(open + 1, close - open - 1, secret_mark);
        open = hide ? message.find('\'', open + secret_mark.size() + 2) : close;
    }
    return message;
}

std::string to_text(const Finding& finding) {
    std::string text = finding.place.to_string();
    if (text.empty()) text = finding.place.file;
    if (!text.empty()) text += ": ";
    text += fmt::format("{}: {}", to_string(finding.level), printable(message_without_secrets(finding)));
    if (!finding.suggestion.empty()) {
        const std::string word = printable(finding.suggestion);
        text += finding.kind == Finding::Kind::deprecated ? fmt::format("; write '{}'", word) : fmt::format("; did you mean '{}'?", word);
    }
    if (finding.place.line != 0) text += "\n" + source_with_caret(finding);
    return text;
}

std::string nearest_word(std::string_view word, const std::vector<std::string_view>& words) {
    if (word.empty() || word.size() > longest_word) return {};
    const std::string wanted = lower_case(word);
    std::size_t nearest = std::clamp<std::size_t>(word.size() / 3, 1, 3) + 1;
    std::string_view found;
    for (const std::string_view candidate : words) {
        const std::size_t longer = std::max(candidate.size(), word.size());
        if (longer > longest_word || longer - std::min(candidate.size(), word.size()) >= nearest) continue;
        const std::size_t distance = edit_distance(wanted, lower_case(candidate));
        if (distance < nearest && distance < candidate.size()) {
            nearest = distance;
            found = candidate;
        }
    }
    return std::string(found);
}

}  // namespace svcmgr
