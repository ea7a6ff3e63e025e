#include "resources/volume_group.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "drivers/signals.h"
#include "resources/launch.h"

namespace svcmgr {

namespace {

constexpr Duration to_start = std::chrono::minutes(2);
constexpr Duration to_stop = std::chrono::minutes(1);
constexpr Duration between_tries = std::chrono::seconds(1);

const Argv list_groups{"vgs", "--noheadings", "-o", "vg_name"};
const Argv list_volumes{"lvs", "--noheadings", "--separator", ";", "-o", "vg_name,lv_name,lv_active"};

std::vector<std::string> names_of(const std::vector<LogicalVolume>& volumes) {
    std::vector<std::string> names;
    names.reserve(volumes.size());
    for (const LogicalVolume& volume : volumes) names.push_back(volume.name);
    return names;
}

std::vector<LogicalVolume> among(std::vector<LogicalVolume> volumes, const std::string& group) {
    std::erase_if(volumes, [&](const LogicalVolume& volume) { return volume.group != group; });
    return volumes;
}

}  // namespace

std::vector<LogicalVolume> parse_lvs(std::string_view text) {
    std::vector<LogicalVolume> volumes;
    while (!text.empty()) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        line = trimmed(line);
        const std::size_t first = line.find(';');
        const std::size_t second = line.find(';', first == std::string_view::npos ? first : first + 1);
        if (first == std::string_view::npos || second == std::string_view::npos) continue;
        LogicalVolume volume;
        volume.group = line.substr(0, first);
        volume.name = line.substr(first + 1, second - first - 1);
        volume.active = line.substr(second + 1).starts_with("active");
        volumes.push_back(std::move(volume));
    }
    return volumes;
}

VolumeGroup::VolumeGroup(Rid rid, Options options)
    : Resource(std::move(rid), Group::disk, "disk.vg", options), name_(options.text("name")) {}

Devices VolumeGroup::devices_below(Looking& looking) const {
    Devices devices;
    const CommandResult& said = looking.ask({"pvs", "--noheadings", "--separator", ";", "-o", "vg_name,pv_name"});
    if (!said.ok()) {
        devices.problem = said.describe();
        return devices;
    }
    for (const std::string_view line : split_filled(said.out, '\n')) {
        const std::vector<std::string_view> parts = split(trimmed(line), ';');
        if (parts.size() == 2 && parts[0] == name_) devices.paths.emplace_back(parts[1]);
    }
    if (devices.paths.empty()) devices.problem = fmt::format("pvs knows no physical volume of {}", name_);
    return devices;
}

ResourceObservation VolumeGroup::look(Looking& looking) const {
    ResourceObservation seen;
    const CommandResult& groups = looking.ask(list_groups);
    const std::vector<std::string> names = split_words(groups.out);
    const bool there = std::ranges::find(names, name_) != names.end();
    if (!there && !groups.ok()) {  // with one group that is broken, vgs fails and lists the others
        seen.say(LogLine::Level::warn, fmt::format("vgs: {}", groups.describe()));
        return seen;
    }
    if (!there) {
        seen.status = Status::down;
        seen.say(LogLine::Level::info, fmt::format("this node sees no volume group {}", name_));
        return seen;
    }
    const CommandResult& said = looking.ask(list_volumes);
    const std::vector<LogicalVolume> volumes = among(parse_lvs(said.out), name_);
    if (volumes.empty() && !said.ok()) {
        seen.say(LogLine::Level::warn, fmt::format("lvs: {}", said.describe()));
        return seen;
    }
    std::vector<LogicalVolume> inactive = volumes;
    std::erase_if(inactive, [](const LogicalVolume& volume) { return volume.active; });
    if (volumes.empty()) {
        seen.status = Status::not_applicable;
        seen.say(LogLine::Level::info, fmt::format("{} has no logical volumes", name_));
    } else if (inactive.size() == volumes.size()) {
        seen.status = Status::down;
    } else if (inactive.empty()) {
        seen.status = Status::up;
    } else {
        seen.status = Status::warn;
        seen.say(LogLine::Level::warn, fmt::format("not active: {}", fmt::join(names_of(inactive), ", ")));
    }
    return seen;
}

Intent VolumeGroup::intend(Goal goal, const ResourceObservation& observation) const {
    Intent intent;
    if (observation.status == Status::not_applicable) return Intent::leave("it has no logical volumes");
    if (goal == Goal::up) {
        if (observation.status == Status::up) return Intent::leave("all its volumes are active");
        intent.verbs.push_back({"start", fmt::format("activate the volumes of {}", name_), to_start, "stop", to_stop});
    } else {
        if (observation.status == Status::down) return Intent::leave("none of its volumes is active");
        intent.verbs.push_back({"stop", fmt::format("deactivate the volumes of {}", name_), to_stop, "", {}});
    }
    return intent;
}

void VolumeGroup::perform(const std::string& verb, Doing& doing) const {
    if (verb == "start") return start(doing);
    if (verb == "stop") return stop(doing);
    throw Error(Error::Code::failed, fmt::format("a volume group has no verb '{}'", verb), rid().text());
}

/// vgchange says yes when it has done what it could: the volumes are looked at afterwards.
void VolumeGroup::start(Doing& doing) const {
    doing.changing();
    const Launch what{{"vgchange", "-ay", "--", name_}, {}, {}};
    launch_or_throw(what, doing);
    const CommandResult said = doing.world.processes.run(list_volumes, doing.deadline);
    std::vector<LogicalVolume> inactive = among(parse_lvs(said.out), name_);
    std::erase_if(inactive, [](const LogicalVolume& volume) { return volume.active; });
    if (!inactive.empty())
        throw Error(Error::Code::failed,
                    fmt::format("vgchange says that it is done, and these are not active: {}", fmt::join(names_of(inactive), ", ")),
                    rid().text(), fmt::format("`lvs {}` and the system's log say more", name_));
}

void VolumeGroup::stop(Doing& doing) const {
    doing.changing();
    const Launch what{{"vgchange", "-an", "--", name_}, {}, {}};
    std::string told;
    while (true) {
        const CommandResult result = launch(what, doing);
        if (result.ok()) return;
        if (doing.deadline.passed(doing.world.clock) || doing.world.signals.pending() != 0) throw failure_of(result, what, doing);
        if (const std::string why = result.describe(); why != told) doing.note(LogLine::Level::warn, told = why);
        const Moment next = std::min(doing.world.clock.now() + between_tries, doing.deadline.at());
        doing.world.clock.sleep_until(next);
        if (doing.deadline.passed(doing.world.clock)) throw failure_of(result, what, doing);
    }
}

}  // namespace svcmgr
