#include "svcmgr/config/value_check.h"

#include <doctest/doctest.h>

using namespace svcmgr;

namespace {

using Type = Keyword::Type;

constexpr std::string_view words[] = {"DEV", "PRD", "PPRD"};

Keyword of(Type type, std::span<const std::string_view> candidates = {}) {
    return {.name = "it", .type = type, .candidates = candidates};
}
bool allowed(Type type, std::string_view text) {
    return check_value(of(type), text).problem.empty();
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
        const CheckedValue checked = check_value(of(type), texts.second);
        CHECK(checked.problem.find(describe(type)) != std::string::npos);
        CHECK(checked.problem.find("'it'") != std::string::npos);
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
        CHECK(check_value(of(type), "").problem.starts_with("'it' has no value"));
    CHECK_FALSE(check_value(of(Type::text, words), "").problem.empty());
}

TEST_CASE("Candidates are matched in any case and take the table's spelling") {
    CHECK(check_value(of(Type::text, words), "prd").text == "PRD");
    CHECK(check_value(of(Type::list, words), "dev  Prd").text == "DEV PRD");
    const CheckedValue wrong = check_value(of(Type::text, words), "PROD");
    CHECK(wrong.problem == "'it' can't be 'PROD'; it is one of: DEV, PRD, PPRD");
    CHECK(wrong.suggestion == "PRD");
    CHECK(check_value(of(Type::list, words), "dev nodes").problem.starts_with("'it' can't be 'nodes'"));
}

TEST_CASE("Node names come in lower case") {
    CHECK(check_value(of(Type::node_list), "Node109 NODE110").text == "node109 node110");
}

TEST_CASE("A long wrong value is quoted in part") {
    const CheckedValue checked = check_value(of(Type::integer), std::string(100000, 'x'));
    CHECK(checked.problem.size() < 200);
}
