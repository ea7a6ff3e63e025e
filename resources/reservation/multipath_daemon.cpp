#include "resources/reservation/multipath_daemon.h"

#include <fmt/format.h>

#include "drivers/options.h"
#include "drivers/process/processes.h"

namespace svcmgr {

namespace {

constexpr Duration patience = std::chrono::seconds(5);

/// What went wrong, or nothing. The daemon's answer is "ok" or "fail"; its client ends well with either.
struct Told {
    bool missing = false;
    std::string problem;
};

Told tell(Doing& doing, const Argv& words) {
    Argv argv{"multipathd"};
    argv.insert(argv.end(), words.begin(), words.end());
    const CommandResult result = doing.world.processes.run(argv, doing.deadline.at_most(doing.world.clock, patience));
    if (!result.not_started.empty()) return {true, result.not_started};
    if (!result.ok()) return {false, result.describe()};
    const std::string_view answer = trimmed(result.out);
    return {false, answer == "ok" ? "" : fmt::format("it answers '{}'", answer.substr(0, 200))};
}

}  // namespace

void tell_multipathd(Doing& doing, const SharedDisk& disk, ReservationKey key) {
    if (disk.map.empty()) return;
    const std::vector<Argv> all =
        key ? std::vector<Argv>{{"map", disk.map, "setprkey", "key", key.text()}, {"map", disk.map, "setprstatus"}}
            : std::vector<Argv>{{"map", disk.map, "unsetprstatus"}, {"map", disk.map, "unsetprkey"}};
    for (const Argv& words : all) {
        const Told told = tell(doing, words);
        if (told.problem.empty()) continue;
        if (told.missing)
            doing.note(LogLine::Level::info,
                       fmt::format("disk {}: there is no multipathd to be told of its key; status --heal registers paths that come back",
                                   disk.id));
        else
            doing.note(LogLine::Level::warn,
                       fmt::format("disk {}: multipathd was not told of its key ({} of {}): {}; status --heal registers "
                                   "paths that come back",
                                   disk.id, words[2], disk.map, told.problem));
        return;
    }
}

}  // namespace svcmgr
