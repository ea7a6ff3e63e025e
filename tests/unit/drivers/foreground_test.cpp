#include "drivers/process/foreground.h"

#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>

using namespace svcmgr;

// If this fails, an editor that was quit with an error looks as if it had saved.
TEST_CASE("a program on our terminal: how it ended") {
    CHECK(run_in_foreground({"true"}) == "");
    CHECK(run_in_foreground({"false"}) == "false exited with 1");
    CHECK(run_in_foreground({"sh", "-c", "kill -9 $$"}) == "sh was ended by signal 9");
    CHECK(run_in_foreground({"/nonexistent/editor", "x"}) == "/nonexistent/editor can't be started: No such file or directory");
    CHECK(run_in_foreground({}) == "no program is named");
}

TEST_CASE("it has our environment, and its arguments are no shell's") {
    ::setenv("SVCMGR_TEST_WORD", "it's here", 1);
    CHECK(run_in_foreground({"sh", "-c", "test \"$SVCMGR_TEST_WORD\" = \"it's here\" && test \"$1\" = 'a b;c'", "sh", "a b;c"}) == "");
    ::unsetenv("SVCMGR_TEST_WORD");
}

// If this fails, Ctrl-C in an editor ends svcmgr, and the edit with it.
TEST_CASE("keys are for the program alone while it runs") {
    struct sigaction before {};
    ::sigaction(SIGINT, nullptr, &before);
    CHECK(run_in_foreground({"sh", "-c", "kill -INT $PPID; kill -INT $$"}) == "sh was ended by signal 2");
    struct sigaction after {};
    ::sigaction(SIGINT, nullptr, &after);
    const bool same = before.sa_handler == after.sa_handler;
    CHECK(same);
}
