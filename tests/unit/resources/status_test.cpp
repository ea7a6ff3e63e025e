#include "resources/status.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace svcmgr;

namespace {

const std::vector<Status> every = {Status::up,
                                   Status::down,
                                   Status::warn,
                                   Status::not_applicable,
                                   Status::standby_up,
                                   Status::standby_down,
                                   Status::standby_up_with_up,
                                   Status::standby_up_with_down};

/// The words of the contract's table; "8" and "9" are its internal values.
Status in_table(const std::string& word) {
    if (word == "8") return Status::standby_up_with_up;
    if (word == "9") return Status::standby_up_with_down;
    return parse_status(word).value();
}

}  // namespace

// If this fails, a service with a broken part is shown as up, or a healthy one as broken.
TEST_CASE("merging follows every cell of the contract's table (3.2)") {
    const std::vector<std::string> heading = {"up", "down", "warn", "n/a", "stdby up", "stdby down", "8", "9"};
    const std::vector<std::vector<std::string>> rows = {
        {"up", "up", "warn", "warn", "up", "8", "warn", "8", "warn"},
        {"down", "warn", "down", "warn", "down", "9", "stdby down", "warn", "9"},
        {"warn", "warn", "warn", "warn", "warn", "warn", "warn", "warn", "warn"},
        {"n/a", "up", "down", "warn", "n/a", "stdby up", "stdby down", "8", "9"},
        {"stdby up", "8", "9", "warn", "stdby up", "stdby up", "warn", "8", "9"},
        {"stdby down", "warn", "stdby down", "warn", "stdby down", "warn", "stdby down", "warn", "warn"},
        {"8", "8", "warn", "warn", "8", "8", "warn", "8", "warn"},
        {"9", "warn", "9", "warn", "9", "9", "warn", "warn", "9"},
    };
    for (const auto& row : rows) {
        REQUIRE(row.size() == heading.size() + 1);
        for (std::size_t column = 0; column < heading.size(); ++column) {
            CAPTURE(row[0]);
            CAPTURE(heading[column]);
            CHECK(merge(in_table(row[0]), in_table(heading[column])) == in_table(row[column + 1]));
        }
    }
}

// If this fails, the overall status depends on the order of the sections in the env file.
TEST_CASE("merging is symmetric, and undef is neutral") {
    for (Status a : every) {
        CAPTURE(to_string(a));
        CHECK(merge(a, Status::undef) == a);
        CHECK(merge(Status::undef, a) == a);
        CHECK(merge(a, a) == a);
        for (Status b : every) CHECK(merge(a, b) == merge(b, a));
    }
    CHECK(merge(Status::undef, Status::undef) == Status::undef);
}

// If this fails, scripts that test the exit code of `status` take one status for another.
TEST_CASE("the numbers are the exit codes of status") {
    CHECK(static_cast<int>(Status::up) == 0);
    CHECK(static_cast<int>(Status::down) == 1);
    CHECK(static_cast<int>(Status::warn) == 2);
    CHECK(static_cast<int>(Status::not_applicable) == 3);
    CHECK(static_cast<int>(Status::undef) == 5);
    CHECK(static_cast<int>(Status::standby_up) == 6);
    CHECK(static_cast<int>(Status::standby_down) == 7);
}

TEST_CASE("the words are read back as they are printed") {
    for (const char* word : {"up", "down", "warn", "n/a", "undef", "stdby up", "stdby down"}) {
        CAPTURE(word);
        REQUIRE(parse_status(word).has_value());
        CHECK(to_string(*parse_status(word)) == word);
    }
    CHECK_FALSE(parse_status("Up").has_value());
    CHECK_FALSE(parse_status("").has_value());
}

// If this fails, people see a status that the manual does not know.
TEST_CASE("the two internal values are never shown") {
    CHECK(printed(Status::standby_up_with_up) == Status::up);
    CHECK(printed(Status::standby_up_with_down) == Status::standby_up);
    CHECK(to_string(Status::standby_up_with_up) == "up");
    CHECK(to_string(Status::standby_up_with_down) == "stdby up");
    for (Status status :
         {Status::up, Status::down, Status::warn, Status::not_applicable, Status::undef, Status::standby_up, Status::standby_down})
        CHECK(printed(status) == status);
}
