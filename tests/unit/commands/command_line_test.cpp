#include "svcmgr/command/command_line.h"

#include <doctest/doctest.h>

#include "drivers/error.h"

using namespace svcmgr;
using Words = std::vector<std::string>;

namespace {

std::string refused(const Words& arguments) {
    try {
        parse_command_line(arguments);
        return "";
    } catch (const Error& error) {
        CHECK(error.code() == Error::Code::invalid);
        return error.message() + " | " + error.hint();
    }
}

}  // namespace

TEST_CASE("words, services and resources") {
    const CommandLine line = parse_command_line({"-s", "vm1,vm2", "print", "status", "--rid", "ip,container#1"});
    CHECK(line.words == Words{"print", "status"});
    CHECK(line.services.value() == Words{"vm1", "vm2"});
    CHECK(line.rids.value() == Words{"ip", "container#1"});
    CHECK_FALSE(parse_command_line({"ls"}).services.has_value());
}

// If this fails, an action touches resources that were not meant.
TEST_CASE("tags: '+' is and, ',' is or") {
    const CommandLine line = parse_command_line({"start", "--tags", "gold+eu,silver", "--subsets", "a,b"});
    CHECK(line.tags == std::vector<Words>{{"gold", "eu"}, {"silver"}});
    CHECK(line.subsets.value() == Words{"a", "b"});
}

TEST_CASE("--param goes with the --value behind it; --kw says both; several at once") {
    const CommandLine line = parse_command_line({"set", "--param", "ip#1.ipdev", "--value", "a=b", "--kw", "x.y=z", "--param", "nodes",
                                                 "--kw", "app", "--env", "A=1", "--env", "B=2"});
    CHECK(line.assignments == Words{"ip#1.ipdev=a=b", "x.y=z"});
    CHECK(line.params == Words{"app", "nodes"});
    CHECK(line.variables == Words{"A=1", "B=2"});
    CHECK(refused({"set", "--value", "x"}).find("without a --param") != std::string::npos);
}

TEST_CASE("services by status and placement") {
    const CommandLine line = parse_command_line({"ls", "--status", "up,stdby up", "--onlyprimary"});
    CHECK(line.statuses.value() == std::set{Status::up, Status::standby_up});
    CHECK(line.placement == CommandLine::Placement::primary);
    CHECK(parse_command_line({"ls", "--onlysecondary"}).placement == CommandLine::Placement::secondary);
    CHECK_FALSE(refused({"ls", "--onlysecondary", "--onlyprimary"}).empty());
    CHECK(refused({"ls", "--status", "running"}).find("'running' is no status") != std::string::npos);
}

// If this fails, an option that somebody relies on is refused, or a slip that begins like one is not.
TEST_CASE("each option is understood in each way to write it, and nothing that only begins like it") {
    for (const CommandOption& option : command_options()) {
        CAPTURE(option.name);
        const std::string name(option.name), word = "--" + name;
        const bool flag = option.argument.empty();
        // Those that check their value have one here that they allow.
        const std::string value = name == "status"              ? "up"
                                  : name == "format"            ? "json"
                                  : name == "color"             ? "never"
                                  : name == "force-foreign-key" ? "0x1"
                                                                : "5";
        const Words before = name == "value" ? Words{"--param", "nodes"} : Words{};
        const auto line_with = [&](const Words& words) {
            Words all = before;
            all.insert(all.end(), words.begin(), words.end());
            return parse_command_line(all);
        };
        CHECK(line_with(flag ? Words{word} : Words{word, value}).has(name));
        if (!flag) CHECK(line_with({word + "=" + value}).has(name));
        CHECK(refused({word + "x", value}).find("there is no option " + word + "x") == 0);
        CHECK(parse_command_line({"--", word}).words == Words{word});
    }
}

TEST_CASE("a slip names the nearest option, and nothing is taken twice") {
    CHECK(refused({"start", "--forse"}) == "there is no option --forse | did you mean --force?");
    CHECK(refused({"-s", "a", "-s", "b", "ls"}).find("given twice") != std::string::npos);
    CHECK(refused({"start", "--jobs", "many"}).find("whole number") != std::string::npos);
    CHECK(refused({"ls", "--format", "yaml"}).find("text, json") != std::string::npos);
    CHECK(refused({"ls", "-s", ","}).find("names nothing") != std::string::npos);
}
