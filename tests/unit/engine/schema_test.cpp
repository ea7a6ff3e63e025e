#include "svcmgr/service/schema.h"

#include <doctest/doctest.h>

#include <set>

#include <nlohmann/json.hpp>

#include "drivers/hypervisor/keywords/technologies.h"
#include "resources/keywords.h"
#include "svcmgr/service/keywords.h"

using namespace svcmgr;

namespace {

const SectionPage& page_of(const Schema& schema, std::string_view name) {
    const auto found = std::find_if(schema.pages.begin(), schema.pages.end(), [&](const SectionPage& page) { return page.name == name; });
    REQUIRE(found != schema.pages.end());
    return *found;
}

bool shows(const SectionPage& page, std::string_view keyword) {
    return std::any_of(page.groups.begin(), page.groups.end(), [&](const KeywordGroup& group) { return group.keywords.find(keyword); });
}

}  // namespace

TEST_CASE("What a file may say is in the manual, and nothing else is") {
    const Schema schema = env_schema();
    const SectionPage& resource = page_of(schema, "resource");
    std::vector<std::pair<std::string, std::string>> sections = {{"DEFAULT", ""}, {"vmdg", ""}};
    for (const SectionKind& kind : section_kinds()) {
        sections.emplace_back(kind.name, "");
        for (const SectionDriver& driver : kind.drivers) sections.emplace_back(kind.name, driver.name);
    }
    for (const Technology& technology : technologies()) sections.emplace_back("container", technology.name);

    for (const auto& [section, type] : sections) {
        const auto& the_section = section;
        CAPTURE(the_section);
        const auto& the_type = type;
        CAPTURE(the_type);
        const SectionShape shape = *section_shape(section, type, [](std::string_view) { return std::nullopt; }).shape;
        const SectionPage& page = page_of(schema, section);
        CHECK(shape.free == (page.kind == SectionPage::Kind::free));
        for (const Keyword* keyword : shape.keywords.all()) {
            CAPTURE(keyword->name);
            CHECK((shows(page, keyword->name) || (page.kind == SectionPage::Kind::resource && shows(resource, keyword->name))));
        }
    }
}

TEST_CASE("Every kind of section has a page with a text") {
    for (const Schema& schema : {env_schema(), node_schema()}) {
        std::set<std::string> names;
        for (const SectionPage& page : schema.pages) {
            CAPTURE(page.name);
            CHECK(page.text.ends_with("."));
            CHECK_FALSE(page.heading.empty());
            CHECK(names.insert(page.name).second);
        }
        CHECK_FALSE(schema.title.empty());
    }
    CHECK(page_of(node_schema(), "kvm").heading == "[kvm]");
}

TEST_CASE("The JSON schema is JSON, and has a definition for everything that it refers to") {
    for (const Schema& schema : {env_schema(), node_schema()}) {
        const auto json = nlohmann::json::parse(keywords_json_schema(schema));
        for (const auto& [pattern, section] : json["patternProperties"].items()) {
            const auto& the_pattern = pattern;
            CAPTURE(the_pattern);
            const std::string target = section["$ref"];
            CHECK(json["$defs"].contains(target.substr(target.rfind('/') + 1)));
        }
        for (const auto& [name, definition] : json["$defs"].items()) {
            const auto& the_name = name;
            CAPTURE(the_name);
            CHECK(definition["type"] == "object");
            CHECK(definition["description"].get<std::string>().size() > 5);
        }
    }
    const auto json = nlohmann::json::parse(keywords_json_schema(env_schema()));
    CHECK(json["$defs"]["container"]["unevaluatedProperties"] == false);
    CHECK(json["patternProperties"].contains("^container(#.+)?$"));
}

TEST_CASE("Every word to complete can be printed") {
    for (const Schema& schema : {env_schema(), node_schema()})
        for (const std::string& word : keywords_words(schema)) {
            CAPTURE(word);
            CHECK_FALSE(keywords_text(schema, word).empty());
        }
}
