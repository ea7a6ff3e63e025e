#include "svcmgr/cluster/kept_drill.h"

#include <doctest/doctest.h>

#include "drivers/files/memory_files.h"
#include "tests/unit/doubles.h"

using namespace svcmgr;

namespace {

struct Fixture {
    test::ManualClock clock;
    test::NoSignals signals;
    MemoryFiles files{clock, signals};
    Paths paths;
};

DrillDocument drill_of(const std::string& service, std::chrono::seconds when) {
    NodeDrill fine;
    fine.checks = {{"frozen", DrillCheck::Result::fine}};
    return {"node1", "1", {{service, {WallTime(when), {{"node1", fine}}}}}};
}

}  // namespace

// If this fails, a drill of one service forgets what is known of all others, or one that is gone is shown for ever.
TEST_CASE("a drill of one service leaves the others, and one of all forgets those that are gone") {
    Fixture f;
    auto& [clock, signals, files, paths] = f;
    CHECK(recall_drill(files, paths).services.empty());
    CHECK(recall_drill(files, paths).problem.empty());
    keep_drill(files, paths, drill_of("vm188", std::chrono::seconds(1)), OtherServices::forgotten);
    keep_drill(files, paths, drill_of("vm200", std::chrono::seconds(2)), OtherServices::kept);
    keep_drill(files, paths, drill_of("vm200", std::chrono::seconds(3)), OtherServices::kept);
    const KeptDrill both = recall_drill(files, paths);
    CHECK(both.of("vm188").drilled == WallTime(std::chrono::seconds(1)));
    CHECK(both.of("vm200").drilled == WallTime(std::chrono::seconds(3)));
    CHECK(both.of("vm300").nodes.empty());
    keep_drill(files, paths, drill_of("vm200", std::chrono::seconds(4)), OtherServices::forgotten);
    CHECK(recall_drill(files, paths).services.size() == 1);
}

TEST_CASE("a file that is no drill is a problem, and replaced by the next one") {
    Fixture f;
    auto& [clock, signals, files, paths] = f;
    files.put(paths.kept_drill, "{\"schema\":");
    const KeptDrill kept = recall_drill(files, paths);
    CHECK(kept.services.empty());
    CHECK(kept.problem.find(paths.kept_drill) != std::string::npos);
    keep_drill(files, paths, drill_of("vm188", std::chrono::seconds(1)), OtherServices::kept);
    CHECK(recall_drill(files, paths).problem.empty());
}
