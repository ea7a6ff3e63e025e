#include "svcmgr/cluster/replication/site_history.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "svcmgr/cluster/replication/replica_ages.h"
#include "svcmgr/journal/journal.h"

namespace svcmgr {

namespace {

using Json = nlohmann::ordered_json;
constexpr std::string_view schema = "svcmgr.site/1";
constexpr int actions_to_search = 500;  // what a journal keeps of a service

/// Whether it brought the whole service up, or may have: one that was killed may have written.
bool has_started(const ActionHistory& history) {
    const bool whole = !history.action.aim.groups && !history.action.aim.rids;
    const bool began = history.state == ActionState::done || history.state == ActionState::running ||
                       history.state == ActionState::left_behind || history.state == ActionState::interrupted;
    return whole && began && history.action.aim.goal == Goal::up;
}

std::int64_t number(const WallTime& time) {
    return time.time_since_epoch().count();
}

/// Of this century: what is computed with it must not overflow.
WallTime known_time(const Json& json) {
    constexpr std::int64_t longest = 1LL << 52;  // microseconds: 142 years
    const auto number_there = json.get<std::int64_t>();
    if (number_there < 0 || number_there > longest) throw std::out_of_range("it has a time that is none");
    return WallTime(WallTime::duration(number_there));
}

std::optional<WallTime> time_of(const Json& json) {
    return json.is_null() ? std::nullopt : std::optional(known_time(json));
}

}  // namespace

SiteHistory site_history(World world, const Paths& paths, const Service& service) {
    SiteHistory history{world.clock.wall(), {}, {}};
    const auto actions = JournalReader(world, paths.database).actions(service.name(), actions_to_search);
    if (const auto last = std::ranges::find_if(actions, has_started); last != actions.end()) history.started = last->action.begun;
    for (const ReplicaAge& age : replica_ages(world, paths, service))
        if (age.direction == PeerReplica::Direction::received && age.age && age.rid.text() != "sync#i0")
            history.received = std::max(history.received.value_or(WallTime::min()),
                                        history.now - std::chrono::duration_cast<WallTime::duration>(*age.age));
    return history;
}

std::string to_json(const SiteHistory& history) {
    Json document = {{"schema", schema}, {"now", number(history.now)}, {"started", nullptr}, {"received", nullptr}};
    if (history.started) document["started"] = number(*history.started);
    if (history.received) document["received"] = number(*history.received);
    return document.dump();
}

tl::expected<SiteHistory, std::string> parse_site_history(std::string_view text) {
    try {
        const Json document = Json::parse(text);
        if (document.at("schema") != schema) return tl::unexpected(std::string("it is not of the schema ") + std::string(schema));
        return SiteHistory{known_time(document.at("now")), time_of(document.at("started")), time_of(document.at("received"))};
    } catch (const std::exception& problem) {
        return tl::unexpected(std::string(problem.what()).substr(0, 200));
    }
}

std::string why_not_newer(const SiteHistory& here, const SiteHistory& there, const std::string& drpnode) {
    if (!there.started) return fmt::format("{} has never started it: what is there came from here", drpnode);
    if (there.received && *there.received >= *there.started)
        return fmt::format("{} has not started it since it received its data: what is there came from here", drpnode);
    const auto clocks_differ = there.now - here.now;
    if (here.started && *here.started > *there.started - clocks_differ)
        return fmt::format("it was started here {}, after its last start on {}: what was written here since would be lost",
                           to_iso8601(*here.started), drpnode);
    return {};
}

}  // namespace svcmgr
