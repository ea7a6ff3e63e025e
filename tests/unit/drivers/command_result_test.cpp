#include <doctest/doctest.h>

#include "drivers/process/processes.h"

using namespace svcmgr;

namespace {

CommandResult failed_with(std::string err) {
    CommandResult result;
    result.exit_code = 1;
    result.err = std::move(err);
    return result;
}

}  // namespace

TEST_CASE("a result is described by what matters most") {
    CommandResult result;
    result.exit_code = 0;
    result.err = "a warning";
    CHECK(result.ok());
    CHECK(result.describe() == "exited with 0");
    result.signal = 15;
    CHECK(result.describe() == "killed by signal 15");
    result.timed_out = true;
    CHECK(result.describe() == "no answer within its deadline");
    CHECK_FALSE(result.ok());
    result.not_started = "sg_persist is not installed";
    CHECK(result.describe() == "sg_persist is not installed");
}

TEST_CASE("the first line that says something is quoted") {
    CHECK(failed_with("").describe() == "exited with 1");
    CHECK(failed_with(" \n\n").describe() == "exited with 1");
    CHECK(failed_with("\n  first \r\nsecond\n").describe() == "exited with 1: first");
}

TEST_CASE("a message can't command the reader's terminal") {
    CHECK(failed_with("\x1b[2J\x07 gone\tby\x7f now").describe() == "exited with 1:  [2J  gone by  now");
}

TEST_CASE("a long message is cut between two letters") {
    const auto text = failed_with(std::string(199, 'a') + "é" + std::string(50, 'b')).describe();
    CHECK(text == "exited with 1: " + std::string(199, 'a') + "…");
    CHECK(failed_with(std::string(198, 'a') + "éb").describe() == "exited with 1: " + std::string(198, 'a') + "é…");
    CHECK(failed_with(std::string(200, 'a')).describe() == "exited with 1: " + std::string(200, 'a'));
}
