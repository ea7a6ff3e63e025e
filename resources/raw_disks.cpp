#include "resources/raw_disks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "drivers/files/files.h"
#include "resources/ownership.h"

namespace svcmgr {

namespace {

constexpr Duration patience = std::chrono::minutes(1);

/// Why a path is no device that can be handed on; empty when it is one.
std::string problem_of(const tl::expected<FileFacts, FileProblem>& facts) {
    if (!facts) return facts.error().reason;
    const bool device = facts->kind == FileFacts::Kind::block_device || facts->kind == FileFacts::Kind::character_device;
    return device ? std::string() : "is no device";
}

}  // namespace

RawDisks::RawDisks(Rid rid, Options options) : Resource(std::move(rid), Group::disk, "disk.raw", std::move(options)) {}

std::string RawDisks::label() const {
    return fmt::format("raw {}", fmt::join(options().list("devs"), " "));
}

ResourceObservation RawDisks::look(Looking& looking) const {
    ResourceObservation seen;
    seen.status = Status::not_applicable;
    World& world = looking.world();
    const Deadline deadline = Deadline::in(world.clock, looking.limits().hypervisor);
    const auto warn = [&](const std::string& message) {
        seen.status = Status::warn;
        seen.say(LogLine::Level::warn, message);
    };
    for (const std::string& device : options().list("devs")) {
        const auto facts = world.files.facts(device);
        if (const std::string problem = problem_of(facts); !problem.empty()) {
            warn(fmt::format("{}: {}", device, problem));
            if (!seen.unstartable)
                seen.unstartable = Error(Error::Code::refused, problem, device, "connect the disk, or mend `devs` in its section");
            continue;
        }
        for (const std::string& difference : ownership_differences(world, options(), *facts, deadline))
            warn(fmt::format("{}: {}", device, difference));
    }
    return seen;
}

Intent RawDisks::intend(Goal goal, const ResourceObservation& observation) const {
    if (goal != Goal::up) return Intent::leave("there is nothing to stop: the devices stay as they are");
    if (observation.status == Status::not_applicable) return Intent::leave("the devices are there as they should be");
    Intent intent;
    intent.refusal = observation.unstartable;
    if (intent.refusal) return intent;
    // Undone by nothing: who owned them before may have been right for somebody else or for nobody.
    intent.verbs.push_back({"start", "set the devices' owner and permissions", patience, "", {}});
    return intent;
}

void RawDisks::perform(const std::string& verb, Doing& doing) const {
    if (verb != "start") throw Error(Error::Code::failed, fmt::format("raw devices have no verb '{}'", verb), rid().text());
    for (const std::string& device : options().list("devs")) set_ownership(options(), device, doing);
}

}  // namespace svcmgr
