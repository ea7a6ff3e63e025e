#include <doctest/doctest.h>

#include "drivers/error.h"
#include "svcmgr/config/document.h"

using namespace svcmgr;

namespace {

Document read(std::string text) {
    return Document::parse(std::move(text), "vm188.env");
}

std::string after_set(std::string text, std::string_view section, std::string_view keyword, std::string_view value) {
    Document document = read(std::move(text));
    document.set(section, keyword, value);
    return document.text();
}

std::string after_unset(std::string text, std::string_view section, std::string_view keyword) {
    Document document = read(std::move(text));
    CHECK(document.unset(section, keyword));
    return document.text();
}

std::string after_remove(std::string text, std::string_view section) {
    Document document = read(std::move(text));
    CHECK(document.remove_section(section));
    return document.text();
}

}  // namespace

TEST_CASE("set replaces the value and nothing else, whatever the style of the line") {
    CHECK(after_set("# top\n[a]\n  X  :  1 ; why\n\n[b]\n", "a", "x", "2") == "# top\n[a]\n  X  :  2 ; why\n\n[b]\n");
    CHECK(after_set("[a]\nx=1\n", "a", "x", "2") == "[a]\nx=2\n");
    CHECK(after_set("[a]\nx =\n", "a", "x", "2") == "[a]\nx = 2\n");
    CHECK(after_set("[a]\nx = 1\n", "a", "x", "") == "[a]\nx =\n");
    CHECK(after_set("[a]\nx = 1 ; c\n", "a", "x", "") == "[a]\nx = ; c\n");
    CHECK(after_set("[a]\nx = ; c\n", "a", "x", "1") == "[a]\nx = 1 ; c\n");
    CHECK(after_set("[a]\nx = \"\"\n", "a", "x", "1") == "[a]\nx = 1\n");
}

TEST_CASE("set keeps line ends, a byte order mark and a missing last line end") {
    CHECK(after_set("\xEF\xBB\xBF[a]\r\nx = 1\r\ny = 2\r\n", "a", "x", "3") == "\xEF\xBB\xBF[a]\r\nx = 3\r\ny = 2\r\n");
    CHECK(after_set("[a]\nx = 1", "a", "x", "2") == "[a]\nx = 2");
    CHECK(after_set("[a]\r\nx = 1", "a", "x", "2") == "[a]\r\nx = 2");
    CHECK(after_set("[a]\nx = 1", "a", "y", "2") == "[a]\nx = 1\ny = 2\n");
}

TEST_CASE("set replaces the continuation lines, too, and leaves comments between them") {
    CHECK(after_set("[a]\nx = 1\n  # c\n  2\ny = 3\n", "a", "x", "4") == "[a]\nx = 4\n  # c\ny = 3\n");
    CHECK(after_set("[a]\nx =\n  1\n  2\n", "a", "x", "4") == "[a]\nx = 4\n");
}

TEST_CASE("set writes a value of several lines as continuation lines") {
    CHECK(after_set("\t[a]\n\tx = 1\n", "a", "x", "2\n3") == "\t[a]\n\tx = 2\n\t    3\n");
    CHECK(after_set("[a]\n", "a", "x", "2\n3") == "[a]\nx = 2\n    3\n");
}

TEST_CASE("set changes the entry that counts") {
    CHECK(after_set("[a]\nx = 1\nx = 2\nx@nodes = 3\n", "a", "x", "4") == "[a]\nx = 1\nx = 4\nx@nodes = 3\n");
    CHECK(after_set("[a]\nx = 1\nx@nodes = 3\n", "a", "X@Nodes", "4") == "[a]\nx = 1\nx@nodes = 4\n");
}

TEST_CASE("A new keyword comes behind the last one of its section, indented like it") {
    CHECK(after_set("[a]\nx = 1\n\n# about b\n[b]\n", "a", "y", "2") == "[a]\nx = 1\ny = 2\n\n# about b\n[b]\n");
    CHECK(after_set("\t[a]\n\tx = 1\n\t  more\n[b]\n", "a", "y", "2") == "\t[a]\n\tx = 1\n\t  more\n\ty = 2\n[b]\n");
    CHECK(after_set("[vmdg]\n[b]\n", "vmdg", "scsireserv", "true") == "[vmdg]\nscsireserv = true\n[b]\n");
    CHECK(after_set("[default]\nx = 1\n", "DEFAULT", "y", "2") == "[default]\nx = 1\ny = 2\n");
}

