#include "svcmgr/journal/sid.h"

#include <doctest/doctest.h>

#include <regex>
#include <set>
#include <string>

using namespace svcmgr;

namespace {

const ProcessId process{"4f2c", 4711, 99};

WallTime at(std::int64_t microseconds) {
    return WallTime(std::chrono::microseconds(microseconds));
}

}  // namespace

TEST_CASE("a sid is a UUID of version 7 that tells its time") {
    const std::string sid = make_sid(at(0x0198f3a1b2c3 * 1000), "node109", process, 1);
    CHECK(std::regex_match(sid, std::regex("0198f3a1-b2c3-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")));
}

// If this fails, the newest action is not the last one in a sorted list, and logs can't be followed.
TEST_CASE("sids sort by time, to the microsecond, then by number") {
    const std::int64_t now = 1'795'168'800'000'000;
    std::string before;
    for (const std::int64_t later : {0, 1, 2, 999, 1000, 1001, 60'000'000}) {
        const std::string sid = make_sid(at(now + later), "node109", process, 1);
        CAPTURE(later);
        CHECK(before < sid);
        before = sid;
    }
    CHECK(make_sid(at(now), "node109", process, 1) < make_sid(at(now), "node109", process, 2));
    CHECK(make_sid(at(now), "node109", process, 9) < make_sid(at(now), "node109", process, 10));
}

// If this fails, two nodes that start services at the same moment write about each other's actions.
TEST_CASE("sids differ with node, process and number, and with nothing else") {
    std::set<std::string> sids;
    int made = 0;
    for (const char* node : {"node109", "node110", "node11", "0"})
        for (const char* boot : {"4f2c", "4f2d"})
            for (const int pid : {1, 11, 4711})
                for (const std::uint64_t ticks : {std::uint64_t{1}, std::uint64_t{99}})
                    for (const std::int64_t serial : {1, 2, 16384, 16385, 100000}) {
                        sids.insert(make_sid(at(1), node, {boot, pid, ticks}, serial));
                        ++made;
                    }
    CHECK(sids.size() == static_cast<std::size_t>(made));
    CHECK(make_sid(at(1), "node109", process, 1) == make_sid(at(1), "node109", process, 1));
}

TEST_CASE("a sid is short by its end") {
    CHECK(short_sid("01a1f866-10ea-7000-8001-049dc4f97115") == "c4f97115");
    CHECK(short_sid("abc") == "abc");
}

TEST_CASE("a clock far off still gives a sid") {
    for (const std::int64_t odd :
         {std::int64_t{-1}, std::int64_t{-1'000'000'000'000'000}, std::int64_t{0}, std::int64_t{9'000'000'000'000'000'000}}) {
        CAPTURE(odd);
        CHECK(std::regex_match(make_sid(at(odd), "n", process, 1),
                               std::regex("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")));
    }
}
