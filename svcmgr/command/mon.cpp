// mon: services by nodes.

#include "svcmgr/report/mon.h"

#include <fmt/format.h>

#include "drivers/error.h"
#include "drivers/signals.h"
#include "svcmgr/command/command.h"
#include "svcmgr/command/everywhere.h"
#include "svcmgr/report/canvas.h"

namespace svcmgr {

namespace {

constexpr Duration interval = std::chrono::seconds(5);
/// How soon a window that was made larger or smaller is filled.
constexpr Duration between_measures = std::chrono::milliseconds(200);

int show(Context& context) {
    const SeenEverywhere seen = look_everywhere(context, context.chosen_services());
    std::ostream& out = context.terminal().out;
    if (context.json())
        out << mon_json(seen.everywhere, context.node().name(), context.world().clock.wall()) << '\n';
    else
        out << mon_text(seen.everywhere, context.style());
    out.flush();
    return seen.code;
}

/// For pipes, and terminals that can only go on: one look below the other.
int watch_lines(Context& context) {
    World world = context.world();
    for (;;) {
        show(context);
        world.clock.sleep_until(world.clock.now() + interval);
        if (const int signal = world.signals.take(); signal != 0) return 128 + signal;
        if (!context.json()) context.terminal().out << '\n';
    }
}

std::string footer(const World& world) {
    return fmt::format("seen at {}; every {}, until Ctrl-C", to_iso8601(world.clock.wall()), to_text(interval));
}

/// One look in the place of the other, and drawn anew when the window's size changes. Nothing of the terminal is set, so that a kill at any
/// moment leaves nothing to repair.
int watch_screen(Context& context) {
    World world = context.world();
    Canvas canvas(context.terminal().out);
    for (;;) {
        const SeenEverywhere seen = look_everywhere(context, context.chosen_services());
        const std::string below = footer(world);
        for (const Moment next = world.clock.now() + interval; world.clock.now() < next;) {
            const Terminal::Size size = context.terminal().measure();
            canvas.draw(mon_screen(seen.everywhere, below, context.style(), size.columns, size.rows), size.columns, size.rows);
            world.clock.sleep_until(std::min(next, world.clock.now() + between_measures));
            if (const int signal = world.signals.take(); signal != 0) return canvas.leave(), 128 + signal;
        }
    }
}

int run_mon(Context& context) {
    if (!context.line().has("watch")) return show(context);
    const Terminal& terminal = context.terminal();
    const bool draws = terminal.out_is_terminal && !terminal.dumb && !context.json() && terminal.measure().rows > 0;
    return draws ? watch_screen(context) : watch_lines(context);
}

}  // namespace

std::vector<Command> mon_commands() {
    return {
        {"mon",
         "",
         "Looking",
         "Services by nodes: what each is on each of its nodes.",
         {"local", "watch", "format"},
         run_mon,
         {"text", "json"},
         "O up, o stdby up, X down, x stdby down, ! warn, / n/a, ? not known; ^ the node that should run it, * frozen. With "
         "colours, an X is red where the whole service is down. All nodes are asked at once, each once for all services, and each for at "
         "most peer_timeout of node.conf. With --watch a window shows what fits into it: "
         "services that are not well come first when not all do."},
    };
}

}  // namespace svcmgr
