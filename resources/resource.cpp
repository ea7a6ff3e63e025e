#include "resources/resource.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "drivers/signals.h"

namespace svcmgr {

std::string_view to_string(Group group) noexcept {
    switch (group) {
        case Group::ip: return "ip";
        case Group::disk: return "disk";
        case Group::fs: return "fs";
        case Group::container: return "container";
        case Group::share: return "share";
        case Group::app: return "app";
        case Group::sync: return "sync";
        case Group::task: return "task";
    }
    return "";
}

std::string_view to_string(LogLine::Level level) noexcept {
    switch (level) {
        case LogLine::Level::info: return "info";
        case LogLine::Level::warn: return "warn";
        case LogLine::Level::error: return "error";
    }
    return "";
}

std::string_view keyword_word(Goal goal) noexcept {
    switch (goal) {
        case Goal::up: return "start";
        case Goal::down: return "stop";
        case Goal::run: return "run";
        case Goal::sync: return "sync_nodes";
    }
    return "";
}

Resource::Resource(Rid rid, Group group, std::string type, Options options)
    : rid_(std::move(rid)), group_(group), type_(std::move(type)), options_(std::move(options)) {}

std::vector<std::string> Resource::tags() const {
    return options_.list("tags");
}
std::string Resource::subset() const {
    return options_.text("subset");
}
bool Resource::disabled() const {
    return options_.flag("disable");
}
bool Resource::optional() const {
    return options_.flag("optional");
}
bool Resource::monitored() const {
    return options_.flag("monitor");
}
bool Resource::standby() const {
    return options_.flag("standby");
}

ResourceObservation observe(const Resource& resource, Looking& looking) {
    const std::vector<std::string> tags = resource.tags();
    ResourceObservation seen;
    if (resource.disabled()) {
        seen.status = Status::not_applicable;
        seen.say(LogLine::Level::info, "disabled");
    } else if (std::ranges::find(tags, "nostatus") != tags.end()) {
        seen.status = Status::not_applicable;
        seen.say(LogLine::Level::info, "not looked at (tag nostatus)");
    } else {
        seen = resource.look(looking);
        if (resource.standby() && seen.status == Status::up) seen.status = Status::standby_up;
        if (resource.standby() && seen.status == Status::down) seen.status = Status::standby_down;
    }
    seen.observed = looking.world().clock.wall();
    return seen;
}

void wait_for(Doing& doing, const std::string& what, Duration interval, const std::function<bool()>& done) {
    Clock& clock = doing.world.clock;
    const Moment begin = clock.now();
    while (!done()) {
        if (doing.world.signals.pending() != 0)
            throw Error(Error::Code::interrupted, fmt::format("interrupted while waiting for {}", what));
        if (doing.deadline.passed(clock))
            throw Error(Error::Code::timed_out, fmt::format("waited {} for {}", to_text(clock.now() - begin), what));
        clock.sleep_until(std::min(clock.now() + interval, doing.deadline.at()));
    }
}

}  // namespace svcmgr
