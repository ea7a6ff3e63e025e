#include <fmt/format.h>

#include <algorithm>

#include "svcmgr/journal/sid.h"
#include "svcmgr/report/history.h"
#include "svcmgr/report/table.h"
#include "svcmgr/report/text.h"

namespace svcmgr {

namespace {

std::string who(const Caller& caller) {
    std::string text = caller.sudo_user.empty() ? caller.user : fmt::format("{} as {}", caller.sudo_user, caller.user);
    if (!caller.ssh_client.empty()) text += " from " + caller.ssh_client;
    return text;
}

bool plain(std::string_view argument) {
    constexpr std::string_view safe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+,./:@%#";
    return !argument.empty() && argument.find_first_not_of(safe) == std::string_view::npos && argument.front() != '#';
}

/// As a POSIX shell reads it.
std::string quoted(const std::string& argument) {
    if (plain(argument)) return argument;
    std::string text = "'";
    for (const char c : argument) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return text + "'";
}

std::string time_text(WallTime time) {
    std::string text = to_iso8601(time);
    text[10] = ' ';
    return text.substr(0, 19);
}

std::string elapsed_text(const JournaledAction& action) {
    return action.elapsed ? to_text(*action.elapsed) : "";
}

std::string_view word_of(StepState state) {
    switch (state) {
        case StepState::planned: return "not begun";
        case StepState::undo_failed: return "undo failed";
        default: return to_string(state);
    }
}

Ink ink_of(StepState state) {
    switch (state) {
        case StepState::done: return Ink::good;
        case StepState::failed:
        case StepState::undo_failed: return Ink::bad;
        case StepState::begun:
        case StepState::undone: return Ink::doubtful;
        default: return Ink::plain;
    }
}

Ink ink_of(ActionState state) {
    switch (state) {
        case ActionState::done: return Ink::good;
        case ActionState::failed:
        case ActionState::left_behind:
        case ActionState::interrupted: return Ink::bad;
        case ActionState::refused:
        case ActionState::undone: return Ink::doubtful;
        case ActionState::running: return Ink::plain;
    }
    return Ink::plain;
}

constexpr std::size_t heading_width = 14;
constexpr std::size_t narrowest = 40;

/// "  who         root", wrapped behind its heading.
std::string entry(std::string_view heading, const std::string& text, const Style& style) {
    if (text.empty()) return "";
    const std::size_t room = std::max(static_cast<std::size_t>(std::max(style.width, 0)), narrowest + heading_width + 2);
    std::string lines;
    for (const std::string& line : wrapped(shown(text, style), room - heading_width - 2)) {
        lines += fmt::format("  {}{}\n", padded(lines.empty() ? heading : "", heading_width), line);
    }
    return lines;
}

class Telling {
public:
    Telling(const JournaledAction& action, const Style& style) : action_(action), style_(style) {
        for (const StepRecord& record : action.history.steps)
            name_width_ = std::max(name_width_, columns(shown(record.step.name(), style)));
    }

    std::string tell() {
        const ActionRecord& record = action_.history.action;
        text_ = fmt::format("{} {}: {}\n", shown(record.service, style_), shown(record.action, style_), end_in_words());
        add("sid", record.sid);
        add("node", record.node);
        add("begun", to_iso8601(record.begun));
        if (action_.history.ended) add("ended", to_iso8601(*action_.history.ended) + ", after " + elapsed_text(action_));
        add("who", fmt::format("{} (pid {})", who(record.caller), record.process.pid));
        add("command", command_text(record.argv, style_));
        add("reason", record.reason);
        add("undoes", record.aim.undoes);
        add("closed by", action_.history.closed_by);
        steps("guards", [](const Step& step) { return step.guard(); });
        steps("steps", [](const Step& step) { return !step.guard(); });
        if (!action_.history.left_alone.empty()) text_ += "left alone\n";
        for (const LeftAlone& left : action_.history.left_alone) add(left.rid.text(), left.reason);
        return std::move(text_);
    }

private:
    void add(std::string_view heading, const std::string& text) { text_ += entry(heading, text, style_); }

