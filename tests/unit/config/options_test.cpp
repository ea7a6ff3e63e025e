#include "drivers/options.h"

#include <doctest/doctest.h>

using namespace svcmgr;
using namespace std::chrono_literals;

namespace {

constexpr Keyword driver_table[] = {
    {.name = "name", .default_value = "of the driver"},
};
constexpr Keyword kind_table[] = {
    {.name = "name", .default_value = "of the kind"},
    {.name = "wanted", .type = Keyword::Type::boolean, .default_value = "true"},
    {.name = "tries", .type = Keyword::Type::integer},
    {.name = "room", .type = Keyword::Type::size, .default_value = "10"},
    {.name = "patience", .type = Keyword::Type::duration, .default_value = "4m"},
    {.name = "age", .type = Keyword::Type::minutes, .default_value = "1440"},
    {.name = "nodes", .type = Keyword::Type::node_list},
    {.name = "words", .type = Keyword::Type::list, .default_value = "a b"},
    {.name = "program", .type = Keyword::Type::command, .default_value = "echo 'two words'"},
};

Options example() {
    return {"container#1", {"vm188.env", 3, 1}, {Keywords(driver_table), Keywords(kind_table)}};
}

}  // namespace

TEST_CASE("A boolean is one of OpenSVC's words in any case; nothing else passes for false") {
    for (const char* word : {"1", "yes", "y", "true", "t", "on", "True", "YES", " on "}) CHECK(parse_boolean(word) == true);
    for (const char* word : {"0", "no", "n", "false", "f", "off", "False", "NO"}) CHECK(parse_boolean(word) == false);
    for (const char* word : {"", "2", "ja", "truee", "yes no", "-1"}) CHECK_FALSE(parse_boolean(word));
}

TEST_CASE("An integer is whole, not negative, and fits") {
    CHECK(parse_integer("0") == 0);
    CHECK(parse_integer(" 42 ") == 42);
    CHECK(parse_integer("9223372036854775807") == INT64_MAX);
    for (const char* text : {"", "-1", "+1", "1.5", "0x10", "1 2", "9223372036854775808", "99999999999999999999999"})
        CHECK_FALSE(parse_integer(text));
}

TEST_CASE("A bare size is in MiB, and every suffix is a power of 1024") {
    CHECK(parse_size("10") == 10ULL << 20);
    CHECK(parse_size("10m") == 10ULL << 20);
    CHECK(parse_size("1k") == 1024);
    CHECK(parse_size("2gib") == 2ULL << 30);
    CHECK(parse_size("2GB") == 2ULL << 30);
    CHECK(parse_size("3T") == 3ULL << 40);
    CHECK(parse_size("1p") == 1ULL << 50);
    CHECK(parse_size("15e") == 15ULL << 60);
    for (const char* text : {"", "g", "1gx", "1 g", "1.5g", "-1g", "16e", "99999999999999", "1bb"}) CHECK_FALSE(parse_size(text));
}

TEST_CASE("A bare duration is in seconds; units stand from large to small, each once") {
    CHECK(parse_duration("90") == Duration(90s));
    CHECK(parse_duration("90s") == Duration(90s));
    CHECK(parse_duration("5M") == Duration(5min));
    CHECK(parse_duration("1h30m") == Duration(90min));
    CHECK(parse_duration("1d") == Duration(24h));
    CHECK(parse_duration("1w1d") == Duration(24h * 8));
    CHECK(parse_duration("0") == Duration(0s));
    CHECK(parse_duration("1440", 1min) == Duration(24h));
    CHECK(parse_duration("30s", 1min) == Duration(30s));
    for (const char* text : {"", "s", "5x", "-5", "1.5h", "30m1h", "1h30", "5m5m", "1h ", "9223372037", "15251w"}) {
        CAPTURE(text);
        const bool only_blank_at_end = std::string_view(text) == "1h ";
        CHECK(parse_duration(text).has_value() == only_blank_at_end);
    }
    CHECK(parse_duration("9223372036").has_value());
}

TEST_CASE("Words are separated by any number of blanks, tabs and line breaks") {
    CHECK(split_words("  node109\tnode110\n node111 ") == std::vector<std::string>{"node109", "node110", "node111"});
    CHECK(split_words("").empty());
    CHECK(split_words(" \t ").empty());
}

TEST_CASE("A command is cut into arguments as a shell cuts it, and nothing in it is expanded") {
    using Words = std::vector<std::string>;
    CHECK(split_command("a  b") == Words{"a", "b"});
    CHECK(split_command("sh -c 'echo \"$HOME\" \\n'") == Words{"sh", "-c", "echo \"$HOME\" \\n"});
    CHECK(split_command("\"a \\\" b\" c\\ d") == Words{"a \" b", "c d"});
    CHECK(split_command("\"a\\d\"") == Words{"a\\d"});
    CHECK(split_command("'a\\' 'b\\\\'") == Words{"a\\", "b\\\\"});
    CHECK(split_command("x''y \"\"") == Words{"xy", ""});
    CHECK(split_command("*.log") == Words{"*.log"});
    CHECK(split_command("") == Words{});
    for (const char* text : {"'a", "a \"b", "a\\", "\"a'"}) CHECK_FALSE(split_command(text));
}

TEST_CASE("A place that no file says prints nothing") {
    CHECK(Place{"a.env", 3, 14}.to_string() == "a.env:3:14");
    CHECK(Place{}.to_string().empty());
}

TEST_CASE("Where two tables have a keyword, the driver's counts") {
    CHECK(example().text("name") == "of the driver");
    CHECK(KeywordSet{Keywords(kind_table), Keywords(driver_table)}.find("name")->default_value == "of the kind");
    CHECK(KeywordSet().find("name") == nullptr);
}

TEST_CASE("What was not said is the table's default, and has the section's place") {
    const Options options = example();
    CHECK_FALSE(options.said("wanted"));
    CHECK(options.place_of("wanted").line == 3);
    CHECK(options.flag("wanted"));
    CHECK(options.integer("tries") == 0);
    CHECK(options.size("room") == 10ULL << 20);
    CHECK(options.duration("patience") == Duration(4min));
    CHECK(options.duration("age") == Duration(24h));
    CHECK(options.list("words") == std::vector<std::string>{"a", "b"});
    CHECK(options.list("program") == std::vector<std::string>{"echo", "two words"});
}

TEST_CASE("What was said counts, and its place is where it was said") {
    Options options = example();
    options.set("wanted", {"no", {"vm188.env", 7, 10}});
    options.set("nodes", {"Node109 NODE110", {"vm188.env", 8, 10}});
    CHECK(options.said("wanted"));
    CHECK_FALSE(options.flag("wanted"));
    CHECK(options.place_of("wanted").to_string() == "vm188.env:7:10");
    CHECK(options.list("nodes") == std::vector<std::string>{"node109", "node110"});
}

TEST_CASE("A default that depends on the node is not said by anybody") {
    Options options = example();
    options.set("name", {"vm188", {}});
    CHECK(options.text("name") == "vm188");
    CHECK_FALSE(options.said("name"));
    CHECK(options.place_of("name").line == 3);
}
