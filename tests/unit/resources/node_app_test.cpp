#include "resources/node_app.h"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include "resources/keywords.h"
#include "tests/unit/resources/node_world.h"

using namespace svcmgr;
using namespace svcmgr::test;
using namespace std::chrono_literals;

namespace {

struct Fixture : NodeWorld {
    Fixture() { files.put("/etc/svcmgr/svc1.d/web", "#!/bin/sh\n", 0755); }

    NodeApp app(std::map<std::string, std::string> values) {
        values.try_emplace("script", "web");
        return NodeApp(Rid("app#1"), section("app#1", {app_keywords(), generic_keywords(), trigger_keywords()}, values),
                       {"svc1", "/etc/svcmgr/svc1.d", "/var/log/svcmgr", {"/srv/svc1"}});
    }
    const std::string script = "/etc/svcmgr/svc1.d/web";
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "an app's status is what its check exits with") {
    const NodeApp checked = app({{"check", "10"}});
    processes.answer(script + " status", 0);
    CHECK(look(checked).status == Status::up);
    processes.answer(script + " status", 1);
    CHECK(look(checked).status == Status::down);
    processes.answer(script + " status", 4);
    CHECK(text_of(look(checked)) == "warn; warn: check reports errors (4)");
    CHECK(text_of(look(app({{"check", "10"}, {"retcodes", "4:down 0:up"}}))) == "down");
}

TEST_CASE_FIXTURE(Fixture, "a check that hangs or can't run is undef: nobody saw the app down") {
    const NodeApp checked = app({{"check", "10"}});
    processes.hanging[script] = true;
    const Moment begin = clock.now();
    CHECK(text_of(look(checked)) == "undef; warn: check: no answer within its deadline");
    CHECK(clock.now() - begin <= 5s);
    processes.hanging.clear();
    processes.answers.clear();
    CHECK(look(checked).status == Status::undef);
}

TEST_CASE_FIXTURE(Fixture, "a check may take as long as its section says") {
    processes.hanging[script] = true;
    const Moment begin = clock.now();
    look(app({{"check", "10"}, {"check_timeout", "20s"}}));
    CHECK(clock.now() - begin == 20s);
}

TEST_CASE_FIXTURE(Fixture, "without a check an app is n/a; a missing script is a warning, unless its file system is not mounted") {
    CHECK(text_of(look(app({}))) == "n/a; info: no check is set");
    CHECK(text_of(look(app({{"script", "/opt/no/such"}, {"check", "1"}}))) == "n/a; warn: /opt/no/such: no such file");
    CHECK(text_of(look(app({{"script", "/srv/svc1/bin/web"}, {"check", "1"}}))) ==
          "n/a; info: not evaluated: /srv/svc1/bin/web is on a file system that is not mounted");
    mounted("30 20 8:2 / /srv/svc1 rw - ext4 /dev/sda2 rw\n");
    CHECK(look(app({{"script", "/srv/svc1/bin/web"}, {"check", "1"}})).log.front().level == LogLine::Level::warn);
}

TEST_CASE_FIXTURE(Fixture, "start, stop and check each take part when they have a number, a yes or a command") {
    files.put("/usr/bin/ctl", "", 0755);
    processes.answer("/usr/bin/ctl", 0);
    processes.answer(script, 0);
    const NodeApp mixed = app({{"start", "/usr/bin/ctl start 'the web'"}, {"stop", "true"}});
    CHECK(failure(mixed, "start") == "");
    CHECK(processes.ran.back() == "/usr/bin/ctl start the web");
    CHECK(failure(mixed, "stop") == "");
    CHECK(processes.ran.back() == script + " stop");
    CHECK(intend(app({{"start", "10"}}), Goal::down).left_alone == "it has no `stop`");
    CHECK(intend(app({{"start", "false"}}), Goal::up).left_alone == "it has no `start`");
    CHECK(app({{"start", "20"}, {"stop", "5"}}).place(Goal::up) == 20);
    CHECK(app({{"start", "20"}, {"stop", "5"}}).place(Goal::down) == 5);
}

TEST_CASE_FIXTURE(Fixture, "an app that is up is not started again; a start can be undone when there is a stop") {
    processes.answer(script + " status", 0);
    CHECK(intend(app({{"start", "1"}, {"check", "1"}}), Goal::up).left_alone == "its check says that it is up");
    processes.answer(script + " status", 1);
    const Intent intent =
        intend(app({{"start", "1"}, {"stop", "1"}, {"check", "1"}, {"timeout", "3m"}, {"stop_timeout", "30s"}}), Goal::up);
    REQUIRE(intent.verbs.size() == 1);
    CHECK(intent.verbs[0].undo == "stop");
    CHECK(intent.verbs[0].deadline == 3min);
    CHECK(intent.verbs[0].undo_deadline == 30s);
    CHECK(intend(app({{"start", "1"}, {"stop", "1"}, {"check", "1"}}), Goal::down).left_alone == "its check says that it is down");
}

TEST_CASE_FIXTURE(Fixture, "a start that fails says so, and its output is kept") {
    processes.answer(script, 3, "starting\n", "no licence\n");
    CHECK(failure(app({{"start", "1"}}), "start") ==
          script + " start: exited with 3: no licence (its output is in /var/log/svcmgr/svc1.app#1.start.log)");
    CHECK(files.read("/var/log/svcmgr/svc1.app#1.start.log").value() == "starting\nno licence\n");
    CHECK(changed);
    CHECK(processes.surroundings.output == "/var/log/svcmgr/svc1.app#1.start.log");
}

TEST_CASE_FIXTURE(Fixture, "a disk that is full keeps no application from being started and stopped") {
    processes.answer(script, 0, "starting\n");
    files.fail("/var", MemoryFiles::FaultOn::change, ENOSPC);
    CHECK(failure(app({{"start", "1"}}), "start") == "");
    CHECK(processes.surroundings.output == "");
    CHECK(notes.front().find("its output can't be kept: /var/log/svcmgr") == 0);
}

TEST_CASE_FIXTURE(Fixture, "a missing script fails a start before anything is changed, and a stop has nothing to do") {
    const NodeApp gone = app({{"script", "/opt/gone"}, {"start", "1"}, {"stop", "1"}});
    CHECK(failure(gone, "start").find("/opt/gone: no such file") == 0);
    CHECK_FALSE(changed);
    CHECK(failure(gone, "stop") == "");
    CHECK(processes.ran.empty());
}

TEST_CASE_FIXTURE(Fixture, "a launcher runs as its user, else as its script's owner, with the variables that it is owed") {
    processes.answer(script, 0);
    processes.answer("getent -- passwd tomcat", 0, "tomcat:x:91:92:T:/srv/tomcat:/bin/sh\n");
    processes.answer("id -G -- tomcat", 0, "92 100\n");
    perform(app({{"start", "1"},
                 {"user", "tomcat"},
                 {"environment", "TZ=UTC LANG=C"},
                 {"cwd", "/srv"},
                 {"umask", "027"},
                 {"limit_nofile", "64"}}),
            "start");
    const Surroundings& around = processes.surroundings;
    REQUIRE(around.run_as);
    CHECK(around.run_as->user == 91);
    CHECK(around.run_as->group == 92);
    CHECK(around.run_as->groups == std::vector<std::uint32_t>{92, 100});
    for (const char* variable : {"HOME=/srv/tomcat", "TZ=UTC", "OPENSVC_SVCNAME=svc1", "OPENSVC_ACTION=start", "OPENSVC_RID=app#1"})
        CHECK_MESSAGE(std::ranges::find(around.environment, variable) != around.environment.end(), variable);
    CHECK(around.directory == "/srv");
    CHECK(around.umask == 027);
    REQUIRE(around.limits.size() == 1);
    CHECK(around.limits[0].resource == RLIMIT_NOFILE);
    CHECK(around.limits[0].value == 64);

    files.set_owner(script, 91, 92);
    processes.answer("getent -- passwd 91", 0, "tomcat:x:91:92:T:/srv/tomcat:/bin/sh\n");
    perform(app({{"start", "1"}}), "start");
    REQUIRE(processes.surroundings.run_as);
    CHECK(processes.surroundings.run_as->user == 91);
}

TEST_CASE_FIXTURE(Fixture, "an unknown user is undef to a look and fails a start, which changes nothing") {
    processes.answer("getent -- passwd ghost", 2);
    processes.answer(script, 0);
    const NodeApp haunted = app({{"start", "1"}, {"check", "1"}, {"user", "ghost"}});
    CHECK(text_of(look(haunted)) == "undef; warn: there is no user ghost");
    CHECK(failure(haunted, "start").find("there is no user ghost") != std::string::npos);
    CHECK_FALSE(changed);
}

TEST_CASE_FIXTURE(Fixture, "what a check prints is shown where the section asks for it") {
    processes.answer(script + " status", 0, "12 sessions\n\n", "licence ends soon\n");
    CHECK(text_of(look(app({{"check", "1"}, {"status_log", "true"}}))) == "up; info: 12 sessions; warn: licence ends soon");
    CHECK(text_of(look(app({{"check", "1"}}))) == "up");
}
