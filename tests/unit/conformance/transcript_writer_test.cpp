#include "tests/conformance/transcript_writer.h"

#include <doctest/doctest.h>

#include "tests/conformance/transcript.h"
#include "tests/unit/doubles.h"

namespace svcmgr::conformance {

namespace {

using Mode = TranscriptWriter::Mode;

CommandResult ended(std::string out, std::string err = {}, int code = 0) {
    CommandResult result;
    result.exit_code = code;
    result.out = std::move(out);
    result.err = std::move(err);
    return result;
}

}  // namespace

TEST_CASE("what is recorded is what is played") {
    const std::vector<std::pair<Argv, CommandResult>> calls = {
        {{"list", "-p"}, ended("a\n\n b:c \nlast without end")},
        {{"inside", "it's \"here\"", "$HOME", "back\\slash", ""}, ended("", "why\nso\n", 3)},
        {{"list", "-p"}, ended("b\n")},
    };
    TranscriptWriter writer;
    writer.begin("Of a test.");
    writer.section("jailroot", "/srv/a=b");
    writer.guest({"z1", "host1"});
    writer.answered(calls[0].first, calls[0].second);
    writer.answered(calls[0].first, calls[0].second);  // again, and not written again
    writer.file("/etc/z1", "one\n\ntwo\n");
    writer.file("/etc/z1", "one\n\ntwo\n");
    writer.file("/srv/recorded", "");
    writer.set(Mode::call);
    writer.answered(calls[0].first, calls[0].second);  // a look, also within a change
    writer.answered(calls[1].first, calls[1].second);
    writer.set(Mode::nothing);
    writer.answered({"not", "recorded"}, ended(""));
    writer.file("/not/recorded", "x\n");
    writer.set(Mode::look);
    writer.answered(calls[2].first, calls[2].second);
    CommandResult hung;
    hung.timed_out = true;
    writer.answered({"sleep"}, hung);
    CommandResult missing;
    missing.not_started = "no such program";
    writer.answered({"nothing"}, missing);

    test::ManualClock clock;
    test::NoSignals signals;
    MemoryFiles files(clock, signals);
    Player player(Transcript("t", writer.text()), files);
    const auto deadline = Deadline::in(clock, std::chrono::seconds(1));
    CHECK(player.section() == std::vector<std::pair<std::string, std::string>>{{"jailroot", "/srv/a=b"}});
    CHECK(player.next_guest().hostname == "host1");
    CHECK(files.read("/etc/z1").value() == "one\n\ntwo\n");
    CHECK(files.facts("/srv/recorded").has_value());
    CHECK_FALSE(files.facts("/not/recorded").has_value());
    for (const auto& [argv, result] : calls) {
        const auto played = player.answer(argv, deadline, clock);
        CHECK(played.out == result.out);
        CHECK(played.err == result.err);
        CHECK(played.exit_code == result.exit_code);
    }
    CHECK(player.answer({"sleep"}, deadline, clock).timed_out);
    CHECK_FALSE(player.answer({"nothing"}, deadline, clock).not_started.empty());
    CHECK(player.complaints().empty());
}

}  // namespace svcmgr::conformance
