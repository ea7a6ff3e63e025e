#include "svcmgr/command/guest_output.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "drivers/signals.h"
#include "resources/container.h"
#include "svcmgr/report/text.h"

namespace svcmgr {

namespace {

/// One for each container, as docker-compose has them: cyan, yellow, green, magenta, blue, and the same bright.
std::string in_colour_of(std::size_t number, const std::string& name, const Style& style) {
    constexpr int colours[] = {36, 33, 32, 35, 34, 96, 93, 92, 95, 94};
    if (style.colour == Style::Colour::none) return name;
    return fmt::format("\033[{}m{}\033[0m", colours[number % std::size(colours)], name);
}

class Writers {
public:
    explicit Writers(Context& context) : context_(context) {
        for (const std::string& name : context.services()) {
            loaded_.push_back(context.load(name));
            const Service& service = *loaded_.back().service;
            const std::optional<Selection> selection = context.selection(service);
            if (!selection) continue;
            for (const auto& resource : service.resources())
                if (selection->contains(*resource)) add(name, *resource);
        }
    }

    /// Returns whether all could be asked.
    bool print_more() {
        bool good = true;
        std::vector<Line> lines;
        for (Writer& writer : writers_) {
            const World& world = context_.world();
            World asked = world;
            const Deadline deadline = Deadline::in(world.clock, context_.node().section("node").duration("look_timeout"));
            GuestOutput output = writer.container->output(asked, {context_.line().lines, writer.mark}, deadline);
            writer.mark = std::move(output.mark);
            for (const std::string& line : output.lines) lines.push_back(line_of(line, writer));
            if (!output.problem.empty() && std::exchange(writer.problem, output.problem) != output.problem)
                fmt::print(context_.terminal().err, "svcmgr: {}: {}\n", writer.name, shown(output.problem, context_.style()));
            good = good && output.problem.empty();
        }
        std::ranges::stable_sort(lines, {}, &Line::time);
        for (const Line& line : lines) print(line);
        context_.terminal().out.flush();
        return good;
    }

    bool empty() const { return writers_.empty(); }

private:
    struct Writer;
    struct Line {
        std::string time;
        const Writer* writer;
        std::string text;
    };
    struct Writer {
        std::string name;  ///< "web.container#1", as in the service's log file
        const Container* container;
        std::size_t number;
        std::string mark = {};
        std::string problem = {};
    };

    void add(const std::string& service, const Resource& resource) {
        if (const auto* container = dynamic_cast<const Container*>(&resource))
            writers_.push_back({fmt::format("{}.{}", service, resource.rid().text()), container, writers_.size()});
    }

    static Line line_of(const std::string& line, const Writer& writer) {
        const auto blank = line.find(' ');
        return {line.substr(0, blank), &writer, blank == std::string::npos ? "" : line.substr(blank + 1)};
    }

    /// Its time is cut to milliseconds.
    void print(const Line& line) {
        constexpr std::size_t to_milliseconds = 23;
        const Style style = context_.style();
        fmt::print(context_.terminal().out, "{}Z {} {}\n", shown(line.time.substr(0, to_milliseconds), style),
                   in_colour_of(line.writer->number, shown(line.writer->name, style) + ":", style), shown(line.text, style));
    }

    Context& context_;
    std::vector<LoadedService> loaded_;
    std::vector<Writer> writers_;
};

}  // namespace

int print_guest_output(Context& context) {
    constexpr Duration interval = std::chrono::milliseconds(250);
    const World& world = context.world();
    Writers writers(context);
    if (writers.empty()) {
        fmt::print(context.terminal().err, "svcmgr: --rid chooses no container\n");
        return 1;
    }
    bool good = writers.print_more();
    while (context.line().has("follow")) {
        world.clock.sleep_until(world.clock.now() + interval);
        if (const int signal = world.signals.take(); signal != 0) return 128 + signal;
        good = writers.print_more() && good;
    }
    return good ? 0 : 1;
}

}  // namespace svcmgr
