#include "svcmgr/config/reference.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "drivers/options.h"

using namespace svcmgr;

namespace {

/// Answers every reference with its parts, but "missing".
tl::expected<std::string, LookUpProblem> echo(const Reference& reference) {
    if (reference.keyword == "missing") return tl::unexpected(LookUpProblem{"it is missing", "present"});
    if (reference.keyword == "seven") return "7";
    return fmt::format("<{}|{}{}{}>", reference.section, reference.count ? "#" : "", reference.keyword,
                       reference.index ? fmt::format("[{}]", *reference.index) : "");
}

std::string expanded(std::string_view text, Leave leave = {}) {
    const Expansion expansion = expand(text, leave, echo);
    CHECK(expansion.problems.empty());
    return expansion.text;
}

std::vector<std::string> problems(std::string_view text, Leave leave = {}) {
    std::vector<std::string> messages;
    for (const ExpansionProblem& problem : expand(text, leave, echo).problems)
        messages.push_back(fmt::format("{}+{} {}", problem.offset, problem.length, problem.message));
    return messages;
}

constexpr Leave trigger{.unresolved_references = true, .other_parentheses = true};

}  // namespace

TEST_CASE("References name a keyword, a section's keyword, a word of a list, or the number of words") {
    CHECK(expanded("{nodename}") == "<|nodename>");
    CHECK(expanded("a{env.vg}b{x}") == "a<env|vg>b<|x>");
    CHECK(expanded("{ip#0.ipname}") == "<ip#0|ipname>");
    CHECK(expanded("{fs#data.log-1.mnt}") == "<fs#data.log-1|mnt>");
    CHECK(expanded("{nodes[0]}") == "<|nodes[0]>");
    CHECK(expanded("{#nodes}") == "<|#nodes>");
    CHECK(expanded("{ip#1.#ips}") == "<ip#1|#ips>");
}

TEST_CASE("Braces that are not shaped like a reference are text") {
    for (const char* text : {"{}", "{ x }", "{1}", "a{2,3}", "{'print $1'}", "{\"a\": 1}", "{{ .State.Pid }}", "{", "}", "{x", "{x[}",
                             "{x[a]}", "{.x}", "{x.}", "{x@y}", "{x}}"}) {
        CAPTURE(text);
        const std::string_view as_is = std::string_view(text) == "{x}}" ? "<|x>}" : text;
        CHECK(expanded(text) == as_is);
    }
}

TEST_CASE("Arithmetic is calculated behind the references") {
    CHECK(expanded("$(2*3)") == "6");
    CHECK(expanded("x$({seven} * (2 + 1))m") == "x21m");
    CHECK(expanded("$5 $ (1) $") == "$5 $ (1) $");
}

TEST_CASE("What can't be resolved is a problem at its place") {
    CHECK(problems("a {missing}") == std::vector<std::string>{"2+9 it is missing"});
    CHECK(problems("{missing} {x} {missing}").size() == 2);
    CHECK(problems("n $(1/0)") == std::vector<std::string>{"2+6 '$(1/0)' can't be calculated: it divides by zero"});
    CHECK(problems("$({missing}+1)") == std::vector<std::string>{"2+9 it is missing"});
    CHECK(problems("$(1") == std::vector<std::string>{"0+2 '$(' begins arithmetic, and has no ')'"});
    CHECK(problems("$(1 + $(2))").size() == 1);
}

TEST_CASE("In a trigger what can't be resolved is the shell's business") {
    CHECK(expanded("echo {missing} ${missing} {x} $(date +%F) $(1+1) $(", trigger) == "echo {missing} ${missing} <|x> $(date +%F) 2 $(");
}

TEST_CASE("In a command that is no trigger a reference has to be resolved") {
    constexpr Leave command{.unresolved_references = false, .other_parentheses = true};
    CHECK(expanded("sh -c $(date)", command) == "sh -c $(date)");
    CHECK(problems("sh -c {missing}", command).size() == 1);
}

TEST_CASE("A value that grows and grows is a problem") {
    const LookUp large = [](const Reference&) { return std::string(60000, 'x'); };
    CHECK(expand("{a}", {}, large).problems.empty());
    const Expansion expansion = expand("{a}{a}", {}, large);
    REQUIRE(expansion.problems.size() == 1);
    CHECK(expansion.problems[0].message == "the value has more than 65536 bytes with its references resolved");
    CHECK(expansion.text.empty());
}

TEST_CASE("Many open braces and parentheses take no longer than their number") {
    const std::string braces(1 << 15, '{');
    CHECK(expanded(braces) == braces);
    std::string open;
    for (int i = 0; i < 20000; ++i) open += "$(";
    CHECK(problems(open).size() == 1);
    CHECK(expanded(open, trigger) == open);
}