TEST_CASE("A new section comes at the end of the file") {
    CHECK(after_set("[a]\nx = 1\n", "b", "y", "2") == "[a]\nx = 1\n\n[b]\ny = 2\n");
    CHECK(after_set("[a]\nx = 1", "b", "y", "2") == "[a]\nx = 1\n\n[b]\ny = 2\n");
    CHECK(after_set("[a]\nx = 1\n\n", "b", "y", "2") == "[a]\nx = 1\n\n[b]\ny = 2\n");
    CHECK(after_set("", "DEFAULT", "y", "2") == "[DEFAULT]\ny = 2\n");
}

TEST_CASE("A value that would be read as something else is refused, and nothing changes") {
    const std::string text = "[a]\nx = 1\n[b]\ny = 2\n";
    for (const std::string& value :
         std::vector<std::string>{"1\n[evil]", "1\nz = 2", "1\n# c", "1\n\n2", "a ; b", "; b", "\x1b[0m", "1\r2", {'1', '\0'}}) {
        CAPTURE(value);
        Document document = read(text);
        CHECK_THROWS_AS(document.set("a", "x", value), Error);
        CHECK(document.text() == text);
        CHECK(document.find("a", "x")->value == "1");
    }
}

TEST_CASE("A name that would be read as something else is refused") {
    for (const auto& [section, keyword] : std::vector<std::pair<std::string, std::string>>{{"a]\n[b", "x"},
                                                                                           {"a", "x = 1\ny"},
                                                                                           {"a", "x y"},
                                                                                           {"a", ""},
                                                                                           {"", "x"},
                                                                                           {"a", "x@"},
                                                                                           {"a b", "x"},
                                                                                           {"a", "[x"},
                                                                                           {"a", "# x"}}) {
        const auto& the_section = section;
        CAPTURE(the_section);
        const auto& the_keyword = keyword;
        CAPTURE(the_keyword);
        Document document = read("[a]\n");
        CHECK_THROWS_AS(document.set(section, keyword, "1"), Error);
        CHECK(document.text() == "[a]\n");
    }
}

TEST_CASE("The refusal says what was asked for and what to do") {
    Document document = read("[a]\n");
    try {
        document.set("a", "x", "1 ; 2");
        FAIL("it was accepted");
    } catch (const Error& error) {
        CHECK(error.code() == Error::Code::invalid);
        CHECK(error.where() == "vm188.env");
        CHECK(error.message() == "'x' in [a] can't be set to that value: it would be read as something else");
        CHECK_FALSE(error.hint().empty());
    }
}

TEST_CASE("unset removes the keyword every time that it is said, and nothing else") {
    CHECK(after_unset("[a]\nx = 1\n# about y\ny = 2\nx = 3\n  4\n\n[b]\nx = 5\n", "a", "x") == "[a]\n# about y\ny = 2\n\n[b]\nx = 5\n");
    CHECK(after_unset("[a]\nx = 1\nx@nodes = 2\n", "a", "x") == "[a]\nx@nodes = 2\n");
    CHECK(after_unset("[a]\nx = 1\nx@nodes = 2", "a", "x@nodes") == "[a]\nx = 1\n");
    CHECK(after_unset("[a]\nx = 1\n  # c\n  2\n", "a", "x") == "[a]\n  # c\n");
    Document document = read("[a]\nx = 1\n");
    CHECK_FALSE(document.unset("a", "y"));
    CHECK_FALSE(document.unset("b", "x"));
    CHECK(document.text() == "[a]\nx = 1\n");
}

TEST_CASE("unset refuses when the lines behind would become part of another value") {
    const std::string text = "[a]\nx = 1\n    y = 2\n  junk\n";
    Document document = read(text);
    CHECK_THROWS_AS(document.unset("a", "y"), Error);
    CHECK(document.text() == text);
}

TEST_CASE("remove_section takes the section with what is in it and leaves the comments of the next one") {
    CHECK(after_remove("[a]\nx = 1\n\n# about b\n[b]\ny = 2\n", "a") == "# about b\n[b]\ny = 2\n");
    CHECK(after_remove("[a]\nx = 1\n[b]\n# c\ny = 2\n\n", "b") == "[a]\nx = 1\n");
    CHECK(after_remove("[a]\nx = 1\n[b]\ny = 2\n[a]\nz = 3\n", "a") == "[b]\ny = 2\n");
    CHECK(after_remove("[default]\nx = 1\n[b]\n", "DEFAULT") == "[b]\n");
    Document document = read("[a]\n");
    CHECK_FALSE(document.remove_section("b"));
}
