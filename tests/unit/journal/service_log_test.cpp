#include "svcmgr/journal/service_log.h"

#include <doctest/doctest.h>

#include "drivers/files/memory_files.h"
#include "tests/unit/journal/test_world.h"

using namespace svcmgr;

namespace {

using Lines = std::vector<std::string>;

struct Fixture {
    TestParts parts;
    MemoryFiles files{parts.clock, parts.signals};
    const Path file = "/var/log/svcmgr/vm188.log";

    LogWriter writer(const LogLimits& limits = {}) { return LogWriter(parts.world(files), file, limits); }
    LogReader reader() { return LogReader(parts.world(files), file); }
    std::string text(const std::string& suffix = "") { return files.read(file + suffix).value_or("(absent)"); }
};

}  // namespace

TEST_CASE("a log is made for its owner and group, and grows by lines") {
    Fixture fixture;
    LogWriter writer = fixture.writer();
    writer.add("one");
    writer.add("two");
    CHECK(fixture.text() == "one\ntwo\n");
    CHECK(fixture.files.facts(fixture.file)->mode == 0640);
    CHECK(fixture.files.facts("/var/log/svcmgr")->mode == 0750);
}

// If this fails, a log fills the disk, or what was said last week is gone.
TEST_CASE("a log that is full is put aside, and the oldest goes") {
    Fixture fixture;
    LogWriter writer = fixture.writer({.size = 8, .keep = 2});
    for (const char* line : {"first", "second", "third", "fourth", "fifth", "sixth", "seventh"}) writer.add(line);
    CHECK(fixture.text() == "seventh\n");
    CHECK(fixture.text(".1") == "fifth\nsixth\n");
    CHECK(fixture.text(".2") == "third\nfourth\n");
    CHECK(fixture.text(".3") == "(absent)");
}

TEST_CASE("a log is full when it has reached its size") {
    Fixture fixture;
    LogWriter writer = fixture.writer({.size = 6, .keep = 1});
    writer.add("four");
    writer.add("x");
    CHECK(fixture.text() == "four\nx\n");
    writer.add("y");
    CHECK(fixture.text() == "y\n");
    CHECK(fixture.text(".1") == "four\nx\n");
    LogWriter exact = fixture.writer({.size = 2, .keep = 1});
    exact.add("z");
    CHECK(fixture.text() == "z\n");
}

TEST_CASE("where a log can't be put aside it grows") {
    Fixture fixture;
    LogWriter writer = fixture.writer({.size = 2, .keep = 1});
    fixture.files.put(fixture.file + ".1/something", "in the way");
    for (const char* line : {"x", "y", "z"}) writer.add(line);
    CHECK(fixture.text() == "x\ny\nz\n");
}

TEST_CASE("a log may be kept without end, or without a past") {
    Fixture fixture;
    SUBCASE("without end") {
        LogWriter writer = fixture.writer({.size = 0, .keep = 2});
        for (int i = 0; i < 100; ++i) writer.add("x");
        CHECK(fixture.text().size() == 200);
        CHECK(fixture.text(".1") == "(absent)");
    }
    SUBCASE("without a past") {
        LogWriter writer = fixture.writer({.size = 2, .keep = 0});
        for (int i = 0; i < 3; ++i) writer.add("x");
        CHECK(fixture.text() == "x\n");
        CHECK(fixture.text(".1") == "(absent)");
    }
}

TEST_CASE("the last lines are read, also from files that were put aside") {
    Fixture fixture;
    fixture.files.put(fixture.file + ".2", "1\n2\n");
    fixture.files.put(fixture.file + ".1", "3\n4\n");
    fixture.files.put(fixture.file, "5\n6\n");
    CHECK(fixture.reader().last(1) == Lines{"6"});
    CHECK(fixture.reader().last(2) == Lines{"5", "6"});
    CHECK(fixture.reader().last(5) == Lines{"2", "3", "4", "5", "6"});
    CHECK(fixture.reader().last(100).size() == 6);
    CHECK(fixture.reader().last(0).empty());
}

TEST_CASE("of a large log the last MiB is read, from a whole line on") {
    Fixture fixture;
    std::string text;
    for (int i = 0; text.size() < (3u << 20); ++i) text += "line " + std::to_string(i) + "\n";
    fixture.files.put(fixture.file, text);
    const Lines lines = fixture.reader().last(1'000'000);
    CHECK(lines.size() > 50'000);
    CHECK(lines.size() < 200'000);
    CHECK(lines.front().starts_with("line "));
    CHECK(text.ends_with(lines.back() + "\n"));
}

// If this fails, who follows a log misses lines or sees them twice.
TEST_CASE("what is written later is read once") {
    Fixture fixture;
    fixture.files.put_directory("/var/log/svcmgr");
    LogReader reader = fixture.reader();
    CHECK(reader.last(10).empty());
    CHECK(reader.more().empty());
    CHECK(reader.problem() == "");  // a service without a log is no problem
    fixture.files.append(fixture.file, "one\ntw", 0640);
    CHECK(reader.more() == Lines{"one"});
    CHECK(reader.more().empty());
    fixture.files.append(fixture.file, "o\n", 0640);
    CHECK(reader.more() == Lines{"two"});

    SUBCASE("after the file was put aside, once or twice") {
        fixture.files.append(fixture.file, "three\n", 0640);
        fixture.files.rename(fixture.file, fixture.file + ".1");
        fixture.files.append(fixture.file, "four\n", 0640);
        CHECK(reader.more() == Lines{"three", "four"});
        fixture.files.append(fixture.file, "five\n", 0640);
        fixture.files.rename(fixture.file + ".1", fixture.file + ".2");
        fixture.files.rename(fixture.file, fixture.file + ".1");
        fixture.files.append(fixture.file, "six\n", 0640);
        fixture.files.rename(fixture.file + ".1", fixture.file + ".3");
        fixture.files.rename(fixture.file + ".2", fixture.file + ".4");
        fixture.files.rename(fixture.file + ".3", fixture.file + ".2");
        fixture.files.rename(fixture.file, fixture.file + ".1");
        fixture.files.append(fixture.file, "seven\n", 0640);
        CHECK(reader.more() == Lines{"five", "six", "seven"});
        CHECK(reader.more().empty());
    }
    SUBCASE("after the file was cut off") {
        fixture.files.put(fixture.file, "");  // another file of that name, as far as anyone can tell
        CHECK(reader.more().empty());
        fixture.files.append(fixture.file, "new\n", 0640);
        CHECK(reader.more() == Lines{"new"});
    }
    SUBCASE("a file that can't be read is said, and read again once it can") {
        fixture.files.append(fixture.file, "three\n", 0640);
        fixture.files.fail(fixture.file, MemoryFiles::FaultOn::look, EACCES);
        CHECK(reader.more().empty());
        CHECK(reader.problem() != "");
        fixture.files.clear_faults();
        CHECK(reader.more() == Lines{"three"});
        CHECK(reader.problem() == "");
    }
}

TEST_CASE("a line without an end does not stop what follows") {
    Fixture fixture;
    fixture.files.put(fixture.file, std::string((1u << 20) + 5, 'x') + "\nlast\n");
    LogReader reader = fixture.reader();
    CHECK(reader.more().back() == "last");
}
