#include "drivers/hypervisor/jail/jail.h"

#include "drivers/hypervisor/jail/jails.h"
#include "drivers/hypervisor/keywords/jail.h"
#include "tests/unit/tools/support.h"

namespace svcmgr::jail {

using Value = GuestState::Value;

namespace {

Guest web() {
    auto section = std::make_shared<Options>("container#1", Place(), jail_keywords());
    section->set("jailroot", {"/srv/jails/web", {}});
    section->set("ips", {"10.0.3.17 10.0.3.18", {}});
    section->set("ip6s", {"2001:db8::17", {}});
    Guest guest{"web", "web.example.com"};
    guest.section = section;
    return guest;
}

}  // namespace

TEST_CASE("jls -n: a real output, of jails that have no names but their numbers") {
    const auto text = test::sample("jails/glpi-sample1.txt");
    if (!text) return;
    const auto list = parse_jails(*text);
    CHECK(list.problem().empty());
    CHECK(list.guests().size() == 4);
    CHECK(list.state_of("xmpp-test3").value == Value::running);
    CHECK(list.state_of("noname.local").value == Value::running);
    CHECK(list.state_of("2").value == Value::absent);
}

TEST_CASE("jls -n: names, jails that die, and lines that are none") {
    const auto list =
        parse_jails("nodying jid=7 name=web host.hostname=w path=\"/srv/my jails/web\"\ndying jid=8 name=db host.hostname=d\n");
    CHECK(list.problem().empty());
    CHECK(list.state_of("web").value == Value::running);
    CHECK(parse_jails("nodying jid=7 name=web ip4.addr=10.0.3.17,10.0.3.18,10.XX.3.1 ip6.addr=2001:db8::17\n").state_of("web").addresses ==
          std::vector<std::string>{"10.0.3.17", "10.0.3.18", "2001:db8::17"});
    CHECK(list.state_of("w").value == Value::absent);
    CHECK(list.state_of("db").value == Value::changing);
    CHECK(parse_jails("devfs_ruleset=0 enforce_statfs=2 jid=67 name=web osrelease=11.1-RELEASE\n").state_of("web").value == Value::running);
    for (const std::string bad :
         {"   JID  IP Address      Hostname                      Path", "nodying jid=x name=web",
          "nodying jid=7 name=", "dying nodying jid=7 name=web", "nodying jid=7 name=\"web", "nodying jid=7 jid=8 name=a"}) {
        CAPTURE(bad);
        CHECK(parse_jails(bad).state_of("web").value == Value::unknown);
        CHECK(parse_jails(bad).problem().find("line 1 is not understood") == 0);
    }
    CHECK(parse_jails("nodying jid=7 name=a\nnodying jid=8 name=a\n").state_of("a").value == Value::unknown);
}

TEST_CASE("cpuset -g and rctl: sizes of a jail, where it has limits") {
    CHECK(parse_processors("jail 7 mask: 0, 1, 2\njail 7 domain policy: first-touch mask: 0\n") == 3);
    CHECK(parse_processors("jail 7 mask: 5\n") == 1);
    for (const std::string bad : {"", "jail 7 domain policy: first-touch\n", "cpuset: no such jail\n", "jail 7 mask: 0, -1\n",
                                  "jail 7 mask:\n", "jail 7 mask: 0, 99999999999\n", "pid 7 mask: 0\n"}) {
        CAPTURE(bad);
        CHECK(parse_processors(bad) == std::nullopt);
    }
    CHECK(parse_memory_limit("jail:web:maxproc:deny=64\njail:web:memoryuse:deny=536870912\njail:web2:memoryuse:deny=1024\n", "web") ==
          512u * 1024);
    CHECK(parse_memory_limit("jail:web:memoryuse:deny=536870912\njail:web:memoryuse:deny=268435456\n", "web") == 256u * 1024);
    CHECK(parse_memory_limit("jail:web:memoryuse:log=536870912\njail:web:memoryuse:deny=-1\njail:web:memoryuse:deny=512M\n", "web") == 0);
}

TEST_CASE("a jail whose host limits nothing has no sizes, and nothing is wrong with it") {
    test::Played<Jail> node(
        "look: jls -n\nout: nodying jid=7 name=web ip4.addr=10.0.3.17\nlook: cpuset -g -j web\nout: jail 7 mask: 0, 1\n"
        "look: rctl jail:web\nerr: rctl: RACCT/RCTL present, but disabled; enable using kern.racct.enable=1 tunable\nexit: 1\n");
    const auto state = node.look(web());
    CHECK(state.value == Value::running);
    CHECK(state.vcpus == 2);
    CHECK(state.memory_kib == 0);
    CHECK(state.warnings.empty());
    CHECK(node.complaints() == "");
}

TEST_CASE("a jail is made of its section, with all its addresses") {
    test::Played<Jail> node(
        "file: /srv/jails/web/etc/rc\nlook: jls -n\n"
        "call: jail -c name=web path=/srv/jails/web host.hostname=web.example.com ip4.addr=10.0.3.17,10.0.3.18 ip6.addr=2001:db8::17 "
        "command=/bin/sh /etc/rc\n"
        "look: jls -n\nout: nodying jid=7 name=web\n");
    node.driver.start(web(), node.deadline());
    CHECK(node.complaints() == "");
}

TEST_CASE("a jail whose root directory is not here is absent, and is not started") {
    test::Played<Jail> node("look: jls -n\n");
    CHECK(node.look(web()).value == Value::absent);
    CHECK_FALSE(test::error_of([&] { node.driver.start(web(), node.deadline()); }).hint().empty());
    CHECK(node.complaints() == "");
}

}  // namespace svcmgr::jail
