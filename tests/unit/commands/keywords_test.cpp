#include <doctest/doctest.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "svcmgr/command/help.h"
#include "svcmgr/report/text.h"
#include "tests/unit/commands/stage.h"

using namespace svcmgr;
using test::Stage;

namespace {

/// The columns of the widest line that could have been broken: a word that is longer than a line is not cut.
std::size_t widest_line(const std::string& text) {
    std::size_t widest = 0;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        const std::size_t start = std::min(line.find_first_not_of(' '), line.size());
        if (line.find(' ', start) != std::string::npos) widest = std::max(widest, columns(line));
    }
    return widest;
}

}  // namespace

TEST_CASE("print keywords shows all sections, one, one type, and one keyword") {
    Stage stage;
    CHECK(stage.run({"print", "keywords"}).out.starts_with("DEFAULT    What holds for the whole service"));
    CHECK(stage.run({"print", "keywords", "ip"}).out.starts_with("[ip#N] An address."));
    CHECK(stage.run({"print", "keywords", "container.kvm"}).out.find("With type = kvm.") != std::string::npos);
    CHECK(stage.run({"print", "keywords", "container.kvm"}).out.find("With type = hpvm.") == std::string::npos);
    CHECK(stage.run({"print_keywords", "ip.ipname"}).out.starts_with("  ipname\n"));
    CHECK(stage.run({"print", "keywords", "ip", "ipname"}).out == stage.run({"print", "keywords", "ip.ipname"}).out);
}

TEST_CASE("print keywords node.conf shows those of the node's configuration") {
    Stage stage;
    const Stage::Result all = stage.run({"print", "keywords", "node.conf"});
    CHECK(all.code == 0);
    CHECK(all.out.find("ssh") != std::string::npos);
    CHECK(all.out.find("container ") == std::string::npos);
    CHECK(stage.run({"print", "keywords", "node.conf", "ssh.port"}).out.starts_with("  port\n"));
}

TEST_CASE("What there is not is refused with the nearest word and exit code 2") {
    Stage stage;
    const Stage::Result result = stage.run({"print", "keywords", "ip.ipnaem"});
    CHECK(result.code == 2);
    CHECK(result.out.empty());
    CHECK(result.err.find("did you mean 'ip.ipname'?") != std::string::npos);
}

TEST_CASE("As JSON it is the schema of the whole file, and a part of it is refused") {
    Stage stage;
    const auto env = nlohmann::json::parse(stage.run({"print", "keywords", "--format", "json"}).out);
    CHECK(env["patternProperties"].contains("^container(#.+)?$"));
    const auto node = nlohmann::json::parse(stage.run({"print", "keywords", "node.conf", "--format", "json"}).out);
    CHECK(node["patternProperties"].contains("^ssh$"));
    CHECK(stage.run({"print", "keywords", "ip", "--format", "json"}).code == 2);
}

TEST_CASE("On a terminal nothing is wider than it, elsewhere lines have 78 columns") {
    for (const std::vector<std::string>& line :
         {std::vector<std::string>{"print", "keywords"}, {"print", "keywords", "DEFAULT"}, {"print", "keywords", "sync"}, {"--help"}}) {
        CAPTURE(line);
        Stage stage;
        CHECK(widest_line(stage.run(line).out) <= 78);
        stage.out_is_terminal = true;
        for (const int width : {64, 72, 95}) {
            CAPTURE(width);
            stage.width = width;
            CHECK(widest_line(stage.run(line).out) <= static_cast<std::size_t>(width));
            CHECK(widest_line(stage.run(line).out) > static_cast<std::size_t>(width) - 12);
        }
    }
}

TEST_CASE("Words that may be left out are in brackets, others are asked for") {
    Stage stage;
    CHECK(stage.run({"print", "plan"}).err.find("'print plan' needs ACTION") != std::string::npos);
    CHECK(stage.run({"ls", "x"}).err.find("'ls' takes nothing behind it") != std::string::npos);
    CHECK(stage.run({"print", "keywords"}).code == 0);
    CHECK(stage.run({"print", "keywords", "--onlyprimary"}).code == 2);
    CHECK(stage.run({"print", "keywords", "--help"}).out.starts_with("Usage: svcmgr [OPTIONS] print keywords [SECTION[.KEYWORD]]\n"));
}

TEST_CASE("The help shows every command, every option and every exit code") {
    const std::string help = help_text(78);
    const auto times = [&](const std::string& part) {
        int count = 0;
        for (std::size_t at = help.find(part); at != std::string::npos; at = help.find(part, at + 1)) ++count;
        return count;
    };
    for (const Command& command : commands()) CHECK(times("\n  " + usage(command)) >= 1);
    for (const CommandOption& option : command_options()) CHECK(times("--" + std::string(option.name) + " ") >= 1);
    for (const ExitCode& code : exit_codes()) CHECK(times("\n  " + std::string(code.number) + " ") == 1);
}
