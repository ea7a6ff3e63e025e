#include "svcmgr/config/schema.h"

#include <doctest/doctest.h>

#include "drivers/error.h"

using namespace svcmgr;

namespace {

constexpr std::string_view words[] = {"one", "two"};

constexpr Keyword common[] = {
    {.name = "type", .text = "What it is.", .example = "fast", .since = "1.5"},
    {.name = "ip_name",
     .type = Keyword::Type::word,
     .text = "The `address`, *whatever* it is.",
     .need = Keyword::Need::required,
     .since = "1.4"},
    {.name = "count",
     .text = "How many.",
     .default_value = "one",
     .candidates = words,
     .scope = Keyword::Scope::everywhere,
     .example = "two",
     .since = "svcmgr"},
    {.name = "number", .text = "How many.", .since = "1.4", .replaced_by = "count"},
};
constexpr Keyword fast[] = {
    {.name = "speed", .type = Keyword::Type::integer, .text = "How fast.", .default_value = "3", .since = "2.0"},
    {.name = "type", .text = "What it is.", .example = "fast", .since = "1.5"},
};
constexpr Keyword every[] = {{.name = "tags", .type = Keyword::Type::list, .text = "Words.", .example = "a \"b\\\"", .since = "1.4"}};

Schema example() {
    return {"example",
            "An example.",
            {{"ip",
              "[ip#N]",
              "An address.",
              {{"", "", Keywords(common)}, {"fast", "The fast ones.", Keywords(fast)}},
              SectionPage::Kind::resource,
              "^ip(#.+)?$",
              ""},
             {"env", "[env]", "Your own.", {}, SectionPage::Kind::free, "^env$", ""},
             {"resource", "Every resource", "What all may say.", {{"", "", Keywords(every)}}, SectionPage::Kind::plain, "", ""}}};
}

std::string refusal(std::string_view what) {
    try {
        keywords_text(example(), what);
    } catch (const Error& error) {
        CHECK(error.code() == Error::Code::invalid);
        return error.message() + " / " + error.hint();
    }
    return "it was accepted";
}

}  // namespace

TEST_CASE("Without a word every kind of section is listed") {
    CHECK(keywords_text(example(), "") ==
          "ip        An address.\n"
          "env       Your own.\n"
          "resource  What all may say.\n");
}

TEST_CASE("A keyword is shown with everything that its table says") {
    CHECK(keywords_text(example(), "ip.count") ==
          "  count\n      How many.\n      value: one of one, two\n      default: one\n      scope: none: it holds for all nodes\n      "
          "example: count = two\n"
          "      since: svcmgr\n");
    CHECK(keywords_text(example(), "ip#7.IP_NAME") ==
          "  ip_name\n      The `address`, *whatever* it is.\n      value: one word that does not begin with '-'\n      needed: always\n   "
          "   since: OpenSVC 1.4\n");
    CHECK(keywords_text(example(), "ip.number").find("deprecated: write count") != std::string::npos);
    CHECK(keywords_text(example(), "ip.type").find("types with keywords of their own: fast") != std::string::npos);
}

TEST_CASE("A keyword of one type says for which, and one of every resource is found in any") {
    CHECK(keywords_text(example(), "ip.speed").starts_with("With type = fast:\n  speed\n"));
    CHECK(keywords_text(example(), "ip.tags").starts_with("  tags\n"));
}

TEST_CASE("A section is shown with its types; a keyword of the kind is not repeated for one of them") {
    const std::string text = keywords_text(example(), "ip");
    CHECK(text.starts_with("[ip#N] An address.\n\n  type\n"));
    CHECK(text.find("\nWith type = fast. The fast ones.\n\n  speed\n") != std::string::npos);
    CHECK(text.find("  type\n") == text.rfind("  type\n"));
    CHECK(text.ends_with("And what every resource may say: `print keywords resource`.\n"));
    CHECK(keywords_text(example(), "ip.fast") == text);
}

TEST_CASE("No line is wider than a terminal") {
    static constexpr Keyword wordy[] = {
        {.name = "wordy",
         .text = "A text that goes on and on, word after word, until it is far longer than any line of a terminal could ever be shown on.",
         .since = "1.4"}};
    const Schema schema{"example", "", {{"a", "[a]", "A.", {{"", "", Keywords(wordy)}}, SectionPage::Kind::plain, "^a$", ""}}};
    const std::string text = keywords_text(schema, "a");
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t end = text.find('\n', start);
        CHECK(end - start <= 78);
        start = end + 1;
    }
}

TEST_CASE("What there is not is refused with the nearest word") {
    CHECK(refusal("ipp") == "there are no sections 'ipp' / did you mean 'ip'?");
    CHECK(refusal("ip.speeed") == "sections [ip#N] have no keyword 'speeed' / did you mean 'ip.speed'?");
    CHECK(refusal("ip.tag") == "sections [ip#N] have no keyword 'tag' / did you mean 'ip.tags'?");
    CHECK(refusal("env.anything") == "sections [env] have no keyword 'anything' / `print keywords` shows what there is");
}

TEST_CASE("The words to complete are sections, types and keywords, sorted") {
    CHECK(keywords_words(example()) == std::vector<std::string>{"env", "ip", "ip.count", "ip.fast", "ip.ip_name", "ip.number", "ip.speed",
                                                                "ip.type", "resource", "resource.tags"});
}

TEST_CASE("In the manual page nothing of a text is taken for formatting, and code is bold") {
    const std::string page = keywords_scdoc(example());
    CHECK(page.starts_with(
        "# [ip#N]\n\nAn address.\n\nIt may say what every resource may, too.\n\n*type*\n\tWhat it is.\n\n\tvalue: text. "));
    CHECK(page.find("*ip\\_name*\n\tThe *address*, \\*whatever\\* it is.\n") != std::string::npos);
    CHECK(page.find("## type = fast\n\nThe fast ones.\n\n*speed*\n") != std::string::npos);
    CHECK(page.find("example: tags = a \"b\\\\\"") != std::string::npos);
}

TEST_CASE("The JSON schema quotes what JSON has to have quoted") {
    const std::string json = keywords_json_schema(example());
    CHECK(json.find(R"("examples": ["a \"b\\\""])") != std::string::npos);
    CHECK(json.find(R"("^ip(#.+)?$": {"$ref": "#/$defs/ip"})") != std::string::npos);
    CHECK(json.find(R"("deprecated": true)") != std::string::npos);
}
