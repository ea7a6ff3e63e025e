#include "svcmgr/config/arithmetic.h"

#include <doctest/doctest.h>

using namespace svcmgr;

TEST_CASE("Arithmetic has Python's precedence and results") {
    const std::pair<const char*, const char*> examples[] = {
        {"1", "1"},
        {"1 + 2 * 3", "7"},
        {"(1 + 2) * 3", "9"},
        {"2 ** 3 ** 2", "512"},
        {"-2 ** 2", "-4"},
        {"2 ** -1", "0.5"},
        {"7 / 2", "3.5"},
        {"6 / 2", "3"},
        {"7 // 2", "3"},
        {"-7 // 2", "-4"},
        {"7 % 3", "1"},
        {"-7 % 3", "2"},
        {"7 % -3", "-2"},
        {"6 ^ 3", "5"},
        {"1 + 2 ^ 1", "2"},
        {"- - 3", "3"},
        {"+3", "3"},
        {"10 - 4 - 3", "3"},
        {"100 // 7 // 2", "7"},
        {"1.5 * 2", "3"},
        {"1 / 3", "0.333333333333333"},
        {"  ( ( 2 ) ) ", "2"},
        {"9007199254740992", "9007199254740992"},
        {"0 * -1", "0"},
        {"1 / 100000", "1e-05"},
        {"1e-05 * 2e5", "2"},
        {"1.5E+3", "1500"},
        {"4503599627370495.5", "4503599627370496"},
        {"999999999999999.5", "1000000000000000"},
    };
    for (const auto& [expression, result] : examples) {
        const auto& the_expression = expression;
        CAPTURE(the_expression);
        const auto calculated = calculate(expression);
        REQUIRE(calculated);
        CHECK(*calculated == result);
    }
}

TEST_CASE("What can't be calculated says why") {
    const std::pair<const char*, const char*> examples[] = {
        {"", "a number is missing at its end"},
        {"1 +", "a number is missing at its end"},
        {"1 / 0", "it divides by zero"},
        {"1 // (2 - 2)", "it divides by zero"},
        {"1 % 0", "it divides by zero"},
        {"0 ** -1", "it divides by zero"},
        {"(1", "a '(' has no ')'"},
        {"1)", "')' is no number or operator"},
        {"1 2", "'2' is no number or operator"},
        {"10g * 2", "'g * 2' is no number or operator"},
        {"date +%F", "'date +%F' is no number or operator"},
        {"1.2.3", "'1.2.3' is no number or operator"},
        {"1e", "'e' is no number or operator"},
        {"1e+", "'e+' is no number or operator"},
        {"1e999", "'1e999' is no number or operator"},
        {".", "'.' is no number or operator"},
        {"2 ** 60", "its result is too large"},
        {"9007199254740993 * 9", "its result is too large"},
        {"1.5 ^ 1", "'^' needs whole numbers"},
        {"(-8) ** 0.5", "its result is too large"},
    };
    for (const auto& [expression, problem] : examples) {
        const auto& the_expression = expression;
        CAPTURE(the_expression);
        const auto calculated = calculate(expression);
        REQUIRE_FALSE(calculated);
        CHECK(calculated.error() == problem);
    }
}

TEST_CASE("Deep nesting is refused instead of using up the stack") {
    const std::string deep(100000, '(');
    CHECK(calculate(deep + "1").error() == "it is nested too deeply");
    CHECK(calculate(std::string(100000, '-') + "1").error() == "it is nested too deeply");
    std::string powers = "1";
    for (int i = 0; i < 100000; ++i) powers += "**1";
    CHECK(calculate(powers).error() == "it is nested too deeply");
    std::string sums = "1";
    for (int i = 0; i < 10000; ++i) sums += "+1";
    CHECK(*calculate(sums) == "10001");
}
