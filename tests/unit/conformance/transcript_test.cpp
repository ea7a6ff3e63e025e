#include "tests/conformance/transcript.h"

#include <doctest/doctest.h>

#include "drivers/error.h"
#include "tests/unit/doubles.h"

namespace svcmgr::conformance {

namespace {

struct Fixture {
    test::ManualClock clock;
    test::NoSignals signals;
    MemoryFiles files{clock, signals};

    Player play(std::string_view text) { return {Transcript("t", text), files}; }
    CommandResult ask(Player& player, const Argv& argv) { return player.answer(argv, Deadline::in(clock, std::chrono::seconds(3)), clock); }
};

constexpr std::string_view life =
    "# Checked against nothing\n"
    "guest: z1 host1\n"
    "look: list -p\n"
    "out: z1:off\n"
    "call: boot 'z 1'\n"
    "err: booting\n"
    "exit: 2\n"
    "look: list -p\n"
    "out: z1:starting\n"
    "look: list -p\n"
    "out: z1:on\n"
    "deed: pause z1\n"
    "file: /etc/z1\n"
    "text: paused\n"
    "look: list -p\n"
    "hangs:\n";

std::string error_of(std::string_view text) {
    try {
        Transcript("t", text);
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a transcript is played stage by stage, looks as often as they are asked for") {
    auto player = play(life);
    CHECK(player.next_guest().hostname == "host1");
    CHECK_THROWS_AS(player.next_guest(), Error);
    CHECK(ask(player, {"list", "-p"}).out == "z1:off\n");
    CHECK(ask(player, {"list", "-p"}).out == "z1:off\n");
    const auto boot = ask(player, {"boot", "z 1"});
    CHECK(boot.exit_code == 2);
    CHECK(boot.err == "booting\n");
    CHECK(ask(player, {"list", "-p"}).out == "z1:starting\n");
    CHECK(ask(player, {"list", "-p"}).out == "z1:on\n");
    CHECK(ask(player, {"list", "-p"}).out == "z1:on\n");
    CHECK_FALSE(files.read("/etc/z1").has_value());
    CHECK(player.deed("pause z1") == "/etc/z1");
    CHECK(files.read("/etc/z1").value() == "paused\n");
    CHECK(ask(player, {"list", "-p"}).timed_out);
    CHECK(player.complaints().empty());
}

TEST_CASE_FIXTURE(Fixture, "a call that the transcript does not have here is a complaint, and so is a line that nobody asked for") {
    auto player = play(life);
    const auto result = ask(player, {"halt", "z1"});
    CHECK_FALSE(result.ok());
    CHECK_THROWS_AS(player.deed("pause z1"), Error);
    CHECK_FALSE(ask(player, {"boot", "z1"}).ok());
    const auto complaints = player.complaints();
    REQUIRE(complaints.size() == 8);
    CHECK(complaints[0].find("'halt' 'z1'") != std::string::npos);
    CHECK(complaints[1].find("'boot' 'z1'") != std::string::npos);
    CHECK(complaints[2].find("t:3: ") != std::string::npos);
    CHECK(complaints[3].find("t:5: nobody asked for this: call: 'boot' 'z 1'") != std::string::npos);
    CHECK(complaints[7].find("t:15: ") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "a call is made once") {
    auto player = play("# x\ncall: boot z1\n");
    CHECK(ask(player, {"boot", "z1"}).ok());
    CHECK_FALSE(ask(player, {"boot", "z1"}).ok());
    CHECK(player.complaints().size() == 1);
}

TEST_CASE_FIXTURE(Fixture, "a program can be missing, and an output of many lines is written short") {
    auto player = play("# x\nlook: a\nmissing:\nlook: b\nrepeat: 3 {}:vm{}\\nx\nout: end\n");
    CHECK(ask(player, {"a"}).not_started.find("no such program") != std::string::npos);
    CHECK(ask(player, {"b"}).out == "1:vm1\nx\n2:vm2\nx\n3:vm3\nx\nend\n");
    CHECK(player.complaints().empty());
}

TEST_CASE("what is no transcript is refused with its line") {
    CHECK(error_of("look: a\n").find("t:1") != std::string::npos);
    CHECK(error_of("# x\nlook a\n").find("t:2") != std::string::npos);
    CHECK(error_of("# x\nlook: 'a\n").find("t:2") != std::string::npos);
    CHECK(error_of("# x\nout: 1\n").find("t:2") != std::string::npos);
    CHECK(error_of("# x\nlook: a\nexit: one\n").find("t:3") != std::string::npos);
    CHECK(error_of("# x\nlook: a\nshrug:\n").find("'shrug' is no word") != std::string::npos);
    CHECK(error_of("# x\ndeed: a\nout: b\n").find("t:3") != std::string::npos);
    CHECK(error_of("# x\nmany: x y\n").find("t:2") != std::string::npos);
}

}  // namespace svcmgr::conformance
