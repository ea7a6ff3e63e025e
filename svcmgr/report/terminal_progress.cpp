#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "svcmgr/report/event_watcher.h"
#include "svcmgr/report/progress.h"
#include "svcmgr/report/text.h"

namespace svcmgr {

namespace {

/// More steps at once than these are counted, not listed.
constexpr std::size_t most_live_lines = 10;

constexpr const char* clear_line = "\r\033[K";
constexpr const char* line_up = "\033[A";

Ink ink_of(Event::Kind kind) {
    switch (kind) {
        case Event::Kind::progress: return Ink::plain;
        case Event::Kind::success: return Ink::good;
        case Event::Kind::trouble: return Ink::doubtful;
        case Event::Kind::failure: return Ink::bad;
    }
    return Ink::plain;
}

/// Below the lines that stay there are live ones, one for each running step; the cursor rests at the end of the last. Nothing of the
/// terminal is changed (no hidden cursor, no raw mode), so that a kill at any moment leaves nothing to repair.
class TerminalProgress : public EventWatcher {
public:
    TerminalProgress(std::ostream& out, World world, const Style& style) : out_(out), world_(world), style_(style) {}
    ~TerminalProgress() override { erase(); }

    void begun(const std::string& sid, const Plan& plan) override {
        running_.clear();
        EventWatcher::begun(sid, plan);
    }

    void step_begun(const Step& step) override {
        running_.push_back({step.id, step.name(), step.expected, world_.clock.now(), step.reason});
        redraw();
    }

    void step_note(const Step& step, LogLine::Level level, const std::string& message) override {
        if (level != LogLine::Level::info) return EventWatcher::step_note(step, level, message);
        for (Running& running : running_)
            if (running.id == step.id) running.note = message;
        redraw();
    }

    void undoing(const Step& step) override {
        running_.push_back({step.id, step.name() + ": undoing it", std::nullopt, world_.clock.now(), step.undo});
        redraw();
    }

    void step_done(const Step& step, Duration elapsed) override {
        end(step);
        EventWatcher::step_done(step, elapsed);
    }

    void step_failed(const Step& step, const Error& error, Duration elapsed) override {
        end(step);
        EventWatcher::step_failed(step, error, elapsed);
    }

    void undone(const Step& step, Duration elapsed) override {
        end(step);
        EventWatcher::undone(step, elapsed);
    }

    void undo_failed(const Step& step, const Error& error) override {
        end(step);
        EventWatcher::undo_failed(step, error);
    }

    void ended(const Outcome& outcome) override {
        running_.clear();
        EventWatcher::ended(outcome);
    }

    void tick() override { redraw(); }

protected:
    void event(const Event& event) override {
        erase();
        out_ << shown(service() + " " + event.subject(), style_) << ": " << coloured(shown(event.text, style_), ink_of(event.kind), style_)
             << '\n';
        draw();
    }

private:
    struct Running {
        int id;
        std::string name;
        std::optional<Duration> expected;
        Moment since;
        std::string note;
    };

    void end(const Step& step) {
        std::erase_if(running_, [&](const Running& running) { return running.id == step.id; });
    }

    std::string live_line(const Running& running) const {
        const Duration elapsed = std::chrono::floor<std::chrono::seconds>(world_.clock.now() - running.since);
        std::string line = fmt::format("{} {}: {}", service(), running.name, elapsed == Duration::zero() ? "0 s" : to_text(elapsed));
        if (running.expected) line += fmt::format(", usually {}", to_text(*running.expected));
        if (!running.note.empty()) line += fmt::format(" ({})", running.note);
        return shown(line, style_);
    }

    std::vector<std::string> live_lines() const {
        std::vector<std::string> lines;
        for (const Running& running : running_) {
            if (lines.size() == most_live_lines) break;
            lines.push_back(live_line(running));
        }
        if (running_.size() > lines.size()) lines.push_back(fmt::format("and {} more", running_.size() - lines.size()));
        // A line that is as wide as the terminal would be broken in two, and erased only in part. The last column stays free.
        const auto width = static_cast<std::size_t>(std::max(style_.width, 2) - 1);
        for (std::string& line : lines) line = shortened(line, width, style_);
        return lines;
    }

    void redraw() {
        const std::vector<std::string> lines = live_lines();
        if (lines == drawn_) return;
        erase();
        draw();
    }

    void draw() {
        drawn_ = live_lines();
        for (std::size_t i = 0; i < drawn_.size(); ++i) out_ << (i == 0 ? "" : "\n") << drawn_[i];
        out_.flush();
    }

    void erase() {
        for (std::size_t i = 0; i < drawn_.size(); ++i) out_ << (i == 0 ? "" : line_up) << clear_line;
        drawn_.clear();
        out_.flush();
    }

    std::ostream& out_;
    World world_;
    Style style_;
    std::vector<Running> running_;
    std::vector<std::string> drawn_;
};

}  // namespace

std::unique_ptr<ActionWatcher> terminal_progress(std::ostream& out, World world, const Style& style) {
    return std::make_unique<TerminalProgress>(out, world, style);
}

}  // namespace svcmgr
