#pragma once

#include <string>

#include "svcmgr/cluster/node.h"
#include "tests/scenario/scenario.h"
#include "tests/scenario/sim_world.h"

namespace svcmgr::sim {

/// What a scenario says about the world: nodes and guests, how they behave, and what happens to them. `stage.cpp` has the table of its
/// words.
class Stage {
public:
    Stage(SimWorld& world, const Paths& paths) : world_(world), paths_(paths) {}

    /// Whether the line is about the world.
    bool knows(const Line& line) const;
    /// Throws ScenarioError.
    void play(const Line& line);

    SimWorld& world() { return world_; }
    const Paths& paths() const { return paths_; }
    Node& node(const std::string& name);
    GuestModel& guest(const std::string& name);
    /// The hypervisor of a node on which a guest is defined.
    HypervisorModel& hypervisor(const std::string& node, const std::string& guest);
    /// A scenario started a guest on a second node: that it is on two is not svcmgr's doing.
    bool has_doubled_a_guest = false;
    /// Nothing in the scenario takes reservations away, or starts guests, behind svcmgr's back.
    bool reservations_are_kept = false;

private:
    SimWorld& world_;
    const Paths& paths_;
};

}  // namespace svcmgr::sim
