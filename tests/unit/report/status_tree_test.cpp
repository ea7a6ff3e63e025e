#include <doctest/doctest.h>

#include <string>

#include "svcmgr/report/status.h"
#include "tests/unit/report/example_service.h"

using namespace svcmgr;

namespace {

const Style plain{};

std::string tree(const ExampleService& example, const Style& style = plain) {
    return status_tree(example.view(), style, example.observation.observed);
}

}  // namespace

// If this fails, OpenSVC's users do not recognise their tree, and their scripts read other columns.
TEST_CASE("the tree has OpenSVC 1.8's layout") {
    CHECK(tree(ExampleService(healthy_parts())) ==
          "vm188\n"
          "overall                   up\n"
          "|- avail                  up\n"
          "|  |- ip#1           ...E up         vm188@lan0\n"
          "|  |- vmdg           .... n/a        vmdg\n"
          "|  |- container#1    .... up         vm188\n"
          "|  '- app            ...E n/a        app\n"
          "|                                    info: no checkup scripts\n"
          "'- accessory\n"
          "   '- sync#i0        .... up         rsync svc config to drpnodes, nodes\n");
}

TEST_CASE("addresses that a hypervisor knows stand behind the label") {
    ExampleService example({{"container#1", Group::container, "container.kvm", "vm188", Status::up}});
    example.observation.resources.at(Rid("container#1")).addresses = {"10.0.0.5", "2001:db8::5"};
    CHECK(tree(example) ==
          "vm188\n"
          "overall                   up\n"
          "'- avail                  up\n"
          "   '- container#1    .... up         vm188 (10.0.0.5 2001:db8::5)\n");
}

TEST_CASE("without accessories avail is the last branch") {
    auto parts = healthy_parts();
    parts.resize(2);
    parts[1].status = Status::warn;
    parts[1].log = {{LogLine::Level::warn, "vm188 does not answer ping"}};
    CHECK(tree(ExampleService(parts)) ==
          "vm188\n"
          "overall                   warn\n"
          "'- avail                  warn\n"
          "   |- ip#1           ...E warn       vm188@lan0\n"
          "   |                                 warn: vm188 does not answer ping\n"
          "   '- container#1    .... up         vm188\n");
}

TEST_CASE("a service without resources, and one that was asked for a few only") {
    CHECK(tree(ExampleService({})) ==
          "vm188\n"
          "overall                   n/a\n"
          "'- avail                  n/a\n");
    ExampleService example(healthy_parts());
    for (const char* rid : {"vmdg", "app", "sync#i0", "container#1"}) example.observation.resources.erase(Rid(rid));
    CHECK(tree(example) ==
          "vm188\n"
          "overall                   up\n"
          "'- avail                  up\n"
          "   '- ip#1           ...E up         vm188@lan0\n");
}

TEST_CASE("flags, standby, and the order of groups and rids") {
    CHECK(tree(ExampleService({{"task#1", Group::task, "task", "backup", Status::not_applicable},
                               {"fs#10", Group::fs, "fs", "/b", Status::standby_down, {}, "M"},
                               {"fs#2", Group::fs, "fs", "/a", Status::standby_up, {}, "MDO"},
                               {"share#1", Group::share, "share.nfs", "/a", Status::undef, {{LogLine::Level::error, "no answer"}}, "D"},
                               {"sync#1", Group::sync, "sync.rsync", "x", Status::down, {}, "O"}})) ==
          "vm188\n"
          "overall                   warn\n"
          "|- avail                  warn\n"
          "|  |- fs#2           MDO. stdby up   /a\n"
          "|  |- fs#10          M... stdby down /b\n"
          "|  '- share#1        .D.. undef      /a\n"
          "|                                    error: no answer\n"
          "'- accessory\n"
          "   |- sync#1         ..O. down       x\n"
          "   '- task#1         .... n/a        backup\n");
}

// If this fails, a person starts what somebody else is working on.
TEST_CASE("who froze it and who acts on it now are said at the top") {
    ExampleService example({{"container#1", Group::container, "container.kvm", "vm188", Status::down}});
    example.observation.frozen = true;
    example.observation.frozen_note = "since 2026-11-20T10:00:00Z by anna: new disk";
    example.observation.acting = "stop by bert (pid 4711) since 2026-11-20T10:05:00Z";
    CHECK(tree(example, {.width = 200}) ==
          "vm188\n"
          "overall                   down       frozen\n"
          "|                                    info: frozen since 2026-11-20T10:00:00Z by anna: new disk\n"
          "|                                    info: stop by bert (pid 4711) since 2026-11-20T10:05:00Z runs now\n"
          "'- avail                  down\n"
          "   '- container#1    .... down       vm188\n");
}

