#include "resources/launch.h"

#include <doctest/doctest.h>

#include "tests/unit/resources/node_world.h"

using namespace svcmgr;
using namespace svcmgr::test;

TEST_CASE("a command gets a shell only when it asks for one outside of quotes") {
    for (const char* command : {"a | b", "a && b", "a; b", "a 'b' ; c", "a|b", "a 'x\\' ; b"})
        CHECK_MESSAGE(asks_for_shell(command), command);
    for (const char* command : {"a b", "a 'b | c'", "a \"b; c\"", "a \\; b", "a & b", "grep 'x && y'", "", "a \"\\\" ; \""})
        CHECK_MESSAGE(!asks_for_shell(command), command);
    CHECK(argv_of("/bin/a 'b c' d") == Argv{"/bin/a", "b c", "d"});
    CHECK(argv_of("/bin/a | /bin/b") == Argv{"/bin/sh", "-c", "/bin/a | /bin/b"});
}

TEST_CASE_FIXTURE(NodeWorld, "an account is what getent and id say") {
    processes.answer("getent -- passwd web", 0, "web:x:1001:1002:Web,,:/srv/web:/bin/sh\n");
    processes.answer("id -G -- web", 0, "1002 27\n");
    processes.answer("getent -- group admin", 0, "admin:x:27:web\n");
    World here = world();
    const auto account = find_account(here, "web", "admin", Deadline::in(clock, std::chrono::seconds(1)));
    REQUIRE(account);
    CHECK(account->run_as.user == 1001);
    CHECK(account->run_as.group == 27);
    CHECK(account->environment == std::vector<std::string>{"HOME=/srv/web", "USER=web", "LOGNAME=web"});
}

TEST_CASE_FIXTURE(NodeWorld, "a directory service that hangs or lies gives no account, and a reason") {
    World here = world();
    const Deadline soon = Deadline::in(clock, std::chrono::seconds(1));
    processes.answer("getent -- passwd web", 0, "web:x:-1:many\n");
    CHECK_FALSE(find_account(here, "web", "", soon));
    processes.hanging["getent"] = true;
    CHECK(find_account(here, "web", "", soon).error() == "getent passwd web: no answer within its deadline");
}

TEST_CASE("an output file stays in its directory") {
    CHECK(output_file("/var/log", "svc1", Rid("app#../../x y"), "start") == "/var/log/svc1.app#.._.._x_y.start.log");
}

// The text goes to the terminal, the journal and the service's log.
TEST_CASE_FIXTURE(NodeWorld, "a failure tells the command without its secrets") {
    processes.answer("/bin/db", 1, "", "can't log in: password=hunter2\n");
    Doing how = doing();
    const Launch what{argv_of("/bin/db --password hunter2 DB_PASS='two words' -v"), {}, {}};
    const CommandResult result = launch(what, how);
    CHECK(std::string(failure_of(result, what, how).what()) ==
          "/bin/db --password *** DB_PASS=*** -v: exited with 1: can't log in: password=***");
}
