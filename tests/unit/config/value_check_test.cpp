#include "svcmgr/config/value_check.h"

#include <doctest/doctest.h>

using namespace svcmgr;

namespace {

using Type = Keyword::Type;

constexpr std::string_view words[] = {"DEV", "PRD", "PPRD"};

Keyword of(Type type, std::span<const std::string_view> candidates = {}) {
    return {.name = "it", .type = type, .candidates = candidates};
}
std::string problem(const Keyword& keyword, std::string text) {
    const auto found = check_value(keyword, text);
    return found ? found->message : "";
}
bool allowed(Type type, std::string text) {
    return problem(of(type), std::move(text)).empty();
}
/// The value as it is used.
std::string checked(const Keyword& keyword, std::string text) {
    CHECK_FALSE(check_value(keyword, text));
    return text;
}

}  // namespace

TEST_CASE("Each type allows its own values") {
    const std::pair<Type, std::pair<const char*, const char*>> examples[] = {
        {Type::boolean, {"yes", "maybe"}},    {Type::integer, {"3", "three"}},       {Type::size, {"10g", "10 apples"}},
        {Type::duration, {"1h30m", "soon"}},  {Type::minutes, {"1440", "daily"}},    {Type::node_list, {"n1 n2", "n1 -oX=y"}},
        {Type::command, {"a 'b c'", "a 'b"}}, {Type::name, {"vm188.local", "../x"}}, {Type::word, {"/dev/a", "-rf"}},
    };
    for (const auto& [type, texts] : examples) {
        const auto& the_texts = texts;
        CAPTURE(the_texts.first);
        CHECK(allowed(type, texts.first));
        const std::string wrong = problem(of(type), texts.second);
        CHECK(wrong.find(describe(type)) != std::string::npos);
        CHECK(wrong.find("'it'") != std::string::npos);
    }
    CHECK(allowed(Type::text, "any thing; at all"));
    CHECK(allowed(Type::list, "any thing"));
}

TEST_CASE("A name can't leave a directory or become an option") {
    for (const char* text : {"vm188", "VM-188_a.b", "1"}) CHECK(allowed(Type::name, text));
    for (const char* text : {"-x", ".x", "a/b", "a b", "a\nb", "\xc3\xa9", "a;b"}) CHECK_FALSE(allowed(Type::name, text));
    CHECK_FALSE(allowed(Type::name, std::string(254, 'a')));
    for (const char* text : {"a b", "-a", "a\tb"}) CHECK_FALSE(allowed(Type::word, text));
}

TEST_CASE("An empty value is allowed where a value may be left out, and nowhere else") {
    for (const Type type : {Type::text, Type::list, Type::node_list, Type::command, Type::name, Type::word}) CHECK(allowed(type, ""));
    for (const Type type : {Type::boolean, Type::integer, Type::size, Type::duration, Type::minutes})
        CHECK(problem(of(type), "").starts_with("'it' has no value"));
    CHECK_FALSE(problem(of(Type::text, words), "").empty());
}

TEST_CASE("Candidates are matched in any case and take the table's spelling") {
    CHECK(checked(of(Type::text, words), "prd") == "PRD");
    CHECK(checked(of(Type::list, words), "dev  Prd") == "DEV PRD");
    std::string text = "PROD";
    const auto wrong = check_value(of(Type::text, words), text);
    REQUIRE(wrong);
    CHECK(wrong->message == "'it' can't be 'PROD'; it is one of: DEV, PRD, PPRD");
    CHECK(wrong->suggestion == "PRD");
    CHECK(text == "PROD");
    CHECK(problem(of(Type::list, words), "dev nodes").starts_with("'it' can't be 'nodes'"));
}

TEST_CASE("Node names come in lower case") {
    CHECK(checked(of(Type::node_list), "Node109 NODE110") == "node109 node110");
}

TEST_CASE("A long wrong value is quoted in part") {
    CHECK(problem(of(Type::integer), std::string(100000, 'x')).size() < 200);
}
