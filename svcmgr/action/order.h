#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "resources/resource.h"
#include "svcmgr/service/requirements.h"
#include "svcmgr/service/service.h"

namespace svcmgr {

/// A resource that another one waits for, and why.
struct Precedence {
    const Resource* before = nullptr;
    enum class Because {
        group,    ///< its group, subset or number comes first
        carrier,  ///< it carries the other, or is carried by it
        requirement,
    } because = Because::group;
};

/// In which order a service's resources go to a goal, whatever their states:
///
/// - Groups one after the other: ip, disk, fs, share, container, app; stop is the reverse (design.md 4, contract.md 4.1).
/// - In a group the resources without a subset first, then subset after subset by name; in each by `Resource::place`, then by rid,
/// naturally:
///   ip#2 before ip#10 (contract.md 2.12). One after the other, unless the section [subset#GROUP:NAME], or [subset#GROUP] for those
///   without, says `parallel = true`. What one of them requires of another of the same group goes first all the same.
/// - What a guest carries waits for its container and for what that one carries before it, and for nothing else; stop is the reverse.
/// - `start_requires`, `stop_requires`: who needs another one up starts after it and stops before it.
class Order {
public:
    Order(const Service& service, Goal goal);

    /// Each behind all that it waits for; those of a circle last.
    const std::vector<const Resource*>& sequence() const { return sequence_; }
    const std::vector<Precedence>& before(const Resource& resource) const;
    /// What a resource of the service requires on the way to the goal.
    const Requirements& requirements(const Resource& resource) const { return requirements_.at(&resource); }
    /// Resources that wait for each other, each for the next and the last for the first; empty when there are none.
    const std::vector<const Resource*>& circle() const { return circle_; }
    /// "container#1 waits for ip#1 (start_requires), ip#1 waits for container#1 (group)"
    std::string describe_circle() const;

private:
    using Chain = std::vector<const Resource*>;

    std::vector<Chain> units_of(Group group, const Resource* carrier) const;
    void move_behind_requirements(Chain& resources) const;
    bool waits_by_requirement(const Resource& resource, const Resource& other) const;
    void chain(const std::vector<Chain>& units, const Resource* carrier);
    void add_served();
    void add_requirements();
    void add(const Resource* resource, const Resource* before, Precedence::Because because);
    void sort();
    void find_circle(const std::vector<const Resource*>& rest);

    const Service& service_;
    Goal goal_;
    std::map<const Resource*, Requirements> requirements_;  ///< of every resource
    std::map<const Resource*, std::vector<Precedence>> before_;
    std::vector<const Resource*> natural_;  ///< as groups, subsets and rids have it
    std::vector<const Resource*> sequence_;
    std::vector<const Resource*> circle_;
};

}  // namespace svcmgr
