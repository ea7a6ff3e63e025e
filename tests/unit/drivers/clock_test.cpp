#include "drivers/clock.h"

#include <doctest/doctest.h>

using namespace svcmgr;
using namespace std::chrono_literals;

TEST_CASE("a duration is written the way that a reader thinks of it") {
    CHECK(to_text(0ms) == "0 ms");
    CHECK(to_text(350ms) == "350 ms");
    CHECK(to_text(2s) == "2 s");
    CHECK(to_text(1500ms) == "1.5 s");
    CHECK(to_text(42s) == "42 s");
    CHECK(to_text(42400ms) == "42 s");
    CHECK(to_text(90s) == "1 min 30 s");
    CHECK(to_text(5min) == "5 min");
    CHECK(to_text(3h) == "3 h");
    CHECK(to_text(3h + 20min + 10s) == "3 h 20 min");
    CHECK(to_text(24h) == "1 day");
    CHECK(to_text(51h) == "2 days 3 h");
    CHECK(to_text(-2s) == "-2 s");
}

TEST_CASE("rounding never gives sixty of a unit") {
    CHECK(to_text(400us) == "0 ms");
    CHECK(to_text(999600us) == "1 s");
    CHECK(to_text(9960ms) == "10 s");
    CHECK(to_text(59700ms) == "1 min");
    CHECK(to_text(59min + 59s + 700ms) == "1 h");
    CHECK(to_text(23h + 59min + 40s) == "1 day");
}

TEST_CASE("wall time is written in UTC, to the second") {
    CHECK(to_iso8601(WallTime(0us)) == "1970-01-01T00:00:00Z");
    CHECK(to_iso8601(WallTime(1795168800s + 999999us)) == "2026-11-20T10:00:00Z");
    CHECK(to_iso8601(WallTime(1709164799s)) == "2024-02-28T23:59:59Z");
    CHECK(to_iso8601(WallTime(1709164800s)) == "2024-02-29T00:00:00Z");
    CHECK(to_iso8601(WallTime(-1us)) == "1969-12-31T23:59:59Z");
}

TEST_CASE("what is written is read back, with or without a fraction, and nothing else is") {
    for (const char* text :
         {"1970-01-01T00:00:00Z", "2026-11-20T10:00:00Z", "2024-02-29T23:59:59Z", "1969-12-31T23:59:59Z", "0001-01-01T00:00:00Z"}) {
        CAPTURE(text);
        REQUIRE(parse_iso8601(text));
        CHECK(to_iso8601(*parse_iso8601(text)) == text);
    }
    CHECK(parse_iso8601("2026-11-20T10:00:00.123456789Z") == WallTime(1795168800s));
    for (const char* text : {"", "Z", "2026-11-20T10:00:00", "2026-11-20T10:00:00.Z", "2026-11-20T10:00:00.1+Z", "2026-11-20T10:00:00,1Z",
                             "2026-11-20T10:00:00+01:00", "2026-11-20 10:00:00Z", "2026-11-20T10:00:00ZZ", "2026-11-20T10:00:0Z",
                             "2023-02-29T10:00:00Z", "2026-13-01T10:00:00Z", "2026-00-01T10:00:00Z", "2026-11-20T24:00:00Z",
                             "2026-11-20T10:60:00Z", "2026-11-20T10:00:60Z", "-026-11-20T10:00:00Z", "2026-11-20T10:00:-1Z"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_iso8601(text));
    }
}

namespace {

struct StandingClock : Clock {
    Moment at{10s};
    Moment now() const override { return at; }
    WallTime wall() const override { return {}; }
    void sleep_until(Moment until) override { at = until; }
};

}  // namespace

TEST_CASE("a deadline passes at its moment, and what remains is never negative") {
    StandingClock clock;
    const auto deadline = Deadline::in(clock, 5s);
    CHECK_FALSE(deadline.passed(clock));
    CHECK(deadline.remaining(clock) == 5s);
    CHECK(deadline.at_most(clock, 2s).remaining(clock) == 2s);
    CHECK(deadline.at_most(clock, 9s).remaining(clock) == 5s);
    clock.sleep_until(deadline.at());
    CHECK(deadline.passed(clock));
    clock.at += 1h;
    CHECK(deadline.remaining(clock) == 0s);
}
