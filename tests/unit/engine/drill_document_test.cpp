#include "svcmgr/cluster/drill_document.h"

#include <doctest/doctest.h>

using namespace svcmgr;
using namespace std::chrono_literals;
using Result = DrillCheck::Result;

namespace {

const WallTime at_ten = std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + 10h + 2min + 3s;

DrillDocument example() {
    NodeDrill lacks{.runs = false, .config = "mark"};
    lacks.checks = {{"frozen", Result::fine, "nothing is frozen"},
                    {"container#1", Result::missing, "no \"definition\"\n", "copy it"},
                    {"memory", Result::unknown, "libvirt does not tell"},
                    {"sync#1", Result::noted, "old"}};
    return {"node1", "9.9", {{"vm188", {at_ten, {{"node2", lacks}, {"node3", {.runs = true}}}}}}};
}

}  // namespace

TEST_CASE("a drill is read back as it was written") {
    const auto read = parse_drill(to_json(example()));
    REQUIRE(read);
    CHECK(read->node == "node1");
    CHECK(read->version == "9.9");
    const ServiceDrill& drill = read->services.at("vm188");
    CHECK(drill.drilled == at_ten);
    CHECK(drill.nodes.at("node3").runs);
    CHECK(drill.nodes.at("node3").config.empty());
    const NodeDrill& node = drill.nodes.at("node2");
    CHECK(node.config == "mark");
    REQUIRE(node.checks.size() == 4);
    CHECK(node.checks[1].name == "container#1");
    CHECK(node.checks[1].result == Result::missing);
    CHECK(node.checks[1].reason == "no \"definition\"\n");
    CHECK(node.checks[1].hint == "copy it");
    CHECK(node.checks[2].hint.empty());
    CHECK(to_json(*read) == to_json(example()));
}

// If this fails, a peer with a login banner, or a hostile one, ends svcmgr, or is believed.
TEST_CASE("what is no drill is a sentence") {
    const std::string good = to_json(example());
    for (std::size_t length = 0; length < good.size(); ++length) CHECK_FALSE(parse_drill(good.substr(0, length)));
    const auto with = [&](const std::string& old, const std::string& now) {
        std::string text = good;
        REQUIRE(text.find(old) != std::string::npos);
        return text.replace(text.find(old), old.size(), now);
    };
    for (const std::string& text :
         {with("2026-11-20T10", "2026-13-20T10"), with("2026-11-20T10", "2026-11-20 10"), with("2026-11-20T10", "2026-11-20T24"),
          with("2026-11-20T10:02:03Z", ""), with("10:02:03Z", "10:02:03.5Z"), with("\"runs\": false", "\"runs\": 0"),
          with("\"missing\"", "\"good\""), with("\"mark\"", "7"), with("\"nodes\"", "\"knots\""), "Welcome!\n" + good}) {
        CAPTURE(text);
        const auto read = parse_drill(text);
        REQUIRE_FALSE(read);
        CHECK_FALSE(read.error().reason.empty());
        CHECK(read.error().version.empty());
    }
}

TEST_CASE("an answer of another schema tells the version that wrote it, and long texts are cut") {
    const auto other = parse_drill(R"({"schema":"svcmgr.drill/2","version":"3.0"})");
    REQUIRE_FALSE(other);
    CHECK(other.error().version == "3.0");
    DrillDocument document = example();
    document.services.at("vm188").nodes.at("node2").checks[0].reason = std::string(100'000, 'x');
    const auto read = parse_drill(to_json(document));
    REQUIRE(read);
    CHECK(read->services.at("vm188").nodes.at("node2").checks[0].reason.size() < 1000);
}
