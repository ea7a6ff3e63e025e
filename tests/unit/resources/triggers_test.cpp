#include "resources/triggers.h"

#include <doctest/doctest.h>

#include "resources/keywords.h"
#include "tests/unit/engine/fake_resource.h"
#include "tests/unit/resources/node_world.h"

using namespace svcmgr;
using namespace svcmgr::test;
using namespace std::chrono_literals;

namespace {

struct Fixture : NodeWorld {
    static FakeResource resource(const std::map<std::string, std::string>& values) {
        return FakeResource("fs#1", Group::fs, nullptr, section("fs#1", {generic_keywords(), trigger_keywords()}, values));
    }
    static std::vector<std::string> names(const Intent& intent) {
        std::vector<std::string> names;
        for (const Verb& verb : intent.verbs) names.push_back(verb.name);
        return names;
    }
    static Intent planned(const FakeResource& resource, Goal goal) {
        return with_triggers(resource, goal, resource.intend(goal, resource.seen));
    }
    std::string run(const FakeResource& resource, const std::string& verb) {
        Doing how = doing();
        try {
            svcmgr::perform(resource, verb, how);
        } catch (const Error& error) {
            return error.what();
        }
        return {};
    }
};

const std::map<std::string, std::string> all = {{"pre_start", "/bin/a"},  {"blocking_pre_start", "/bin/b"},
                                                {"post_start", "/bin/c"}, {"blocking_post_start", "/bin/d"},
                                                {"pre_stop", "/bin/e"},   {"post_stop", "/bin/f"}};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "triggers stand around what is done, in OpenSVC's order, with their own deadline") {
    const FakeResource fs = resource(all);
    CHECK(names(planned(fs, Goal::up)) ==
          std::vector<std::string>{"pre_start", "blocking_pre_start", "start", "wait up", "post_start", "blocking_post_start"});
    CHECK(names(planned(fs, Goal::down)) == std::vector<std::string>{"pre_stop", "stop", "post_stop"});
    CHECK(planned(fs, Goal::up).verbs[0].deadline == 5min);
    CHECK(planned(fs, Goal::up).verbs[0].reason == "run /bin/a");
    CHECK(planned(resource({{"pre_start", "/bin/a"}, {"trigger_timeout", "7s"}}), Goal::up).verbs[0].deadline == 7s);
}

TEST_CASE_FIXTURE(Fixture, "a resource that is left alone runs no triggers; one without trigger keywords has none") {
    FakeResource fs = resource(all);
    fs.seen.status = Status::up;
    CHECK(planned(fs, Goal::up).verbs.empty());
    const FakeResource plain("fs#1", Group::fs);
    CHECK(names(planned(plain, Goal::up)) == std::vector<std::string>{"start", "wait up"});
}

TEST_CASE_FIXTURE(Fixture, "a trigger that fails is a note; a blocking one fails the step") {
    processes.answer("/bin/a", 1, "", "no\n");
    processes.answer("/bin/b", 1, "", "no\n");
    const FakeResource fs = resource(all);
    CHECK(run(fs, "pre_start") == "");
    CHECK(notes == std::vector<std::string>{"pre_start failed: /bin/a: exited with 1: no"});
    CHECK(run(fs, "blocking_pre_start") == "/bin/b: exited with 1: no");
    CHECK_FALSE(changed);
}

TEST_CASE_FIXTURE(Fixture, "a trigger that is missing or hangs is a failure like any other") {
    const FakeResource fs = resource(all);
    CHECK(run(fs, "blocking_pre_start") == "/bin/b: /bin/b is not installed");
    processes.hanging["/bin/b"] = true;
    CHECK(run(fs, "blocking_pre_start") == "/bin/b: no answer within its deadline");
}

TEST_CASE_FIXTURE(Fixture, "a trigger has no shell unless it asks for one, and knows the service, the action and the resource") {
    processes.answer("/bin/a", 0);
    processes.answer("/bin/sh", 0);
    CHECK(run(resource({{"pre_start", "/bin/a '$HOME' *"}}), "pre_start") == "");
    CHECK(processes.ran.back() == "/bin/a $HOME *");
    for (const char* variable : {"OPENSVC_SVCNAME=svc1", "OPENSVC_ACTION=start", "OPENSVC_RID=fs#1"})
        CHECK_MESSAGE(std::ranges::find(processes.surroundings.environment, variable) != processes.surroundings.environment.end(),
                      variable);
    CHECK(run(resource({{"pre_start", "/bin/a && /bin/b"}}), "pre_start") == "");
    CHECK(processes.ran.back() == "/bin/sh -c /bin/a && /bin/b");
}

TEST_CASE_FIXTURE(Fixture, "undoing a start runs the triggers of a stop around it; another verb is undone alone") {
    FakeResource fs = resource(all);
    processes.answer("/bin/e", 0);
    processes.answer("/bin/f", 0);
    fs.on_perform = [&](const std::string& verb) { processes.ran.push_back(verb); };
    Doing how = doing();
    undo(fs, "start", "stop", how);
    CHECK(processes.ran == std::vector<std::string>{"/bin/e", "stop", "/bin/f"});
    processes.ran.clear();
    undo(fs, "migrate", "migrate back", how);
    CHECK(processes.ran == std::vector<std::string>{"migrate back"});
}

TEST_CASE_FIXTURE(Fixture, "the reason of a trigger tells its command without its secrets; what is run has them") {
    const FakeResource fs = resource({{"pre_start", "/bin/a --password hunter2 DB_PASSWORD='two words' x"}});
    CHECK(planned(fs, Goal::up).verbs[0].reason == "run /bin/a --password *** DB_PASSWORD=*** x");
    processes.answer("/bin/a", 1, "", "no\n");
    CHECK(run(fs, "pre_start") == "");
    CHECK(processes.ran == std::vector<std::string>{"/bin/a --password hunter2 DB_PASSWORD=two words x"});
    CHECK(notes == std::vector<std::string>{"pre_start failed: /bin/a --password *** DB_PASSWORD=*** x: exited with 1: no"});
}
