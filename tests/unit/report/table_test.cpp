#include "svcmgr/report/table.h"

#include <doctest/doctest.h>

using namespace svcmgr;

TEST_CASE("columns are aligned, numbers to the right, and no line ends with a blank") {
    CHECK(table({"rid", "size", "kind"}, {{"container#1", "5", "block"}, {"c", "1024", ""}, {"caf\xc3\xa9", "", "file"}}) ==
          "rid          size  kind\n"
          "container#1     5  block\n"
          "c            1024\n"
          "caf\xc3\xa9               file\n");
}

TEST_CASE("a column with anything but numbers is text") {
    CHECK(table({"n", "x"}, {{"1", "a"}, {"b", "c"}, {"22", "d"}}) ==
          "n   x\n"
          "1   a\n"
          "b   c\n"
          "22  d\n");
}

TEST_CASE("a cell with a colour is as wide as one without, and a colour does not make it text") {
    const Style ansi{.colour = Style::Colour::ansi};
    const std::vector<std::vector<Cell>> rows = {{{"down", Ink::bad}, {"7", Ink::bad}, "x"}, {"up", "12", ""}, {{"up", Ink::good}}};
    CHECK(table({"avail", "n"}, rows) == "avail   n\ndown    7  x\nup     12\nup\n");
    CHECK(table({"avail", "n"}, rows, ansi) ==
          "avail   n\n"
          "\033[31mdown\033[0m    \033[31m7\033[0m  x\n"
          "up     12\n"
          "\033[32mup\033[0m\n");
}

TEST_CASE("without rows there is the heading, and rows may be short or long") {
    CHECK(table({"one", "two"}, {}) == "one  two\n");
    CHECK(table({"one", "two"}, {{"a"}, {"b", "c", "more"}}) == "one  two\na\nb    c    more\n");
    CHECK(table({}, {}) == "\n");
}

// If this fails, the name of a disk image can steer the terminal.
TEST_CASE("control characters are shown, not obeyed") {
    CHECK(printable("a\033[31mb\nc\td\x7f") == "a\\x1b[31mb\\x0ac\\x09d\\x7f");
    CHECK(printable("\xc2\x9b"
                    "2J") == "\\xc2\\x9b2J");
    CHECK(printable("\xe2\x80\xae"
                    "x\xe2\x81\xa6") == "\\xe2\\x80\\xaex\\xe2\\x81\\xa6");
    CHECK(printable(std::string("a\0b", 3)) == "a\\x00b");
    CHECK(printable("\xff\xc3") == "\\xff\\xc3");
    CHECK(printable("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80") == "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80");
    CHECK(table({"a"}, {{"x\ny"}}) == "a\nx\\x0ay\n");
}

TEST_CASE("sizes have one unit and at most one digit behind the point") {
    constexpr std::uint64_t kib = 1024;
    CHECK(size_text(0) == "?");
    CHECK(size_text(1) == "1 B");
    CHECK(size_text(1023) == "1023 B");
    CHECK(size_text(1024) == "1 KiB");
    CHECK(size_text(512 * kib * kib) == "512 MiB");
    CHECK(size_text(20 * kib * kib * kib) == "20 GiB");
    CHECK(size_text(3 * kib * kib * kib * kib / 2) == "1.5 TiB");
    CHECK(size_text(kib * kib * kib - 1) == "1 GiB");
    CHECK(size_text(18446744073709551615u) == "16 EiB");
}
