#include "svcmgr/command/manual.h"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

#include "drivers/error.h"
#include "svcmgr/cluster/node.h"
#include "svcmgr/command/command.h"

using namespace svcmgr;

namespace {

std::string frame(const std::string& page) {
    std::ifstream file(std::string(SVCMGR_SOURCE_DIR) + "/share/man/" + page + ".scd.in");
    REQUIRE(file.good());
    return std::string(std::istreambuf_iterator<char>(file), {});
}

/// The same word as scdoc has it.
std::string escaped(std::string text) {
    for (std::size_t at = text.find('_'); at != std::string::npos; at = text.find('_', at + 2)) text.insert(at, "\\");
    return text;
}

}  // namespace

TEST_CASE("A frame is kept, but for its marked lines") {
    CHECK(fill_manual("a @b@ c\n# X\n") == "a @b@ c\n# X\n");
    CHECK(fill_manual("v @VERSION@.\n") == std::string("v ") + SVCMGR_VERSION + ".\n");
    CHECK(fill_manual("@EXIT_CODES@\n").starts_with("*0*\n\tdone"));
    CHECK_THROWS_AS(fill_manual("@ACTION@\n"), Error);
}

TEST_CASE("An action is in the manual with its arguments, its options and what it does") {
    const std::string text = fill_manual("@ACTIONS@\n");
    CHECK(text.find("*print keywords* \\[SECTION\\[.KEYWORD\\]\\]\n\tWhat an env file may say") != std::string::npos);
    CHECK(text.starts_with("Every action takes *\\--service*, "));
    CHECK(text.find("*print plan* ACTION\n") != std::string::npos);
    CHECK(text.find("*\\--disable-rollback*") != std::string::npos);
    for (const Command& command : commands()) CHECK(text.find("*" + escaped(std::string(command.words)) + "*") != std::string::npos);
}

TEST_CASE("Every option is in the manual with its letter and what its value is called") {
    const std::string text = fill_manual("@OPTIONS@\n");
    CHECK(text.find("*\\-s*, *\\--service* NAME\\[,NAME…\\]\n\t") != std::string::npos);
    for (const CommandOption& option : command_options()) CHECK(text.find("--" + std::string(option.name) + "*") != std::string::npos);
}

TEST_CASE("The manual names every path that the program uses") {
    const std::string page = frame("svcmgr.8");
    const Paths paths;
    for (const Path& path : {paths.configuration, paths.node_conf, paths.host_mode, paths.known_hosts, paths.state, paths.database,
                             paths.locks, paths.templates, paths.shipped_templates, paths.log_of("NAME")}) {
        CAPTURE(path);
        CHECK(page.find(escaped(path)) != std::string::npos);
    }
}
