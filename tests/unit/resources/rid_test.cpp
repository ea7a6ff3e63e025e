#include "resources/rid.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace svcmgr;

TEST_CASE("a rid is its section's name: a kind and an index") {
    CHECK(Rid("ip#1").kind() == "ip");
    CHECK(Rid("ip#1").index() == "1");
    CHECK(Rid("fs#data").index() == "data");
    CHECK(Rid("vmdg").kind() == "vmdg");
    CHECK(Rid("vmdg").index().empty());
    CHECK(Rid("odd#").index().empty());
}

// If this fails, the tree of print status and the order of start list ip#10 before ip#2, as OpenSVC did (contract.md, appendix C).
TEST_CASE("rids sort as people count") {
    std::vector<Rid> rids;
    for (const char* text : {"vmdg", "ip#10", "ip#2", "container#1", "ip#1", "fs#data2", "fs#data10", "vmdg#2"}) rids.emplace_back(text);
    std::sort(rids.begin(), rids.end());
    std::vector<std::string> sorted;
    for (const Rid& rid : rids) sorted.push_back(rid.text());
    CHECK(sorted == std::vector<std::string>{"container#1", "fs#data2", "fs#data10", "ip#1", "ip#2", "ip#10", "vmdg", "vmdg#2"});
}

TEST_CASE("digits compare as numbers, whatever their length") {
    CHECK(compare_naturally("a2", "a10") < 0);
    CHECK(compare_naturally("a10", "a2") > 0);
    CHECK(compare_naturally("a99999999999999999999999", "a100000000000000000000000") < 0);
    CHECK(compare_naturally("1.9.2", "1.10.1") < 0);
    CHECK(compare_naturally("a", "a1") < 0);
    CHECK(compare_naturally("", "a") < 0);
    CHECK(compare_naturally("a\xc3\xa9", "az") > 0);
}

// If this fails, two sections of an env file become one in a map, and a resource silently disappears.
TEST_CASE("only the same name is equal") {
    CHECK(compare_naturally("a2", "a02") != 0);
    CHECK((compare_naturally("a2", "a02") < 0) == (compare_naturally("a02", "a2") > 0));
    CHECK(compare_naturally("ip#1", "ip#1") == 0);
    CHECK(Rid("ip#1") == Rid("ip#1"));
    CHECK(Rid("ip#01") != Rid("ip#1"));
}

// If this fails, sorting has no defined result.
TEST_CASE("the order is total and transitive") {
    const std::vector<std::string> names = {"",    "a", "a0", "a00", "a1",  "a01",  "a1b", "a01b", "a1a",
                                            "a10", "b", "#",  "a#",  "a#1", "a#01", "1",   "01",   "1a"};
    for (const auto& x : names)
        for (const auto& y : names) {
            CAPTURE(x);
            CAPTURE(y);
            CHECK((compare_naturally(x, y) < 0) == (compare_naturally(y, x) > 0));
            CHECK((compare_naturally(x, y) == 0) == (x == y));
            for (const auto& z : names)
                if (compare_naturally(x, y) < 0 && compare_naturally(y, z) < 0) CHECK(compare_naturally(x, z) < 0);
        }
}
