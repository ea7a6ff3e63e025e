#include <fmt/format.h>

#include "drivers/files/files.h"
#include "svcmgr/report/event_watcher.h"
#include "svcmgr/report/progress.h"
#include "svcmgr/report/text.h"

namespace svcmgr {

namespace {

constexpr std::uint32_t log_mode = 0640;
constexpr std::uint32_t log_directory_mode = 0750;

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
    LogFileProgress(World world, Path file) : world_(world), file_(std::move(file)) {}

protected:
    void event(const Event& event) override {
        const std::string name = event.rid.empty() ? service() : service() + "." + event.rid;
        const std::string line =
            fmt::format("{} - {} - {} - {}: {}", date_and_time(world_.clock.wall()), name, level_of(event.kind), event.verb, event.text);
        try {
            append(shown(line, log_style) + "\n");
        } catch (const Error&) {
            // A full disk must not stop what is being done to a guest. The journal has it, too.
        }
    }

private:
    void append(const std::string& line) {
        const std::size_t slash = file_.rfind('/');
        if (!made_directory_ && slash != Path::npos && slash > 0) world_.files.make_directories(file_.substr(0, slash), log_directory_mode);
        made_directory_ = true;
        world_.files.append(file_, line, log_mode);
    }

    World world_;
    Path file_;
    bool made_directory_ = false;
};

}  // namespace

std::unique_ptr<ActionWatcher> line_progress(std::ostream& out, World world) {
    return std::make_unique<LineProgress>(out, world);
}

std::unique_ptr<ActionWatcher> log_file_progress(World world, const Path& log_file) {
    return std::make_unique<LogFileProgress>(world, log_file);
}

}  // namespace svcmgr