// If this fails, a person does not see why nothing can be started, or that something was left half done.
TEST_CASE("frozen, interrupted and an unreadable journal are said at the top") {
    ExampleService example({{"container#1", Group::container, "container.kvm", "vm188", Status::down}});
    example.observation.frozen = true;
    example.observation.interrupted =
        Interrupted{"0198f3a1-b2c3-7000-8000-000000000001", "start", "container#1 start", example.observation.observed};
    CHECK(tree(example) ==
          "vm188\n"
          "overall                   down       frozen\n"
          "|                                    warn: start was interrupted at container#1\n"
          "|                                    start; it began 2026-11-20T10:00:00Z, sid\n"
          "|                                    0198f3a1-b2c3-7000-8000-000000000001\n"
          "'- avail                  down\n"
          "   '- container#1    .... down       vm188\n");
    example.observation.frozen = false;
    example.observation.node_frozen = true;
    example.observation.interrupted->step.clear();
    example.observation.journal_problem = "/var/lib/svcmgr/svcmgr.db: this database is damaged";
    const Style wide{.width = 200};
    CHECK(tree(example, wide) ==
          "vm188\n"
          "overall                   down       node frozen\n"
          "|                                    warn: start was interrupted before its first step; it began 2026-11-20T10:00:00Z, sid "
          "0198f3a1-b2c3-7000-8000-000000000001\n"
          "|                                    warn: whether an action was interrupted is not known: /var/lib/svcmgr/svcmgr.db: this "
          "database is damaged\n"
          "'- avail                  down\n"
          "   '- container#1    .... down       vm188\n");
}

TEST_CASE("long names and narrow terminals keep everything readable") {
    const ExampleService example({{"container#a-very-long-name",
                                   Group::container,
                                   "container.kvm",
                                   "vm188",
                                   Status::up,
                                   {{LogLine::Level::info, "one two three four five six"}}}});
    const Style narrow{.width = 10};
    CHECK(tree(example, narrow) ==
          "vm188\n"
          "overall                   up\n"
          "'- avail                  up\n"
          "   '- container#a-very-long-name .... up         vm188\n"
          "                                     info: one two three\n"
          "                                     four five six\n");
}

// If this fails, a guest that names itself with an escape sequence takes over the terminal of root (design.md 6.6).
TEST_CASE("what guests and tools print can't steer the terminal") {
    const ExampleService example({{"container#1",
                                   Group::container,
                                   "container.kvm",
                                   "vm\033[2J188",
                                   Status::up,
                                   {{LogLine::Level::warn,
                                     "first\r\nsecond \x9b"
                                     "31m \xe2\x80\xae\n"}}}},
                                 "a\033]0;x\007");
    const std::string text = tree(example);
    CHECK(text ==
          "a\\x1b]0;x\\x07\n"
          "overall                   warn\n"
          "'- avail                  up\n"
          "   '- container#1    .... up         vm\\x1b[2J188\n"
          "                                     warn: first second \\x9b31m \\xe2\\x80\\xae\n");
}

TEST_CASE("letters that the terminal can't show are question marks") {
    const ExampleService example({{"container#1", Group::container, "container.kvm", "caf\xc3\xa9", Status::up}});
    CHECK(tree(example).find("caf?\n") != std::string::npos);
    CHECK(tree(example, {.letters = Style::Letters::utf8}).find("caf\xc3\xa9\n") != std::string::npos);
}

TEST_CASE("colours: green up, red down, brown warn, light blue n/a, and the columns stay") {
    const Style colours{.colour = Style::Colour::ansi};
    const ExampleService example(
        {{"ip#1", Group::ip, "ip", "a", Status::down},
         {"container#1", Group::container, "container.kvm", "b", Status::up, {{LogLine::Level::warn, "autostart is on"}}},
         {"app", Group::app, "app", "c", Status::not_applicable}});
    CHECK(tree(example, colours) ==
          "vm188\n"
          "overall                   \033[33mwarn\033[0m\n"
          "'- avail                  \033[33mwarn\033[0m\n"
          "   |- ip#1           .... \033[31mdown\033[0m       a\n"
          "   |- container#1    .... \033[32mup\033[0m         b\n"
          "   |                                 \033[33mwarn\033[0m: autostart is on\n"
          "   '- app            .... \033[94mn/a\033[0m        c\n");
    CHECK(tree(example).find('\033') == std::string::npos);
}
