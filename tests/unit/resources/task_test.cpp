#include "resources/task.h"

#include <doctest/doctest.h>

#include "resources/keywords.h"
#include "tests/unit/resources/node_world.h"

using namespace svcmgr;
using namespace svcmgr::test;

namespace {

struct Fixture : NodeWorld {
    Task task(std::map<std::string, std::string> values = {}) {
        values.try_emplace("command", "/bin/backup --full");
        return Task(Rid("task#1"), section("task#1", {task_keywords(), generic_keywords()}, values),
                    {"svc1", "/var/lib/svcmgr", "/var/log/svcmgr"});
    }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a task's status is how its last run ended, and outlives the program") {
    CHECK(text_of(look(task())) == "n/a; info: never run on this node");
    processes.answer("/bin/backup --full", 0, "42 files\n");
    perform(task(), "run");
    CHECK(text_of(look(task())) == "n/a; info: last run went well, 2026-11-20T00:00:00Z");
    CHECK(files.read("/var/log/svcmgr/svc1.task#1.run.log").value() == "42 files\n");
    processes.answer("/bin/backup --full", 2, "", "no tape\n");
    CHECK(failure(task(), "run").find("exited with 2: no tape (its output is in /var/log/svcmgr/svc1.task#1.run.log)") !=
          std::string::npos);
    CHECK(text_of(look(task())) == "warn; warn: last run failed 2026-11-20T00:00:00Z exited with 2: no tape");
}

TEST_CASE_FIXTURE(Fixture, "on_error runs when the task fails, also when it used up all its time") {
    processes.hanging["/bin/backup"] = true;
    processes.answer("/bin/page_admin", 0);
    CHECK(failure(task({{"on_error", "/bin/page_admin 'svc1 backup'"}}), "run") != "");
    CHECK(processes.ran.back() == "/bin/page_admin svc1 backup");
}

TEST_CASE_FIXTURE(Fixture, "a task is run, not started; one that wants a confirmation is refused without --force") {
    CHECK(intend(task(), Goal::up).verbs.empty());
    CHECK(intend(task(), Goal::run).verbs.size() == 1);
    CHECK_FALSE(intend(task(), Goal::run).conflict);
    CHECK(intend(task({{"confirmation", "true"}}), Goal::run).conflict.has_value());
}

TEST_CASE_FIXTURE(Fixture, "a task runs as its user, with the variables of the action") {
    processes.answer("getent -- passwd oracle", 0, "oracle:x:501:502::/home/oracle:/bin/sh\n");
    processes.answer("id -G -- oracle", 0, "502\n");
    processes.answer("/bin/backup", 0);
    perform(task({{"user", "oracle"}}), "run");
    REQUIRE(processes.surroundings.run_as);
    CHECK(processes.surroundings.run_as->user == 501);
    CHECK(std::ranges::find(processes.surroundings.environment, "OPENSVC_SVCNAME=svc1") != processes.surroundings.environment.end());
    CHECK(failure(task({{"user", "ghost"}}), "run") != "");
}
