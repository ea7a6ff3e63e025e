#include "svcmgr/cluster/drill.h"

#include <doctest/doctest.h>

using namespace svcmgr;
using Result = DrillCheck::Result;
using Answer = NodeDrill::Answer;

namespace {

NodeDrill with(std::initializer_list<Result> results) {
    NodeDrill drill;
    for (const Result result : results) drill.checks.push_back({"x", result});
    return drill;
}

}  // namespace

// If this fails, a node that lacks something counts as one that could take over.
TEST_CASE("one thing that is missing decides, and what nobody could tell is no yes") {
    CHECK(with({Result::fine}).answer() == Answer::possible);
    CHECK(with({Result::fine, Result::noted}).answer() == Answer::possible);
    CHECK(with({Result::fine, Result::unknown}).answer() == Answer::unknown);
    CHECK(with({Result::unknown, Result::missing, Result::fine}).answer() == Answer::impossible);
    CHECK(with({}).answer() == Answer::unknown);
}

TEST_CASE("everywhere is every node") {
    ServiceDrill drill;
    drill.nodes = {{"node1", with({Result::fine})}, {"node2", with({Result::fine})}};
    CHECK(drill.possible_everywhere());
    drill.nodes["node3"] = with({Result::unknown});
    CHECK_FALSE(drill.possible_everywhere());
}

TEST_CASE("an env file that can't be used is missing, and says what to do") {
    const NodeDrill drill = drill_without_env_file(Error(Error::Code::invalid, "there is no service vm188", "", "svcmgr ls"));
    CHECK(drill.answer() == Answer::impossible);
    REQUIRE(drill.checks.size() == 1);
    CHECK(drill.checks[0].name == check_of_env_file);
    CHECK(drill.checks[0].hint == "svcmgr ls");
}
