#include "svcmgr/report/status_parts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "svcmgr/action/engine_guard.h"
#include "svcmgr/cluster/peer_report.h"

namespace svcmgr {

namespace {

bool accessory(const Resource& resource) {
    return resource.group() == Group::sync || resource.group() == Group::task;
}

}  // namespace

Ink ink_of(Status status) {
    switch (printed(status)) {
        case Status::up:
        case Status::standby_up: return Ink::good;
        case Status::down:
        case Status::standby_down: return Ink::bad;
        case Status::warn: return Ink::doubtful;
        case Status::not_applicable: return Ink::calm;
        default: return Ink::plain;
    }
}

std::vector<const Resource*> looked_at(const ServiceView& view, Part part) {
    std::vector<const Resource*> found;
    const bool shows_disabled = view.service.defaults().flag("show_disabled");
    for (const auto& resource : view.service.resources())
        if ((shows_disabled || !resource->disabled()) && accessory(*resource) == (part == Part::accessory) &&
            view.observation.resources.contains(resource->rid()))
            found.push_back(resource.get());
    return found;
}

std::string label_of(const Resource& resource, const ResourceObservation& seen) {
    const std::string label = seen.label.empty() ? resource.label() : seen.label;
    return seen.addresses.empty() ? label : fmt::format("{} ({})", label, fmt::join(seen.addresses, " "));
}

std::string frozen_word(const Observation& observation) {
    if (observation.frozen) return "frozen";
    return observation.node_frozen ? "node frozen" : "";
}

std::vector<LogLine> remarks_of(const ServiceView& view) {
    const Observation& observation = view.observation;
    std::vector<LogLine> remarks;
    const auto say = [&](LogLine::Level level, std::string text) { remarks.push_back({level, std::move(text)}); };
    if (observation.kept)
        say(LogLine::Level::info, fmt::format("as it was seen at {}, not looked at now", to_iso8601(observation.observed)));
    if (observation.kept && !observation.kept->acted.empty())
        say(LogLine::Level::warn, fmt::format("since then there was: {}; it may be otherwise now", observation.kept->acted));
    if (observation.kept && observation.kept->config_changed)
        say(LogLine::Level::warn, "its env file has changed since then; it may be otherwise now");
    if (!observation.frozen_note.empty()) say(LogLine::Level::info, "frozen " + observation.frozen_note);
    if (observation.acting) say(LogLine::Level::info, *observation.acting + " runs now");
    if (observation.interrupted) {
        const Interrupted& interrupted = *observation.interrupted;
        const std::string where = interrupted.step.empty() ? "before its first step" : "at " + interrupted.step;
        say(LogLine::Level::warn, fmt::format("{} was interrupted {}; it began {}, sid {}", interrupted.action, where,
                                              to_iso8601(interrupted.since), interrupted.sid));
    }
    if (observation.engine)
        if (std::string finding = engine_finding(*observation.engine); !finding.empty()) say(LogLine::Level::warn, std::move(finding));
    for (const auto& [node, instance] : observation.peers)
        if (instance.runs() && !instance_of(view.service, observation).running.empty())
            say(LogLine::Level::error, fmt::format("it runs on {}, too: stop it on one of the two", node));
    if (!observation.journal_problem.empty())
        say(LogLine::Level::warn, "whether an action was interrupted is not known: " + observation.journal_problem);
    return remarks;
}

}  // namespace svcmgr
