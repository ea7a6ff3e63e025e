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
        std::vector<std::string> lines;
        for (Writer& writer : writers_) {
            const World& world = context_.world();
            World asked = world;
            const Deadline deadline = Deadline::in(world.clock, context_.node().section("node").duration("look_timeout"));
            GuestOutput output = writer.container->output(asked, {context_.line().lines, writer.mark}, deadline);
            writer.mark = std::move(output.mark);
            for (const std::string& line : output.lines) lines.push_back(with_name(line, writer.name));
            if (!output.problem.empty() && std::exchange(writer.problem, output.problem) != output.problem)
                fmt::print(context_.terminal().err, "svcmgr: {}: {}\n", writer.name, shown(output.problem, context_.style()));
            good = good && output.problem.empty();
        }
        std::ranges::stable_sort(lines, {}, [](const std::string& line) { return line.substr(0, line.find(' ')); });
        for (const std::string& line : lines) context_.terminal().out << shown(line, context_.style()) << '\n';
        context_.terminal().out.flush();
        return good;
    }

    bool empty() const { return writers_.empty(); }

private:
    struct Writer {
        std::string name;  ///< "web.container#1", as in the service's log file
        const Container* container;
        std::string mark = {};
        std::string problem = {};
    };

    void add(const std::string& service, const Resource& resource) {
        if (const auto* container = dynamic_cast<const Container*>(&resource))
            writers_.push_back({fmt::format("{}.{}", service, resource.rid().text()), container});
    }

    /// Behind the time, which is cut to milliseconds.
    static std::string with_name(const std::string& line, const std::string& name) {
        constexpr std::size_t to_milliseconds = 23;
        const auto blank = line.find(' ');
        const std::string time = line.substr(0, std::min(blank, to_milliseconds));
        return fmt::format("{}Z {}: {}", time, name, blank == std::string::npos ? "" : line.substr(blank + 1));
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
