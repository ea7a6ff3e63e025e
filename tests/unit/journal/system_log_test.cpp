#include "svcmgr/journal/system_log.h"

#include <doctest/doctest.h>

#include <chrono>
#include <thread>

#include "tests/unit/journal/datagrams.h"

using namespace svcmgr;
using namespace std::chrono_literals;

namespace {

const SystemLog::Entry entry{.priority = SystemLog::Priority::warning,
                             .message = "vm188 container#1 start: warn: autostart is on",
                             .service = "vm188",
                             .rid = "container#1",
                             .action = "start",
                             .sid = "0198f3a1"};

}  // namespace

// If this fails, `journalctl SVCMGR_SERVICE=vm188` finds nothing.
TEST_CASE("the journal gets fields") {
    LogWorld machine;
    Receiver journal(SystemLog::journal_socket(machine.root())), syslog(SystemLog::syslog_socket(machine.root()));
    SystemLog(machine.world(), machine.root()).add(entry);
    CHECK(journal.take() ==
          "MESSAGE=vm188 container#1 start: warn: autostart is on\nPRIORITY=4\nSYSLOG_FACILITY=3\nSYSLOG_IDENTIFIER=svcmgr\n"
          "SVCMGR_SERVICE=vm188\nSVCMGR_RID=container#1\nSVCMGR_ACTION=start\nSVCMGR_SID=0198f3a1\n");
    CHECK(!syslog.take());
}

TEST_CASE("syslog gets a line where there is no journal") {
    LogWorld machine;
    Receiver syslog(SystemLog::syslog_socket(machine.root()));
    SystemLog log(machine.world(), machine.root());
    log.add(entry);
    CHECK(syslog.take() ==
          "<28>svcmgr: vm188 container#1 start: warn: autostart is on [service=vm188 rid=container#1 action=start sid=0198f3a1]");
    log.add({.message = "two\nlines", .service = "vm188", .rid = "", .action = "stop", .sid = ""});
    CHECK(syslog.take() == "<30>svcmgr: two lines [service=vm188 action=stop]");
}

// If this fails, a burst of events loses some of them.
TEST_CASE("a receiver that comes a little late gets everything") {
    LogWorld machine;
    Receiver journal(SystemLog::journal_socket(machine.root()));
    int taken = 0;
    std::thread late([&] {
        for (const auto until = std::chrono::steady_clock::now() + 5s; taken < 100 && std::chrono::steady_clock::now() < until;)
            if (journal.take())
                ++taken;
            else
                std::this_thread::sleep_for(2ms);
    });
    SystemLog log(machine.world(), machine.root());
    for (int i = 0; i < 100; ++i) log.add(entry);
    late.join();
    CHECK(taken == 100);
}

// If this fails, an action waits for a log daemon that hangs, or fails because there is none.
TEST_CASE("a log that does not take an entry keeps nobody waiting") {
    LogWorld machine;
    SystemLog log(machine.world(), machine.root());
    log.add(entry);
    Receiver journal(SystemLog::journal_socket(machine.root()));
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 5000; ++i) log.add(entry);
    CHECK(std::chrono::steady_clock::now() - begin < 60s);  // eight minutes, if each waited for room
    int taken = 0;
    while (journal.take()) ++taken;
    CHECK(taken > 0);
    CHECK(taken < 5000);
    SystemLog(machine.world(), machine.root()).add(entry);
    CHECK(journal.take());
    SystemLog(machine.world(), "/" + std::string(200, 'x')).add(entry);
}

// If this fails, a line of a tool makes fields of its own, and so can say that it came from another service.
TEST_CASE("a message with line ends stays one field") {
    SystemLog::Entry two = entry;
    two.message = "a\nSVCMGR_SERVICE=other";
    const std::string datagram = journal_datagram(two);
    CHECK(datagram.starts_with(std::string("MESSAGE\n\x16\0\0\0\0\0\0\0a\nSVCMGR_SERVICE=other\nPRIORITY=4\n", 50)));
}

TEST_CASE("what is too long for a datagram is cut off, and not within a character") {
    SystemLog::Entry entry_of_bytes = entry;
    entry_of_bytes.message = std::string((16 << 10) - 1, 'x') + "\u00e9 and more";
    const std::string datagram = journal_datagram(entry_of_bytes);
    CHECK(datagram.find("x\nPRIORITY=4\n") != std::string::npos);
    CHECK(datagram.find("\xc3") == std::string::npos);
}
