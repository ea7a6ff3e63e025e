#include "drivers/hypervisor/tools/tool.h"

#include "drivers/hypervisor/keywords/zone.h"
#include "drivers/hypervisor/tools/lines.h"
#include "drivers/hypervisor/zone/zone.h"
#include "tests/unit/tools/support.h"

namespace svcmgr::tools {

namespace {

CommandResult printed(std::string out) {
    CommandResult result;
    result.exit_code = 0;
    result.out = std::move(out);
    return result;
}

Answer answer(CommandResult result, int signal = 0) {
    test::SettableSignals signals;
    signals.number = signal;
    return answer_of({"ldm", "list", "-p"}, std::move(result), signals);
}

Options zone_options() {
    return Options("zone", Place(), zone_node_keywords());
}

}  // namespace

TEST_CASE("a tool's answer is what it printed, or why nothing can be made of it") {
    CHECK(answer(printed("VERSION 1.11\n")).value() == "VERSION 1.11\n");
    CommandResult failed = printed("VERSION 1.11\n");
    failed.exit_code = 3;
    failed.err = "Failed to connect to logical domain manager\n";
    CHECK(answer(failed).error().reason == "`ldm list -p`: exited with 3: Failed to connect to logical domain manager");
    CHECK(answer(failed).error().code == Error::Code::unreachable);
    CHECK(answer(failed, 15).error().code == Error::Code::interrupted);
    CommandResult missing;
    missing.not_started = "ldm: no such program";
    CHECK(answer(missing).error().reason == "`ldm list -p`: ldm: no such program");
    CommandResult hung;
    hung.timed_out = true;
    CHECK(answer(hung).error().code == Error::Code::timed_out);
    CommandResult endless = printed(std::string(4096, 'x'));
    endless.truncated = true;
    CHECK(answer(endless).error().reason == "`ldm list -p` printed more than 4 KiB");
}

TEST_CASE("commands are shown as a person would type them") {
    CHECK(typed({"zlogin", "-S", "z1", "'printf' '%s'"}) == R"(zlogin -S z1 ''\''printf'\'' '\''%s'\''')");
    CHECK(typed({"a", ""}) == "a ''");
}

TEST_CASE("lines are numbered as they were printed, and shown without what a terminal obeys") {
    const auto lines = lines_of("one\r\n\n  \nfour");
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].text == "one");
    CHECK(lines[1].number == 4);
    CHECK(not_understood({7, "a\x1b[31mb"}, "no colour") == "line 7 is not understood (no colour): a [31mb");
}

TEST_CASE("fields between bars") {
    const auto fields = bar_fields("DOMAIN|name=vm1|state=active|flags=-n----|cons=");
    REQUIRE(fields.has_value());
    CHECK(fields->kind == "DOMAIN");
    CHECK(fields->value("state") == "active");
    CHECK(fields->value("cons") == "");
    CHECK(fields->value("ncpu") == "");
    CHECK(bar_fields("|vol=a|dev=/dev/x")->kind == "");
    CHECK_FALSE(bar_fields("DOMAIN|name").has_value());
    CHECK_FALSE(bar_fields("DOMAIN").has_value());
    CHECK_FALSE(bar_fields("Domäne|name=a").has_value());
    CHECK_FALSE(bar_fields("DOMAIN|name=a|name=b").has_value());
}

TEST_CASE("decimals are digits, and nothing else that a library takes for a number") {
    CHECK(parse_decimal("1.5") == 1.5);
    CHECK(parse_decimal("12") == 12);
    for (const std::string bad : {"", ".", "1.", ".5", "-1", "+1", "1e3", "nan", "inf", "0x10", "1.5.1", " 1", "1 "})
        CHECK(parse_decimal(bad) == std::nullopt);
    CHECK(parse_decimal(std::string(400, '9')) == std::nullopt);
}

TEST_CASE("a tool that prints a million lines, another language, or nothing makes no guest absent") {
    for (const std::string answer : {"repeat: 1000000 line {}\n", "out: Zone z1 wird ausgeführt\n", "missing:\n", "hangs:\n",
                                     "err: zoneadm: Speicherzugriffsfehler\nexit: 139\n"}) {
        CAPTURE(answer);
        test::Played<zone::Zone> node("look: /usr/sbin/zoneadm list -cp\n" + answer, zone_options());
        const auto state = node.look({"z1", "z1"});
        CHECK(state.value == GuestState::Value::unknown);
        CHECK_FALSE(state.reason.empty());
        CHECK(state.reason.size() < 400);
    }
}

TEST_CASE("a start whose guest does not come up ends at its deadline, and a signal ends it earlier") {
    const std::string dead =
        "look: /usr/sbin/zoneadm list -cp\nout: -:z1:installed:/z1::native:shared\n"
        "call: /usr/sbin/zoneadm -z z1 boot\n"
        "look: /usr/sbin/zoneadm list -cp\nout: -:z1:installed:/z1::native:shared\n";
    test::Played<zone::Zone> node(dead, zone_options());
    const auto error = test::error_of([&] { node.driver.start({"z1", "z1"}, node.deadline()); });
    CHECK(error.code() == Error::Code::timed_out);
    CHECK(error.message() == "waited 10 s for z1 to run; it is installed");

    test::Played<zone::Zone> interrupted(dead, zone_options());
    interrupted.played.signals().number = 15;
    CHECK(test::error_of([&] { interrupted.driver.start({"z1", "z1"}, interrupted.deadline()); }).code() == Error::Code::interrupted);
}

}  // namespace svcmgr::tools
