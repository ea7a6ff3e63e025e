#include <fmt/format.h>

#include "svcmgr/report/event_watcher.h"
#include "svcmgr/report/progress.h"
#include "svcmgr/report/text.h"

namespace svcmgr {

namespace {

/// Logs keep what was said, whoever reads them with whatever terminal.
constexpr Style log_style{.letters = Style::Letters::utf8};

/// "10:02:11"
std::string time_of_day(WallTime time) {
    return to_iso8601(time).substr(11, 8);
}

/// "2026-11-20 10:02:11,123"
std::string date_and_time(WallTime time) {
    const auto second = std::chrono::floor<std::chrono::seconds>(time);
    const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(time - second).count();
    std::string text = to_iso8601(time);
    text[10] = ' ';
    return fmt::format("{},{:03}", text.substr(0, 19), milliseconds);
}

std::string_view level_of(Event::Kind kind) {
    switch (kind) {
        case Event::Kind::trouble: return "WARNING";
        case Event::Kind::failure: return "ERROR";
        default: return "INFO";
    }
}

SystemLog::Priority priority_of(Event::Kind kind) {
    switch (kind) {
        case Event::Kind::trouble: return SystemLog::Priority::warning;
        case Event::Kind::failure: return SystemLog::Priority::error;
        default: return SystemLog::Priority::info;
    }
}

class LineProgress : public EventWatcher {
public:
    LineProgress(std::ostream& out, World world) : out_(out), world_(world) {}

protected:
    void event(const Event& event) override {
        const std::string line = fmt::format("{} {} {}: {}", time_of_day(world_.clock.wall()), service(), event.subject(), event.text);
        out_ << shown(line, log_style) << '\n';
        out_.flush();  // whoever follows a pipe wants to know now
    }

private:
    std::ostream& out_;
    World world_;
};

class LogFileProgress : public EventWatcher {
public:
    LogFileProgress(World world, const Path& file, const LogLimits& limits) : world_(world), log_(world, file, limits) {}

protected:
    void event(const Event& event) override {
        const std::string name = event.rid.empty() ? service() : service() + "." + event.rid;
        const std::string line =
            fmt::format("{} - {} - {} - {}: {}", date_and_time(world_.clock.wall()), name, level_of(event.kind), event.verb, event.text);
        try {
            log_.add(shown(line, log_style));
        } catch (const Error&) {
            // A full disk must not stop what is being done to a guest. The journal has it, too.
        }
    }

private:
    World world_;
    LogWriter log_;
};

class SystemLogProgress : public EventWatcher {
public:
    SystemLogProgress(World world, const Path& root) : log_(world, root) {}

    void begun(const std::string& sid, const Plan& plan) override {
        sid_ = sid;
        action_ = plan.action;
        EventWatcher::begun(sid, plan);
    }

protected:
    void event(const Event& event) override {
        const std::string message = fmt::format("{} {}: {}", service(), event.subject(), event.text);
        log_.add({priority_of(event.kind), shown(message, log_style), service(), event.rid, action_, sid_});
    }

private:
    SystemLog log_;
    std::string sid_;
    std::string action_;
};

}  // namespace

std::unique_ptr<ActionWatcher> line_progress(std::ostream& out, World world) {
    return std::make_unique<LineProgress>(out, world);
}

std::unique_ptr<ActionWatcher> log_file_progress(World world, const Path& log_file, const LogLimits& limits) {
    return std::make_unique<LogFileProgress>(world, log_file, limits);
}

std::unique_ptr<ActionWatcher> system_log_progress(World world, const Path& root) {
    return std::make_unique<SystemLogProgress>(world, root);
}

}  // namespace svcmgr
