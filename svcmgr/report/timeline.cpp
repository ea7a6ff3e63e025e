#include "svcmgr/report/timeline.h"

#include <fmt/format.h>

#include <algorithm>

#include "svcmgr/report/text.h"

namespace svcmgr {

namespace {

constexpr std::size_t narrowest = 60;
constexpr std::size_t widest_name = 30;
constexpr std::size_t narrowest_axis = 20;

Timeline::Look look_of(StepState state) {
    switch (state) {
        case StepState::done: return Timeline::Look::done;
        case StepState::undone: return Timeline::Look::undone;
        case StepState::undo_failed: return Timeline::Look::undo_failed;
        case StepState::failed: return Timeline::Look::failed;
        default: return Timeline::Look::unfinished;
    }
}

char letter_of(Timeline::Look look) {
    switch (look) {
        case Timeline::Look::done: return '=';
        case Timeline::Look::failed: return 'x';
        case Timeline::Look::unfinished: return '~';
        case Timeline::Look::undone: return '-';
        case Timeline::Look::undo_failed: return '!';
    }
    return '?';
}

constexpr std::pair<Timeline::Look, std::string_view> legend[] = {{Timeline::Look::done, "done"},
                                                                  {Timeline::Look::failed, "failed"},
                                                                  {Timeline::Look::unfinished, "has no end"},
                                                                  {Timeline::Look::undone, "undone later"},
                                                                  {Timeline::Look::undo_failed, "could not be undone"}};

/// The wall clock may have been set back meanwhile.
Duration since(WallTime begin, WallTime time) {
    return std::max(Duration::zero(), Duration(time - begin));
}

std::string text_of(const StepRecord& record, const Timeline::Bar& bar) {
    if (bar.look == Timeline::Look::unfinished) return fmt::format("begun at {}, no end", to_text(bar.begin));
    std::string text = to_text(record.elapsed.value_or(bar.end - bar.begin));
    if (bar.look == Timeline::Look::failed) text += ", failed";
    if (bar.look == Timeline::Look::undone) text += ", undone";
    if (bar.look == Timeline::Look::undo_failed) text += ", could not be undone";
    if (bar.undone) text += " at " + to_text(*bar.undone);
    return text;
}

Timeline::Bar bar_of(const StepRecord& record, WallTime begin, Duration length) {
    Timeline::Bar bar;
    bar.name = record.step.name();
    bar.look = look_of(record.state);
    bar.begin = since(begin, *record.begun);
    bar.end = length;
    if (record.ended) bar.end = record.elapsed ? bar.begin + *record.elapsed : since(begin, *record.ended);
    if (record.undone) bar.undone = since(begin, *record.undone);
    bar.text = text_of(record, bar);
    return bar;
}

Duration length_of(const JournaledAction& action) {
    const WallTime begin = action.history.action.begun;
    Duration length = std::max(action.elapsed.value_or(Duration::zero()), Duration(std::chrono::milliseconds(1)));
    for (const StepRecord& record : action.history.steps)
        for (const auto& time : {record.begun, record.ended, record.undone})
            if (time) length = std::max(length, since(begin, *time));
    return length;
}

/// The columns of the text's axis.
class Axis {
public:
    Axis(Duration length, std::size_t width) : length_(length), width_(width) {}

    std::size_t width() const { return width_; }
    /// Of a moment; that of the axis' end is behind the last one.
    std::size_t column(Duration time) const {
        const double part = std::min(1.0, seconds(time) / seconds(length_));
        return static_cast<std::size_t>(part * static_cast<double>(width_));
    }
    std::size_t last() const { return width_ - 1; }
    std::string scale() const {
        const std::string middle = to_text(length_ / 2), end = to_text(length_);
        std::string line = padded("0 s", width_);
        if (width_ / 2 + middle.size() + 1 + end.size() < width_) line.replace(width_ / 2, middle.size(), middle);
        line.replace(width_ - std::min(width_, end.size()), end.size(), end);
        return line;
    }

private:
    Duration length_;
    std::size_t width_;
};

std::string drawn(const Timeline::Bar& bar, const Axis& axis) {
    std::string line(axis.width(), ' ');
    const std::size_t begin = std::min(axis.column(bar.begin), axis.last()), end = std::max(begin + 1, axis.column(bar.end));
    line.replace(begin, end - begin, end - begin, letter_of(bar.look));
    if (bar.undone) line[std::min(axis.column(*bar.undone), axis.last())] = bar.look == Timeline::Look::undo_failed ? '!' : 'u';
    return line;
}

}  // namespace

Timeline timeline_of(const JournaledAction& action) {
    const ActionRecord& record = action.history.action;
    Timeline timeline;
    timeline.length = length_of(action);
    timeline.title = fmt::format("{} {}, {}, {}", record.service, record.action, to_iso8601(record.begun), to_string(action.state));
    if (action.elapsed) timeline.title += fmt::format(" after {}", to_text(*action.elapsed));
    for (const StepRecord& step : action.history.steps) {
        if (step.step.guard()) continue;
        if (step.begun)
            timeline.bars.push_back(bar_of(step, record.begun, timeline.length));
        else
            timeline.without_bar.push_back(step.step.name());
    }
    return timeline;
}

std::string timeline_text(const Timeline& timeline, const Style& style) {
    std::size_t name_width = 0, text_width = 0;
    for (const Timeline::Bar& bar : timeline.bars) {
        name_width = std::max(name_width, std::min(widest_name, columns(shown(bar.name, style))));
        text_width = std::max(text_width, columns(bar.text));
    }
    const std::size_t width = std::max(static_cast<std::size_t>(std::max(style.width, 0)), narrowest);
    const std::size_t taken = name_width + text_width + 6;
    const Axis axis(timeline.length, std::max(narrowest_axis, width > taken ? width - taken : 0));

    std::string text = shown(timeline.title, style) + "\n";
    text += timeline.bars.empty() ? "no step was begun\n" : fmt::format("{}  {}\n", std::string(name_width, ' '), axis.scale());
    std::string known;
    for (const Timeline::Bar& bar : timeline.bars) {
        const std::string name = shortened(shown(bar.name, style), widest_name, style);
        text += fmt::format("{} |{}|  {}\n", padded(name, name_width), drawn(bar, axis), bar.text);
    }
    for (const auto& [look, word] : legend)
        if (std::ranges::find(timeline.bars, look, &Timeline::Bar::look) != timeline.bars.end())
            known += fmt::format("{}{} {}", known.empty() ? "" : "   ", letter_of(look), word);
    if (std::ranges::any_of(timeline.bars, [](const Timeline::Bar& bar) { return bar.look == Timeline::Look::undone; }))
        known += "   u its undoing ended";
    if (!known.empty()) text += known + "\n";
    for (const std::string& name : timeline.without_bar) text += fmt::format("not begun: {}\n", shown(name, style));
    return text;
}

}  // namespace svcmgr
