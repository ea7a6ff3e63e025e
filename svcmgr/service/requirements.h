#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "drivers/options.h"
#include "resources/resource.h"

namespace svcmgr {

/// Another resource, and the states in which it has to be.
struct Requirement {
    Rid rid;
    std::set<Status> states;

    bool allows(Status status) const { return states.contains(status); }
    bool allows_up() const { return allows(Status::up) || allows(Status::standby_up); }
    bool allows_down() const { return allows(Status::down) || allows(Status::standby_down); }
};

/// What `start_requires`, `stop_requires` or `run_requires` of a resource says (contract.md 2.5).
struct Requirements {
    std::vector<Requirement> all;
    bool impossible = false;  ///< the word `impossible`: the action never acts on the resource
    std::string keyword;      ///< "start_requires"
    Place place;              ///< of the value
};

/// Reads `ip#1 disk#2(up,stdby up)`. Without states, up and stdby up are meant. The problem is a sentence for the person who wrote it.
tl::expected<Requirements, std::string> parse_requirements(std::string_view text);

/// What a resource requires on the way to a goal; what can't be read requires nothing: checking the env file has said so.
Requirements requirements_of(const Resource& resource, Goal goal);

}  // namespace svcmgr
