#include "tests/conformance/table.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace svcmgr::conformance {

namespace {

ResultTable sample() {
    ResultTable table;
    table.cases = {"start", "double start", "autostart"};
    table.technologies = {"kvm", "zone"};
    table.by_technology["kvm"] = {{"start", {"pass", ""}}, {"double start", {"pass", ""}}, {"autostart", {"skip", "needs root"}}};
    table.by_technology["zone"] = {
        {"start", {"replayed", ""}}, {"double start", {"n/a", "no: such thing"}}, {"autostart", {"n/a", "no: such thing"}}};
    return table;
}

struct Document {
    std::string path = std::filesystem::temp_directory_path() / ("conformance-table-" + std::to_string(getpid()));
    explicit Document(const std::string& text) { std::ofstream(path) << text; }
    ~Document() { std::filesystem::remove(path); }
    ResultTable read() const {
        std::ifstream file(path);
        return from_markdown({std::istreambuf_iterator<char>(file), {}});
    }
};

}  // namespace

TEST_CASE("the document says what the table says") {
    const auto text = to_markdown(sample());
    CHECK(text.find("| double start | pass | n/a |\n") != std::string::npos);
    CHECK(text.find("- zone: double start, autostart: no: such thing\n") != std::string::npos);
    const auto again = from_markdown(text);
    CHECK(to_markdown(again) == text);
    CHECK(again.by_technology.at("zone").at("autostart").reason == "no: such thing");
}

TEST_CASE("a run is compared with the document, but for what could not be tried on this machine") {
    auto known = sample();
    known.by_technology["kvm"]["autostart"] = {"pass", ""};
    const Document document(to_markdown(known));
    CHECK(same_as_document(sample(), document.path, AfterComparing::leave));

    auto failed = sample();
    failed.by_technology["zone"]["start"].word = "fail";
    CHECK_FALSE(same_as_document(failed, document.path, AfterComparing::leave));
    CHECK(same_as_document(failed, document.path, AfterComparing::replace));
    CHECK(document.read().by_technology.at("zone").at("start").word == "fail");
    CHECK(document.read().by_technology.at("kvm").at("autostart").word == "pass");
    CHECK(same_as_document(failed, document.path, AfterComparing::leave));
}

TEST_CASE("the terminal's table names each reason once") {
    const auto text = to_text(sample());
    CHECK(text.find("n/a: zone: double start, autostart: no: such thing\n") != std::string::npos);
    CHECK(text.find("skipped: kvm: autostart: needs root\n") != std::string::npos);
}

}  // namespace svcmgr::conformance
