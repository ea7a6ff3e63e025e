#include "svcmgr/report/json.h"

#include <doctest/doctest.h>

#include <limits>
#include <random>
#include <string>

#include <nlohmann/json.hpp>

#include "svcmgr/report/text.h"

using namespace svcmgr;

namespace {

std::string written(const std::string& text) {
    JsonWriter json;
    json.begin_array().text(text).end_array();
    return json.document();
}

}  // namespace

TEST_CASE("documents are indented, in the order in which they were written") {
    JsonWriter json;
    json.begin_object();
    json.key("z").integer(-1);
    json.key("a").begin_array().boolean(true).null().end_array();
    json.key("empty").begin_object().end_object();
    json.key("none").begin_array().end_array();
    json.key("t").text("x");
    json.end_object();
    CHECK(json.document() ==
          "{\n"
          "  \"z\": -1,\n"
          "  \"a\": [\n"
          "    true,\n"
          "    null\n"
          "  ],\n"
          "  \"empty\": {},\n"
          "  \"none\": [],\n"
          "  \"t\": \"x\"\n"
          "}");
}

TEST_CASE("numbers and durations") {
    const auto duration = [](Duration value) {
        JsonWriter json;
        return json.duration(value).document();
    };
    using namespace std::chrono_literals;
    CHECK(duration(0s) == "0");
    CHECK(duration(14s) == "14");
    CHECK(duration(400ms) == "0.4");
    CHECK(duration(1234ms) == "1.234");
    CHECK(duration(1999999us) == "2");
    CHECK(duration(10s) == "10");
    CHECK(duration(-1500ms) == "-1.5");
    CHECK(JsonWriter().unsigned_integer(std::numeric_limits<std::uint64_t>::max()).document() == "18446744073709551615");
    CHECK(JsonWriter().integer(std::numeric_limits<std::int64_t>::min()).document() == "-9223372036854775808");
}

// If this fails, a log line of a guest makes the whole status unreadable for programs.
TEST_CASE("whatever bytes a text has, the document is JSON and keeps what is UTF-8") {
    std::mt19937 random(188);
    const std::string pieces[] = {"a",        "\"",       "\\",           "\n",
                                  "\t",       "\r",       "\x01",         "\x1f",
                                  "\x7f",     "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
                                  "\xc3",     "\xff",     "\xed\xa0\x80", std::string(1, '\0'),
                                  "</script>"};
    for (int round = 0; round < 2000; ++round) {
        std::string text, expected;
        for (unsigned length = random() % 12; length > 0; --length) {
            const std::string& piece = pieces[random() % std::size(pieces)];
            text += piece;
        }
        for (std::size_t place = 0; place < text.size();) {
            const std::size_t character = character_length(std::string_view(text).substr(place));
            expected += character == 0 ? "\xef\xbf\xbd" : text.substr(place, character);
            place += character == 0 ? 1 : character;
        }
        const std::string document = written(text);
        CAPTURE(document);
        CHECK(nlohmann::json::parse(document)[0].get<std::string>() == expected);
        CHECK(document.substr(2).find_first_of("\t\r\x01\x1f") == std::string::npos);
    }
}
