#include "svcmgr/action/order.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <span>
#include <tuple>

namespace svcmgr {

namespace {

constexpr Group start_order[] = {Group::ip, Group::disk, Group::fs, Group::share, Group::container, Group::app};
constexpr Group run_order[] = {Group::task};
constexpr Group sync_order[] = {Group::sync};

std::span<const Group> groups_for(Goal goal) {
    if (goal == Goal::run) return run_order;
    if (goal == Goal::sync) return sync_order;
    return start_order;
}

bool contains(const std::vector<const Resource*>& resources, const Resource* resource) {
    return std::ranges::find(resources, resource) != resources.end();
}

std::string_view word_for(Precedence::Because because) {
    switch (because) {
        case Precedence::Because::group: return "order of groups";
        case Precedence::Because::carrier: return "carrier";
        case Precedence::Because::requirement: return "requires";
    }
    return "";
}

}  // namespace

Order::Order(const Service& service, Goal goal) : service_(service), goal_(goal) {
    for (const auto& resource : service.resources()) requirements_.emplace(resource.get(), requirements_of(*resource, goal));
    std::vector<const Resource*> carriers{nullptr};
    for (const auto& resource : service.resources())
        if (resource->carrier() != nullptr && !contains(carriers, resource->carrier())) carriers.push_back(resource->carrier());
    for (const Resource* carrier : carriers) {
        std::vector<Chain> units;
        for (const Group group : groups_for(goal)) {
            std::vector<Chain> of_group = units_of(group, carrier);
            // Those of a group are in the order of the goal already; the groups of a stop come last first.
            const auto where = goal == Goal::down ? units.begin() : units.end();
            units.insert(where, std::make_move_iterator(of_group.begin()), std::make_move_iterator(of_group.end()));
        }
        chain(units, carrier);
    }
    add_served();
    add_requirements();
    sort();
}

/// What the node carries and works only with something that it made in a container: behind it, and gone before it.
void Order::add_served() {
    if (goal_ == Goal::run || goal_ == Goal::sync) return;  // these change nobody's state
    for (const Resource* resource : natural_)
        for (const Resource* other : natural_)
            if (resource->made_from_outside() && resource->serves(*other)) {
                if (goal_ == Goal::down)
                    add(resource, other, Precedence::Because::carrier);
                else
                    add(other, resource, Precedence::Because::carrier);
            }
}

/// What goes together, one unit after the other.
std::vector<Order::Chain> Order::units_of(Group group, const Resource* carrier) const {
    Chain resources;
    for (const auto& resource : service_.resources())
        if (resource->group() == group && resource->carrier() == carrier) resources.push_back(resource.get());
    const auto key = [this](const Resource* resource) { return std::tuple(resource->subset(), resource->place(goal_), resource->rid()); };
    std::ranges::sort(resources, [&](const Resource* a, const Resource* b) {
        if (goal_ != Goal::down) return key(a) < key(b);
        // A stop has subsets and rids backwards; its places are those of a stop.
        return std::tuple(b->subset(), a->place(goal_), b->rid()) < std::tuple(a->subset(), b->place(goal_), a->rid());
    });
    move_behind_requirements(resources);
    std::vector<Chain> units;
    for (const Resource* resource : resources) {
        const auto goes_with = [&](const Resource* last) {
            return service_.parallel(group, resource->subset()) && last->subset() == resource->subset() &&
                   last->place(goal_) == resource->place(goal_) && !waits_by_requirement(*resource, *last);
        };
        if (units.empty() || !goes_with(units.back().back())) units.emplace_back();
        units.back().push_back(resource);
    }
    return units;
}

/// Whether `resource` may begin only when `other` is done, because one of them requires the other.
bool Order::waits_by_requirement(const Resource& resource, const Resource& other) const {
    const auto other_goes_first = [this](const Requirement& one) { return goal_ == Goal::up ? one.allows_up() : one.allows_down(); };
    const auto counts = [](const Requirement& one) { return one.allows_up() != one.allows_down(); };
    for (const Requirement& one : requirements(resource).all)
        if (one.rid == other.rid() && counts(one) && other_goes_first(one)) return true;
    for (const Requirement& one : requirements(other).all)
        if (one.rid == resource.rid() && counts(one) && !other_goes_first(one)) return true;
    return false;
}

/// Leaves the order as it is where nothing is required, and where requirements go round in a circle.
void Order::move_behind_requirements(Chain& resources) const {
    Chain rest = std::move(resources);
    resources.clear();
    const auto ready = [&](const Resource* resource) {
        return std::ranges::none_of(rest, [&](const Resource* other) { return waits_by_requirement(*resource, *other); });
    };
    while (!rest.empty()) {
        auto next = std::ranges::find_if(rest, ready);
        if (next == rest.end()) next = rest.begin();
        resources.push_back(*next);
        rest.erase(next);
    }
}

void Order::chain(const std::vector<Chain>& units, const Resource* carrier) {
    const Chain* last = nullptr;
    for (const Chain& unit : units) {
        for (const Resource* resource : unit) {
            natural_.push_back(resource);
            before_[resource];
            if (last != nullptr)
                for (const Resource* before : *last) add(resource, before, Precedence::Because::group);
            if (carrier == nullptr) continue;
            if (goal_ == Goal::down)
                add(carrier, resource, Precedence::Because::carrier);
            else
                add(resource, carrier, Precedence::Because::carrier);
        }
        last = &unit;
    }
}

void Order::add_requirements() {
    if (goal_ == Goal::run || goal_ == Goal::sync) return;  // these change nobody's state
    for (const Resource* resource : natural_)
        for (const Requirement& requirement : requirements(*resource).all) {
            const Resource* other = service_.find(requirement.rid);
            if (other == nullptr || !before_.contains(other)) continue;
            if (waits_by_requirement(*resource, *other)) add(resource, other, Precedence::Because::requirement);
            if (waits_by_requirement(*other, *resource)) add(other, resource, Precedence::Because::requirement);
        }
}

void Order::add(const Resource* resource, const Resource* before, Precedence::Because because) {
    std::vector<Precedence>& all = before_[resource];
    const auto found = std::ranges::find(all, before, &Precedence::before);
    if (found == all.end())
        all.push_back({before, because});
    else if (because == Precedence::Because::requirement)
        found->because = because;
}

const std::vector<Precedence>& Order::before(const Resource& resource) const {
    static const std::vector<Precedence> none;
    const auto found = before_.find(&resource);
    return found == before_.end() ? none : found->second;
}

/// Takes, again and again, the first in the natural order that waits for nobody any more.
void Order::sort() {
    std::vector<const Resource*> rest = natural_;
    const auto ready = [&](const Resource* resource) {
        return std::ranges::none_of(before_[resource], [&](const Precedence& one) { return contains(rest, one.before); });
    };
    while (!rest.empty()) {
        const auto next = std::ranges::find_if(rest, ready);
        if (next == rest.end()) break;
        sequence_.push_back(*next);
        rest.erase(next);
    }
    if (!rest.empty()) find_circle(rest);
    sequence_.insert(sequence_.end(), rest.begin(), rest.end());
}

/// Every one of `rest` waits for another of `rest`: whoever follows that comes round.
void Order::find_circle(const std::vector<const Resource*>& rest) {
    std::vector<const Resource*> path{rest.front()};
    for (;;) {
        const auto& waits_for = before_[path.back()];
        const Resource* next = std::ranges::find_if(waits_for, [&](const Precedence& one) { return contains(rest, one.before); })->before;
        if (const auto seen = std::ranges::find(path, next); seen != path.end()) {
            circle_.assign(seen, path.end());
            return;
        }
        path.push_back(next);
    }
}

std::string Order::describe_circle() const {
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < circle_.size(); ++i) {
        const Resource* next = circle_[(i + 1) % circle_.size()];
        const auto& waits_for = before(*circle_[i]);
        const auto because = std::ranges::find(waits_for, next, &Precedence::before)->because;
        parts.push_back(fmt::format("{} waits for {} ({})", circle_[i]->rid().text(), next->rid().text(), word_for(because)));
    }
    return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace svcmgr
