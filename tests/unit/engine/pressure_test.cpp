#include "svcmgr/cluster/pressure.h"

#include <doctest/doctest.h>

#include "drivers/files/memory_files.h"
#include "tests/unit/doubles.h"

using namespace svcmgr;

namespace {

struct Fixture {
    test::ManualClock clock;
    test::NoSignals signals;
    MemoryFiles files{clock, signals};

    void pressure(const std::string& what, const std::string& share) {
        files.put("/proc/pressure/" + what,
                  "some avg10=" + share + " avg60=0.00 avg300=0.00 total=1\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n");
    }
};

}  // namespace

TEST_CASE("the share of the last ten seconds, and nothing from other text") {
    CHECK(parse_pressure("some avg10=12.50 avg60=1.00 avg300=0.00 total=5\n") == 12.5);
    CHECK_FALSE(parse_pressure("full avg10=12.50 avg60=1.00").has_value());
    CHECK_FALSE(parse_pressure("some avg10=x avg60=1.00").has_value());
    CHECK_FALSE(parse_pressure("some avg10=12.50").has_value());
    CHECK_FALSE(parse_pressure("").has_value());
}

// If this fails, a node that boots a hundred guests at once never gets there.
TEST_CASE("fewer act at once on a node under pressure") {
    Fixture node;
    CHECK(actions_at_once(node.files) == 4);
    node.files.put("/sys/devices/system/cpu/online", "0-3,6\n");
    CHECK(actions_at_once(node.files) == 10);
    node.pressure("cpu", "41.00");
    CHECK(actions_at_once(node.files) == 5);
    node.pressure("io", "85.00");
    CHECK(actions_at_once(node.files) == 2);
    node.pressure("memory", "10.00");
    CHECK(actions_at_once(node.files) == 1);
}
