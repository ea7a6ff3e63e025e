#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "drivers/clock.h"

namespace svcmgr {

/// Pacemaker's scores: plus and minus this are INFINITY and -INFINITY ("Pacemaker Explained", scores).
inline constexpr int infinite_score = 1'000'000;
/// "INFINITY", "-100"; nothing for anything else. What is beyond INFINITY is INFINITY.
std::optional<int> parse_score(std::string_view text);
std::string score_text(int score);

/// An interval or a timeout: "60", "60s", "100ms", "1min", "PT1M30S"; nothing for anything else.
std::optional<Duration> parse_cib_duration(std::string_view text);

struct CibOperation {
    std::string name;      ///< "start"
    std::string interval;  ///< as it is written; "0" when it is not
    std::string timeout;   ///< the same; empty when it is not written
};

struct CibResource {
    std::string id;
    std::string agent;  ///< "ocf:svcmgr:service"
    std::map<std::string, std::string> parameters;
    std::map<std::string, std::string> meta;  ///< its own: of its groups and of `rsc_defaults` nothing
    std::vector<CibOperation> operations;
    std::string unmanaged;  ///< why the engine leaves it alone on every node; empty when it does not
};

/// One node's score for a resource, or that of all nodes but some.
struct CibLocation {
    std::string id;
    std::string resource;
    std::string node;                     ///< empty when a rule says where
    std::vector<std::string> other_than;  ///< a rule for all nodes but these
    std::string rule;                     ///< any other rule: its expressions, for people
    int score = 0;
};

struct CibOrder {
    std::string id;
    std::string first;
    std::string first_action = "start";
    std::string then;
    std::string then_action = "start";
    std::string kind = "Mandatory";
    bool symmetrical = true;
};

struct CibColocation {
    std::string id;
    std::string resource;
    std::string with;
    int score = infinite_score;
};

struct CibConstraints {
    std::vector<CibLocation> locations;
    std::vector<CibOrder> orders;
    std::vector<CibColocation> colocations;
    std::vector<std::string> others;  ///< ids of those that are none of these: resource sets, patterns, tickets
};

/// What Pacemaker's cluster information base says of resources, as far as svcmgr has to know it (`pacemaker-3.x.rng`).
struct Cib {
    std::vector<CibResource> resources;  ///< primitives, those of groups and clones, too
    CibConstraints constraints;
    std::vector<std::string> maintained_nodes;  ///< whose resources are left alone as they are: lower case
};

/// The XML that `cibadmin --query` prints. Foreign bytes: what is not a CIB is a sentence that says what is wrong. Attributes that depend
/// on rules are passed over, so that a resource is rather taken for managed.
tl::expected<Cib, std::string> parse_cib(std::string_view xml);

}  // namespace svcmgr