    std::string end_in_words() const {
        switch (action_.state) {
            case ActionState::running: return fmt::format("runs since {}", elapsed_text(action_));
            case ActionState::interrupted:
                if (!action_.history.ended) return "interrupted, its end was never written";
                break;
            case ActionState::left_behind: return fmt::format("failed with exit code {}, and something is left", action_.history.exit_code);
            default: break;
        }
        return fmt::format("{}, exit code {}", to_string(action_.state), action_.history.exit_code);
    }

    template <typename Which>
    void steps(std::string_view heading, Which which) {
        if (std::ranges::none_of(action_.history.steps, [&](const StepRecord& record) { return which(record.step); })) return;
        text_ += fmt::format("{}\n", heading);
        for (const StepRecord& record : action_.history.steps)
            if (which(record.step)) record.step.guard() ? guard(record.step) : step(record);
    }

    void guard(const Step& step) {
        text_ += fmt::format("  {:>2}  {}  {}\n", step.id, name_of(step), step.refusal ? "refused" : "ok");
        detail(step.refusal ? step.refusal->message() : step.reason);
        if (step.refusal) detail(step.refusal->hint());
    }

    void step(const StepRecord& record) {
        std::string line = fmt::format("  {:>2}  {}  {}", record.step.id, name_of(record.step),
                                       coloured(word_of(record.state), ink_of(record.state), style_));
        if (record.begun) line += fmt::format(", begun {}", time_text(*record.begun));
        if (record.elapsed) line += fmt::format(", took {}", to_text(*record.elapsed));
        text_ += line + "\n";
        detail(record.step.reason);
        detail(limits(record.step));
        if (record.evidence != "done in " + to_text(record.elapsed.value_or(Duration::zero()))) detail(record.evidence);
        if (record.undone) detail(fmt::format("undoing ended {}: {}", time_text(*record.undone), record.undo_evidence));
    }

    std::string name_of(const Step& step) const { return padded(shown(step.name(), style_), name_width_); }

    static std::string limits(const Step& step) {
        std::string text = "at most " + to_text(step.deadline);
        if (step.expected) text += ", usually " + to_text(*step.expected);
        for (std::size_t i = 0; i < step.after.size(); ++i) text += fmt::format("{}{}", i == 0 ? "; after " : ", ", step.after[i]);
        return text;
    }

    void detail(const std::string& text) {
        if (text.empty()) return;
        const std::size_t room = std::max(static_cast<std::size_t>(std::max(style_.width, 0)), narrowest + 6) - 6;
        for (const std::string& line : wrapped(shown(text, style_), room)) text_ += fmt::format("      {}\n", line);
    }

    const JournaledAction& action_;
    const Style& style_;
    std::size_t name_width_ = 0;
    std::string text_;
};

}  // namespace

std::string caller_text(const Caller& caller, const Style& style) {
    return shown(who(caller), style);
}

std::string command_text(const std::vector<std::string>& argv, const Style& style) {
    std::string text = "svcmgr";
    for (const std::string& argument : argv) text += " " + quoted(argument);
    return shown(text, style);
}

std::string actions_text(const std::vector<JournaledAction>& actions, const Style& style) {
    std::vector<std::vector<Cell>> rows;
    for (const JournaledAction& action : actions) {
        const ActionRecord& record = action.history.action;
        rows.push_back({time_text(record.begun),
                        short_sid(record.sid),
                        record.service,
                        record.action,
                        {to_string(action.state), ink_of(action.state)},
                        elapsed_text(action),
                        who(record.caller),
                        shown(record.reason, style)});
    }
    return table({"begun (UTC)", "sid", "service", "action", "state", "elapsed", "who", "reason"}, rows, style);
}

std::string action_text(const JournaledAction& action, const Style& style) {
    return Telling(action, style).tell();
}

}  // namespace svcmgr
