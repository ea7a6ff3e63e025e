#include "svcmgr/report/drill.h"

#include <doctest/doctest.h>

#include "svcmgr/report/status.h"
#include "tests/unit/report/example_service.h"

using namespace svcmgr;
using namespace std::chrono_literals;
using Result = DrillCheck::Result;

namespace {

NodeDrill with(std::vector<DrillCheck> checks) {
    NodeDrill drill;
    drill.checks = std::move(checks);
    return drill;
}

const NodeDrill fine = with({{"frozen", Result::fine, "not frozen"}});
const NodeDrill silent = with({{std::string(check_of_answer), Result::unknown, "node3: no answer within 2 s", "look there"}});
const NodeDrill lacks =
    with({{"sync#1", Result::noted, "it is old"}, {"container#1 bridge br0", Result::missing, "there is none", "make it"}});

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

// If this fails, the night before the disaster somebody believes in a node that can't take over.
TEST_CASE("each node has its cell, and each no its reason; a silent node is named once") {
    NodeDrill runs = fine;
    runs.runs = true;
    const DrillDocument document{
        "node1",
        "1",
        {{"vm188", {{}, {{"node1", runs}, {"node2", lacks}, {"node3", silent}}}}, {"vm200", {{}, {{"node1", fine}, {"node3", silent}}}}}};
    CHECK(drill_text(document, {"node1", "node2", "node3"}, {}) ==
          "service  node1  node2  node3\n"
          "vm188    runs   no     ?\n"
          "vm200    yes           ?\n"
          "vm188 on node2: container#1 bridge br0: there is none; make it\n"
          "vm188 on node2: worth knowing: sync#1: it is old\n"
          "node3: no answer within 2 s; look there\n");
}

TEST_CASE("a node that could start a service, one that could not and one that nobody knows have different colours") {
    const DrillDocument document{"node1", "1", {{"vm188", {{}, {{"node1", fine}, {"node2", lacks}, {"node3", silent}}}}}};
    CHECK(contains(drill_text(document, {"node1", "node2", "node3"}, {.colour = Style::Colour::ansi}),
                   "\nvm188    \033[32myes\033[0m    \033[31mno\033[0m     \033[33m?\033[0m\n"));
}

TEST_CASE("what a node says is made fit for a terminal") {
    const NodeDrill hostile = with({{"x", Result::missing, "\x1b[2J"}});
    CHECK_FALSE(contains(drill_text({"n", "1", {{"vm188", {{}, {{"n", hostile}}}}}}, {"n"}, {}), "\x1b"));
}

TEST_CASE("what keeps a start away comes first, as an error") {
    const std::vector<LogLine> lines = remarks_of(lacks);
    REQUIRE(lines.size() == 2);
    CHECK(lines[0] == LogLine{LogLine::Level::error, "container#1 bridge br0: there is none; make it"});
    CHECK(lines[1] == LogLine{LogLine::Level::info, "sync#1: it is old"});
    CHECK(remarks_of(silent).front().level == LogLine::Level::warn);
    CHECK(remarks_of(fine).empty());
}

// If this fails, what was true last week looks like now.
TEST_CASE("print status --drill says how old it is") {
    ExampleService example({{"container#1", Group::container, "container.kvm", "vm188", Status::up}});
    const ServiceDrill drill{example.observation.observed - 8h, {{"node1", fine}, {"node2", lacks}}};
    ServiceView view = example.view();
    view.drill = &drill;
    CHECK(status_tree(view, {}, example.observation.observed) ==
          "vm188\n"
          "overall                   up\n"
          "|- avail                  up\n"
          "|  '- container#1    .... up         vm188\n"
          "'- takeover\n"
          "   |- node1               yes        8 h ago\n"
          "   '- node2               no         8 h ago\n"
          "                                     error: container#1 bridge br0: there is\n"
          "                                     none; make it\n"
          "                                     info: sync#1: it is old\n");
    const ServiceDrill never;
    view.drill = &never;
    CHECK(contains(status_tree(view, {}, example.observation.observed), "nobody knows: svcmgr drill looks"));
    CHECK(age_of(drill, drill.drilled - 1h) == 0s);
}
