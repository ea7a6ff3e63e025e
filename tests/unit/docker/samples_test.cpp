// Published outputs of real Engines: each is read rightly, or refused with its reason.

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include <nlohmann/json.hpp>

#include "drivers/hypervisor/docker/answers.h"
#include "drivers/hypervisor/docker/creation.h"

namespace svcmgr::docker {

namespace {

std::string content_of(const std::filesystem::path& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

}  // namespace

TEST_CASE("published inspections are read, or refused with a reason") {
    const std::filesystem::path folder = std::filesystem::path(SVCMGR_SOURCE_DIR) / "../shared/fixtures/docker";
    if (!std::filesystem::exists(folder)) {
        std::cout << "skipped: there are no samples in " << folder << std::endl;
        return;
    }
    // The client's form is a list of what the Engine answers.
    const auto list = nlohmann::json::parse(content_of(folder / "glpi-docker_inspect.json"));
    REQUIRE(list.is_array());
    const auto first = read_container(list.at(0).dump());
    REQUIRE_MESSAGE(first, first.error());
    CHECK(first->id == "7938ef110db9744de8952b584fe6b17ee6e4175f0d1aa52e1fb0c6f3a0eaad59");
    CHECK(first->state == "exited");
    CHECK(first->exit_code == 137);

    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() != ".json") continue;
        CAPTURE(entry.path().string());
        const std::string text = content_of(entry.path());
        if (const auto read = read_container(text); !read) CHECK(read.error().starts_with("docker's answer can't be read ("));
        if (const auto read = read_containers(text); !read) CHECK(read.error().starts_with("docker's answer can't be read ("));
        ++files;
    }
    CHECK(files > 0);
}

TEST_CASE("an answer is read strictly") {
    const std::string id = "\"Id\":\"aaaaaaaaaaaa\"";
    CHECK(read_container("{" + id + R"(,"State":{"Status":"running","Pid":7}})")->pid == 7);
    for (const std::string& wrong :
         {std::string("{}"), "{" + id + "}", "{" + id + R"(,"State":{"Status":"dancing"}})",
          "{" + id + R"(,"State":{"Status":"running","ExitCode":"0"}})",
          "{" + id + R"(,"State":{"Status":"running","ExitCode":99999999999}})",
          "{" + id + R"(,"State":{"Status":"running","ExitCode":-1}})", "{" + id + R"(,"State":{"Status":"running","ExitCode":1.5}})",
          "{" + id + R"(,"State":{"Status":"running"},"HostConfig":{"NanoCpus":-5}})",
          std::string(R"({"Id":"../etc","State":{"Status":"running"}})")}) {
        CAPTURE(wrong);
        CHECK_FALSE(read_container(wrong));
    }
    CHECK(read_id(R"({"Id":"sha256:aaaaaaaaaaaa"})") == "sha256:aaaaaaaaaaaa");
    CHECK_FALSE(read_id(R"({"Id":"a/../b"})"));
    CHECK_FALSE(read_exec(R"({"Running":"yes"})"));
    CHECK_FALSE(read_info("{}"));
    CHECK(read_message("") == "it gave no reason");
    CHECK(read_message(R"({"message":"a\nb"})") == "a b");
}

TEST_CASE("files of variables are read as docker reads them") {
    CHECK(*read_variables("A=1\n# no\n\n  B=two words # kept\r\nC=\n") == std::vector<std::string>{"A=1", "B=two words # kept", "C="});
    CHECK(read_variables("A=1\nhunter2\n").error() == "line 2 is not NAME=value");
    CHECK_FALSE(read_variables("A B=1\n"));
    CHECK_FALSE(read_variables("=1\n"));
}

}  // namespace svcmgr::docker
