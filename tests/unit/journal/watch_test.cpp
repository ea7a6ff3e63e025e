#include "svcmgr/journal/watch.h"

#include <doctest/doctest.h>

#include "tests/unit/journal/test_world.h"

using namespace svcmgr;

// If this fails, a guest that died while nobody looked is not started again, or is started for ever.
TEST_CASE("what was seen last is found again, by service") {
    TestWorld world;
    const std::map<Rid, Watched> seen{{Rid("container#1"), {.was_up = true, .action = "a sid", .tries = 2, .tried = world.clock.wall()}},
                                      {Rid("ip#1"), {}}};
    Watch::open(world.world(), world.database())->put("vm188", seen);
    const auto watch = Watch::open(world.world(), world.database());
    CHECK(watch->of("vm188") == seen);
    CHECK(watch->of("vm189").empty());
    watch->put("vm188", {});
    CHECK(watch->of("vm188").empty());
}
