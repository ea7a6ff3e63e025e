#include "resources/directory.h"

#include <fmt/format.h>

#include "resources/bounded_facts.h"
#include "resources/mounts.h"
#include "resources/ownership.h"

namespace svcmgr {

namespace {

constexpr Duration patience = std::chrono::minutes(1);

}  // namespace

Directory::Directory(Rid rid, Options options, int place)
    : Resource(std::move(rid), Group::fs, "fs.directory", options), path_(plain_path(options.text("path"))), place_(place) {}

ResourceObservation Directory::look(Looking& looking) const {
    ResourceObservation seen;
    World& world = looking.world();
    const Deadline deadline = Deadline::in(world.clock, looking.limits().hypervisor);
    const auto facts = bounded_facts(world, looking.mounts(), path_, deadline);
    if (!facts) {
        seen.status = facts.error().absent() ? Status::down : Status::undef;
        if (seen.status == Status::undef) seen.say(LogLine::Level::warn, fmt::format("{}: {}", path_, facts.error().reason));
        return seen;
    }
    seen.status = Status::up;
    if (facts->kind != FileFacts::Kind::directory) {
        seen.status = Status::warn;
        seen.say(LogLine::Level::warn, fmt::format("{} is no directory", path_));
        seen.unstartable = Error(Error::Code::refused, fmt::format("{} is no directory", path_), rid().text(), "move it out of the way");
        return seen;
    }
    for (const std::string& difference : ownership_differences(world, options(), *facts, deadline)) {
        seen.status = Status::warn;
        seen.say(LogLine::Level::warn, fmt::format("{}: {}", path_, difference));
    }
    return seen;
}

Intent Directory::intend(Goal goal, const ResourceObservation& observation) const {
    if (goal != Goal::up) return Intent::leave("a directory stays, with what it holds");
    if (observation.status == Status::up) return Intent::leave("it is there");
    Intent intent;
    intent.refusal = observation.unstartable;
    if (intent.refusal) return intent;
    // Nothing undoes it: somebody may have put something into it meanwhile, and a directory too many harms nobody.
    intent.verbs.push_back({"start", fmt::format("make {} with its owner and permissions", path_), patience, "", {}});
    return intent;
}

void Directory::perform(const std::string& verb, Doing& doing) const {
    if (verb != "start") throw Error(Error::Code::failed, fmt::format("a directory has no verb '{}'", verb), rid().text());
    const Argv argv{"mkdir", "-p", "--", path_};
    const CommandResult made = doing.world.processes.run(argv, doing.deadline);
    const Launch what{argv, {}, {}};
    if (!made.ok()) throw failure_of(made, what, doing);
    set_ownership(options(), path_, doing);
}

}  // namespace svcmgr
