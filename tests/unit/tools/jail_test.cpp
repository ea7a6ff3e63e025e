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
    for (const std::string bad :
         {"   JID  IP Address      Hostname                      Path", "nodying jid=x name=web", "nodying jid=7 name=", "jid=7 name=web",
          "dying nodying jid=7 name=web", "nodying jid=7 name=\"web", "nodying jid=7 jid=8 name=a"}) {
        CAPTURE(bad);
        CHECK(parse_jails(bad).state_of("web").value == Value::unknown);
        CHECK(parse_jails(bad).problem().find("line 1 is not understood") == 0);
    }
    CHECK(parse_jails("nodying jid=7 name=a\nnodying jid=8 name=a\n").state_of("a").value == Value::unknown);
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
