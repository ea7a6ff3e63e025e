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
    const std::string_view text = " a bc ";
    REQUIRE(words_in(text).size() == 2);
    CHECK(words_in(text)[1].data() == text.data() + 3);
    CHECK(words_in("1 2 3 4 5 6 7 8 9 10").size() == 10);
}

TEST_CASE("Words are the same in any case of plain letters") {
    CHECK(same_word("DeFault", "dEfAULT"));
    CHECK(same_word("", ""));
    for (const char* other : {"defaul", "default ", "defau1t",
                              "d\xc3\xa9"
                              "fault",
                              ""})
        CHECK_FALSE(same_word("default", other));
    CHECK_FALSE(same_word("@[`{", "`{@["));
    CHECK(lower_case("aBC@[Z") == "abc@[z");
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

TEST_CASE("A set knows what a section has to say, and what is taken from elsewhere, of the keywords that count") {
    static constexpr Keyword first[] = {
        {.name = "name", .default_value = "{svcname}"},
        {.name = "type", .need = Keyword::Need::required},
    };
    static constexpr Keyword second[] = {
        {.name = "name", .need = Keyword::Need::required},
        {.name = "type", .default_value = "{nodename}"},
        {.name = "", .need = Keyword::Need::required},
    };
    const KeywordSet keywords{Keywords(first), Keywords(second)};
    REQUIRE(keywords.required().size() == 2);
    CHECK(keywords.required()[0] == &first[1]);
    CHECK(keywords.required()[1] == &second[2]);
    REQUIRE(keywords.referring().size() == 1);
    CHECK(keywords.referring()[0] == &first[0]);
    CHECK(keywords.find("") == &second[2]);
    REQUIRE(keywords.all().size() == 3);
    CHECK(keywords.all()[0] == &first[0]);
    CHECK(keywords.all()[1] == &first[1]);
    CHECK(keywords.all()[2] == &second[2]);
    CHECK(KeywordSet().required().empty());
    CHECK(KeywordSet().referring().empty());
    CHECK(KeywordSet().all().empty());
}

TEST_CASE("Each keyword of a large table is found, and no other word") {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> made;
        for (int i = 0; i < 500; ++i) made.push_back("keyword" + std::to_string(i * 7));  // many with the same letters at its hash's places
        return made;
    }();
    static const std::vector<Keyword> table = [] {
        std::vector<Keyword> made;
        for (const std::string& name : names) made.push_back({.name = name});
        return made;
    }();
    const KeywordSet keywords{Keywords(table)};
    for (std::size_t i = 0; i < names.size(); ++i) CHECK(keywords.find(names[i]) == &table[i]);
    for (const char* other : {"keyword", "keyword1", "keyword3500", "eyword7", "KEYWORD7"}) CHECK(keywords.find(other) == nullptr);
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

TEST_CASE("Values are in the order of their keywords, whatever the order in which they were set, and a copy is not changed") {
    Options options = example();
    for (const char* keyword : {"tries", "age", "wanted", "name", "tries"}) options.set(keyword, {keyword, {}});
    const Options before = options;
    options.set("tries", {"9", {}});
    std::vector<std::string> keywords;
    for (const auto& [keyword, value] : options.values()) keywords.push_back(keyword);
    CHECK(keywords == std::vector<std::string>{"age", "name", "tries", "wanted"});
    CHECK(options.integer("tries") == 9);
    CHECK(before.text("tries") == "tries");
}

TEST_CASE("A default that depends on the node is not said by anybody") {
    Options options = example();
    options.set("name", {"vm188", {}});
    CHECK(options.text("name") == "vm188");
    CHECK_FALSE(options.said("name"));
    CHECK(options.place_of("name").line == 3);
}
