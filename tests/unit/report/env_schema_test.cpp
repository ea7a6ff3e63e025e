// The JSON schemas of env files and node.conf, against files that the program itself reads.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <nlohmann/json.hpp>

#include "svcmgr/cluster/loader.h"
#include "svcmgr/service/schema.h"
#include "tests/unit/report/schema_check.h"

using namespace svcmgr;
using Json = nlohmann::ordered_json;

namespace {

const std::string top = SVCMGR_SOURCE_DIR;

std::string content(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    REQUIRE(stream.good());
    return std::string(std::istreambuf_iterator<char>(stream), {});
}

/// A document as the schema speaks of it.
Json as_json(const Document& document) {
    Json json = Json::object();
    for (const Section& section : document.sections()) {
        json[section.name] = Json::object();
        for (const Entry& entry : section.entries) json[section.name][entry.name()] = entry.value;
    }
    return json;
}

std::string complaints(const std::string& env_file) {
    static const Json schema = Json::parse(keywords_json_schema(env_schema()));
    std::string text;
    for (const std::string& line : check_against_schema(as_json(Document::parse(env_file, "vm188.env")), schema)) text += line + "\n";
    return text;
}

}  // namespace

TEST_CASE("The schemas in share/schema are those that the program prints") {
    const bool env = content(top + "/share/schema/env-1.json") == keywords_json_schema(env_schema());
    CHECK_MESSAGE(env, "build/debug/svcmgr print keywords --format json >share/schema/env-1.json writes it anew");
    const bool node = content(top + "/share/schema/node.conf-1.json") == keywords_json_schema(node_schema());
    CHECK_MESSAGE(node, "build/debug/svcmgr print keywords node.conf --format json >share/schema/node.conf-1.json writes it anew");
}

TEST_CASE("Env files of every era are what the schema allows, and one full of mistakes is not") {
    for (const auto& entry : std::filesystem::directory_iterator(top + "/tests/unit/config/eras")) {
        if (entry.path().extension() == ".expect") continue;
        CAPTURE(entry.path().filename().string());
        const bool wrong = entry.path().stem() == "wrong";
        CHECK(complaints(content(entry.path())).empty() == !wrong);
    }
}

TEST_CASE("What the checker refuses the schema refuses, too, and what it reads in any case the schema allows") {
    const std::string head = "[DEFAULT]\nnodes = node109\n[container#1]\ntype = kvm\n";
    CHECK(complaints(head).empty());
    CHECK(complaints("[Default]\nenv = dev\norchestrate = START\n").empty());
    CHECK(complaints(head + "[ip#1]\nipname = {env.name}\nmonitor = {env.flag}\n").empty());
    CHECK(complaints(head + "[ip#1]\nipname@nodes = x\n").empty());
    CHECK(complaints("[DEFAULT]\napp@node109 = x\n[ipp#1]\n").find("ipp#1") != std::string::npos);
    CHECK(complaints(head + "nmae = x\n").find("nmae") != std::string::npos);
    CHECK(complaints(head + "[ip#1]\nipname = x\nmonitor = maybe\n").find("maybe") != std::string::npos);
    CHECK(complaints("[DEFAULT]\nenv = DVE\n").find("DVE") != std::string::npos);
    CHECK(complaints("[container#1]\ntype = lxc\nqga = true\n").find("qga") != std::string::npos);
}
