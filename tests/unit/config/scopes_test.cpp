#include "svcmgr/config/scopes.h"

#include <doctest/doctest.h>

using namespace svcmgr;

namespace {

Scopes example(const char* nodename) {
    Scopes scopes(nodename);
    scopes.set_nodes({"node109", "node110"});
    scopes.set_drpnodes({"node209", "node109"});
    scopes.set_encapnodes({"vm188"});
    scopes.set_flex_primary("node109");
    scopes.set_drp_flex_primary("node209");
    return scopes;
}

}  // namespace

TEST_CASE("The node's name is nearest, no scope is farthest, the groups are in OpenSVC's order between") {
    const Scopes scopes = example("NODE109");
    CHECK(scopes.rank("node109") < scopes.rank("nodes"));
    CHECK(scopes.rank("nodes") < scopes.rank("drpnodes"));
    CHECK(scopes.rank("drpnodes") < scopes.rank("flex_primary"));
    CHECK(scopes.rank("flex_primary") < scopes.rank(""));
    CHECK_FALSE(scopes.rank("drp_flex_primary"));
    CHECK_FALSE(scopes.rank("encapnodes"));
    CHECK_FALSE(scopes.rank("node110"));
}

TEST_CASE("A node outside of a group does not read the group's scope") {
    const Scopes drp = example("node209");
    CHECK_FALSE(drp.rank("nodes"));
    CHECK(drp.rank("drpnodes") < drp.rank("drp_flex_primary"));
    const Scopes guest = example("vm188");
    CHECK(guest.rank("encapnodes") < guest.rank(""));
    const Scopes stranger = example("node999");
    for (const char* scope : {"nodes", "drpnodes", "encapnodes", "flex_primary", "drp_flex_primary", "node109"})
        CHECK_FALSE(stranger.rank(scope));
    CHECK(stranger.rank(""));
}

TEST_CASE("Groups and the service's nodes are known scopes; a slip of the finger is not") {
    const Scopes scopes = example("node109");
    for (const char* scope :
         {"", "nodes", "drpnodes", "encapnodes", "flex_primary", "drp_flex_primary", "node109", "node110", "node209", "vm188"})
        CHECK(scopes.known(scope));
    CHECK_FALSE(scopes.known("node1l0"));
    CHECK_FALSE(scopes.words().empty());
}
