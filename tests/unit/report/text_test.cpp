#include "svcmgr/report/text.h"

#include <doctest/doctest.h>

#include <string>

using namespace svcmgr;

namespace {

const Style ascii{};
const Style utf8{.letters = Style::Letters::utf8};

}  // namespace

TEST_CASE("only well-formed UTF-8 is a character") {
    for (const char* good :
         {"a", "\xc2\x80", "\xc3\xa9", "\xe0\xa0\x80", "\xe2\x82\xac", "\xed\x9f\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
        CAPTURE(good);
        CHECK(character_length(good) == std::string(good).size());
        CHECK(character_length(std::string(good) + "x") == std::string(good).size());
    }
    for (const char* bad : {"\x80", "\xc0\x80", "\xc1\xbf", "\xc3", "\xc3(", "\xe0\x9f\xbf", "\xe2\x82", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
                            "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}) {
        CAPTURE(bad);
        CHECK(character_length(bad) == 0);
    }
    CHECK(character_length("") == 0);
}

TEST_CASE("columns count characters, not bytes") {
    CHECK(columns("") == 0);
    CHECK(columns("caf\xc3\xa9") == 4);
    CHECK(padded("caf\xc3\xa9", 6) == "caf\xc3\xa9  ");
    CHECK(padded("longer", 3) == "longer");
    const std::string red = coloured("caf\xc3\xa9", Ink::bad, {.colour = Style::Colour::ansi});
    CHECK(columns(red) == 4);
    CHECK(columns(red + " " + red) == 9);
    CHECK(columns("\033[") == 0);
    CHECK(padded(red, 6) == red + "  ");
}

TEST_CASE("foreign text becomes one line that the terminal can show") {
    CHECK(shown("one\ntwo\r\n\tthree\n\n", utf8) == "one two  \x20three");
    CHECK(shown("caf\xc3\xa9 \xe2\x82\xac", utf8) == "caf\xc3\xa9 \xe2\x82\xac");
    CHECK(shown("caf\xc3\xa9 \xe2\x82\xac", ascii) == "caf? ?");
    CHECK(shown("\033[31m\x7f\xc2\x9b\xff", utf8) == "\\x1b[31m\\x7f\\xc2\\x9b\\xff");
    CHECK(shown("", utf8).empty());
}

TEST_CASE("lines are broken at blanks, and words stay whole") {
    CHECK(wrapped("one two three", 7) == std::vector<std::string>{"one two", "three"});
    CHECK(wrapped("one two three", 6) == std::vector<std::string>{"one", "two", "three"});
    CHECK(wrapped("one two three", 100) == std::vector<std::string>{"one two three"});
    CHECK(wrapped("  one   two  ", 5) == std::vector<std::string>{"one", "two"});
    CHECK(wrapped("a /a/very/long/path b", 5) == std::vector<std::string>{"a", "/a/very/long/path", "b"});
    CHECK(wrapped("", 5) == std::vector<std::string>{""});
    CHECK(wrapped("\xc3\xa9\xc3\xa9 \xc3\xa9\xc3\xa9", 5) == std::vector<std::string>{"\xc3\xa9\xc3\xa9 \xc3\xa9\xc3\xa9"});
}

TEST_CASE("what is too long is cut off with a sign, and never longer than the width") {
    CHECK(shortened("abcdef", 6, ascii) == "abcdef");
    CHECK(shortened("abcdef", 5, ascii) == "ab...");
    CHECK(shortened("abcdef", 5, utf8) == "abcd\xe2\x80\xa6");
    CHECK(shortened("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", 3, utf8) == "\xc3\xa9\xc3\xa9\xe2\x80\xa6");
    for (std::size_t width = 0; width < 8; ++width) {
        CHECK(columns(shortened("abcdefgh", width, ascii)) == width);
        CHECK(columns(shortened("abcdefgh", width, utf8)) == width);
    }
    const std::string red = coloured("abcdef", Ink::bad, {.colour = Style::Colour::ansi});
    CHECK(shortened(red, 6, ascii) == red);
    CHECK(shortened(red + "g", 5, ascii) == "\033[31mab...\033[0m");
    CHECK(shortened("xyz" + red, 2, ascii) == "xy\033[31m\033[0m");
}

TEST_CASE("colours only where the style has them") {
    CHECK(coloured("up", Ink::good, ascii) == "up");
    const Style ansi{.colour = Style::Colour::ansi};
    CHECK(coloured("up", Ink::good, ansi) == "\033[32mup\033[0m");
    CHECK(coloured("up", Ink::plain, ansi) == "up");
}
