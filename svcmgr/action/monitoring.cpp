#include "svcmgr/action/monitoring.h"

#include <fmt/format.h>

#include <algorithm>

namespace svcmgr {

namespace {

int allowed_tries(const Resource& resource) {
    return static_cast<int>(resource.options().integer("restart"));
}

bool cared_for(const Resource& resource) {
    const std::vector<std::string> tags = resource.tags();
    const bool acted_on = std::ranges::find(tags, "noaction") == tags.end();
    return !resource.disabled() && (resource.monitored() || (allowed_tries(resource) > 0 && acted_on));
}

bool is_up(Status status) {
    return status == Status::up || status == Status::standby_up;
}

bool is_down(Status status) {
    return status == Status::down || status == Status::standby_down;
}

Status status_in(const Observation& observation, const Resource& resource) {
    const auto seen = observation.resources.find(resource.rid());
    return seen == observation.resources.end() ? Status::undef : seen->second.status;
}

bool touches(const Aim& aim, const Resource& resource) {
    return (!aim.groups || aim.groups->contains(resource.group())) && (!aim.rids || aim.rids->contains(resource.rid()));
}

/// Why nobody expects it to be up, although the last look saw it up: the newest action on it since then did not bring it up.
std::optional<std::string> taken_down(const Resource& resource, const Watched& before, const std::vector<ActionHistory>& actions) {
    for (const ActionHistory& history : actions) {
        const ActionRecord& action = history.action;
        if (action.sid == before.action) return {};
        if (history.state == ActionState::refused || action.aim.goal == Goal::run || action.aim.goal == Goal::sync ||
            !touches(action.aim, resource))
            continue;
        if (action.aim.goal == Goal::up && history.state == ActionState::done) return {};
        return fmt::format("{} of {} by {} took it down, or did not bring it up", action.action, to_iso8601(action.begun),
                           action.caller.sudo_user.empty() ? action.caller.user : action.caller.sudo_user);
    }
    return {};
}

Watched known(const std::map<Rid, Watched>& watched, const Rid& rid) {
    const auto found = watched.find(rid);
    return found == watched.end() ? Watched{} : found->second;
}

Judgement judge_one(const Resource& resource, const Look& look) {
    using enum Judgement::Verdict;
    const Watched before = known(look.before, resource.rid());
    const Status status = status_in(look.observation, resource);
    if (is_up(status) || status == Status::not_applicable) return {well, &resource, "", 0};
    const std::string& detail = look.observation.resources.at(resource.rid()).detail;
    const std::string state = fmt::format("it is {}{}", to_string(status), detail.empty() ? "" : fmt::format(" ({})", detail));
    if (!is_down(status)) return {unknown, &resource, state + ", which is not down", 0};
    if (!before.was_up) return {meant, &resource, state + ", as when it was looked at last", 0};
    if (const auto why = taken_down(resource, before, look.actions)) return {meant, &resource, fmt::format("{}: {}", state, *why), 0};
    const Resource* carrier = resource.carrier();
    if (carrier != nullptr && is_down(status_in(look.observation, *carrier)))
        return {unknown, &resource, fmt::format("{}, because {} is", state, carrier->rid().text()), 0};
    const int left = allowed_tries(resource) - before.tries;
    if (left > 0) return {restart, &resource, state + ", and was up before", left};
    const std::string tries = before.tries == 0 ? "" : fmt::format("; starting it did not help (tries: {})", before.tries);
    return {exhausted, &resource, fmt::format("{}, and was up before{}", state, tries), 0};
}

}  // namespace

std::vector<Judgement> judge(const Service& service, const Look& look) {
    std::vector<Judgement> judgements;
    for (const auto& resource : service.resources())
        if (cared_for(*resource) && look.observation.resources.contains(resource->rid())) judgements.push_back(judge_one(*resource, look));
    return judgements;
}

std::map<Rid, Watched> remember(const Service& service, const Look& look) {
    std::map<Rid, Watched> after;
    for (const auto& resource : service.resources()) {
        if (!cared_for(*resource)) continue;
        Watched one = known(look.before, resource->rid());
        const Status status = status_in(look.observation, *resource);
        if (is_up(status) || is_down(status)) {
            one.was_up = is_up(status);
            one.action = look.actions.empty() ? "" : look.actions.front().action.sid;
        }
        if (one.was_up && one.tried && look.observation.observed - *one.tried >= settled) {
            one.tries = 0;
            one.tried.reset();
        }
        after[resource->rid()] = one;
    }
    return after;
}

}  // namespace svcmgr
