#include "svcmgr/cluster/replication/site_history.h"

#include <doctest/doctest.h>

using namespace svcmgr;
using std::chrono::hours;

namespace {

const WallTime noon(hours(24 * 365 * 56 + 12));

}  // namespace

TEST_CASE("what a node says of its own data is read as it was written, and nothing else is") {
    const SiteHistory history{noon, noon - hours(2), {}};
    const auto again = parse_site_history(to_json(history));
    REQUIRE(again);
    CHECK(again->now == history.now);
    CHECK(again->started == history.started);
    CHECK_FALSE(again->received);
    const std::string text = to_json(history);
    for (std::size_t length = 0; length < text.size(); ++length) CHECK_FALSE(parse_site_history(text.substr(0, length)));
    CHECK_FALSE(parse_site_history("[]"));
    CHECK_FALSE(parse_site_history(R"({"schema":"svcmgr.site/2","now":1,"started":null,"received":null})"));
    CHECK_FALSE(parse_site_history(R"({"schema":"svcmgr.site/1","now":"noon","started":null,"received":null})"));
    CHECK_FALSE(parse_site_history(R"({"schema":"svcmgr.site/1","now":9223372036854775807,"started":null,"received":null})"));
}

// If this fails, a return replaces what production has written by what is older.
TEST_CASE("what a drpnode has is newer when it was started there after it came, and not here since") {
    const SiteHistory here{noon, noon - hours(100), {}};
    CHECK(why_not_newer(here, {noon, noon - hours(3), noon - hours(5)}, "drp1").empty());
    CHECK(why_not_newer({noon, {}, {}}, {noon, noon - hours(3), {}}, "drp1").empty());
    CHECK(why_not_newer(here, {noon, {}, noon - hours(5)}, "drp1").find("never started") != std::string::npos);
    CHECK(why_not_newer(here, {noon, noon - hours(6), noon - hours(5)}, "drp1").find("since it received") != std::string::npos);
    CHECK(why_not_newer({noon, noon - hours(1), {}}, {noon, noon - hours(3), noon - hours(5)}, "drp1").find("would be lost") !=
          std::string::npos);
}

TEST_CASE("a clock that is off by days makes nothing newer or older") {
    const SiteHistory here{noon, noon - hours(4), {}};
    const WallTime theirs = noon + hours(72);
    CHECK(why_not_newer(here, {theirs, theirs - hours(3), theirs - hours(5)}, "drp1").empty());
    CHECK_FALSE(why_not_newer(here, {theirs, theirs - hours(5), theirs - hours(6)}, "drp1").empty());
    const WallTime behind = noon - hours(72);
    CHECK(why_not_newer(here, {behind, behind - hours(3), behind - hours(5)}, "drp1").empty());
    CHECK_FALSE(why_not_newer(here, {behind, behind - hours(5), behind - hours(6)}, "drp1").empty());
}
