#include "svcmgr/journal/words.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace svcmgr {

namespace {

constexpr std::array every_step_state = {StepState::planned, StepState::begun,       StepState::done,   StepState::failed,
                                         StepState::undone,  StepState::undo_failed, StepState::skipped};
constexpr std::array every_action_state = {ActionState::running, ActionState::done,        ActionState::failed,     ActionState::refused,
                                           ActionState::undone,  ActionState::left_behind, ActionState::interrupted};
constexpr std::array every_error_code = {Error::Code::failed,    Error::Code::invalid,     Error::Code::refused,
                                         Error::Code::locked,    Error::Code::left_behind, Error::Code::unreachable,
                                         Error::Code::timed_out, Error::Code::interrupted};
constexpr std::array every_on_failure = {Step::OnFailure::give_up, Step::OnFailure::go_on, Step::OnFailure::ignore};

constexpr std::array every_group = {Group::ip,    Group::disk, Group::fs,   Group::container,
                                    Group::share, Group::app,  Group::sync, Group::task};

constexpr std::array every_level = {LogLine::Level::info, LogLine::Level::warn, LogLine::Level::error};

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

template <typename Values, typename Value>
Value find_word(const Values& values, std::string_view word, Value otherwise) noexcept {
    for (const auto value : values)
        if (to_string(value) == word) return value;
    return otherwise;
}

}  // namespace

std::string_view to_string(StepState state) noexcept {
    switch (state) {
        case StepState::planned: return "planned";
        case StepState::begun: return "begun";
        case StepState::done: return "done";
        case StepState::failed: return "failed";
        case StepState::undone: return "undone";
        case StepState::undo_failed: return "undo_failed";
        case StepState::skipped: return "skipped";
    }
    return "begun";
}

std::string_view to_string(ActionState state) noexcept {
    switch (state) {
        case ActionState::running: return "running";
        case ActionState::done: return "done";
        case ActionState::failed: return "failed";
        case ActionState::refused: return "refused";
        case ActionState::undone: return "undone";
        case ActionState::left_behind: return "left_behind";
        case ActionState::interrupted: return "interrupted";
    }
    return "running";
}

std::string_view to_string(Step::OnFailure on_failure) noexcept {
    switch (on_failure) {
        case Step::OnFailure::give_up: return "give_up";
        case Step::OnFailure::go_on: return "go_on";
        case Step::OnFailure::ignore: return "ignore";
    }
    return "give_up";
}

StepState step_state_of(std::string_view word) noexcept {
    return find_word(every_step_state, word, StepState::begun);
}
ActionState action_state_of(std::string_view word) noexcept {
    return find_word(every_action_state, word, ActionState::left_behind);
}
Error::Code error_code_of(std::string_view word) noexcept {
    return find_word(every_error_code, word, Error::Code::failed);
}
Step::OnFailure on_failure_of(std::string_view word) noexcept {
    return find_word(every_on_failure, word, Step::OnFailure::give_up);
}

std::string_view to_string(Goal goal) noexcept {
    switch (goal) {
        case Goal::up: return "up";
        case Goal::down: return "down";
        case Goal::run: return "run";
        case Goal::sync: return "sync";
    }
    return "";
}
std::optional<Goal> goal_of(std::string_view word) noexcept {
    if (word == "up") return Goal::up;
    if (word == "down") return Goal::down;
    if (word == "run") return Goal::run;
    if (word == "sync") return Goal::sync;
    return std::nullopt;
}

std::string join_groups(const std::set<Group>& groups) {
    std::string text;
    for (const Group group : groups) (text += text.empty() ? "" : "\n") += to_string(group);
    return text;
}

std::set<Group> split_groups(std::string_view text) {
    std::set<Group> groups;
    for (const std::string_view line : lines_of(text))
        for (const Group group : every_group)
            if (to_string(group) == line) groups.insert(group);
    return groups;
}
LogLine::Level level_of(std::string_view word) noexcept {
    return find_word(every_level, word, LogLine::Level::info);
}

std::string join_rids(const std::set<Rid>& rids) {
    std::string text;
    for (const Rid& rid : rids) (text += text.empty() ? "" : "\n") += rid.text();
    return text;
}

std::set<Rid> split_rids(std::string_view text) {
    std::set<Rid> rids;
    for (const std::string_view line : lines_of(text)) rids.insert(Rid(std::string(line)));
    return rids;
}

std::string join_numbers(const std::vector<int>& numbers) {
    std::string text;
    for (const int number : numbers) {
        if (!text.empty()) text += ' ';
        text += std::to_string(number);
    }
    return text;
}

std::vector<int> split_numbers(std::string_view text) {
    std::vector<int> numbers;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at != end) {
        int number = 0;
        const auto [rest, problem] = std::from_chars(at, end, number);
        if (problem == std::errc()) numbers.push_back(number);
        at = problem == std::errc() ? rest : at + 1;
    }
    return numbers;
}

}  // namespace svcmgr
