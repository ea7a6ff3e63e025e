// Env files in the styles of OpenSVC's years, as a node of today reads them.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include "drivers/files/memory_files.h"
#include "svcmgr/cluster/env_shape.h"
#include "svcmgr/cluster/loader.h"
#include "tests/unit/doubles.h"

using namespace svcmgr;

namespace {

const std::string folder = std::string(SVCMGR_SOURCE_DIR) + "/tests/unit/config/eras/";

std::string content(const std::string& file) {
    std::ifstream stream(folder + file, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(stream), {});
}

/// The env files, sorted.
std::vector<std::string> eras() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        if (entry.path().extension() != ".expect") names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
}

/// One node's reading of a file.
struct Reading {
    LoadedService loaded;
    Sections sections;
};

Reading read(const std::string& file, const std::string& nodename) {
    test::ManualClock clock;
    test::NoSignals signals;
    test::FixedHost host;
    host.name = nodename;
    MemoryFiles files(clock, signals);
    const Paths paths;
    files.put(paths.configuration + "/" + file, content(file), 0644);
    const std::string name = file.substr(0, file.rfind('.'));
    const Node node = Node::load(files, host, paths);
    LoadedService loaded = load_service(files, paths, node, name);
    CHECK(validate_service(files, paths, node, name) == loaded.findings);
    Sections sections = Sections::evaluate(loaded.document, {nodename, name}, env_shape);
    return {std::move(loaded), std::move(sections)};
}

/// What a section says, under today's names: "ip#1.ipname = vm188".
void add_values(std::vector<std::string>& lines, const Options& options) {
    std::set<std::string> names;
    for (const Keyword* keyword : options.keywords().all())
        if (options.said(keyword->name)) names.emplace(keyword->name);
    for (const std::string& name : names) lines.push_back(fmt::format("{}.{} = {}", options.section(), name, options.text(name)));
}

/// A finding's text, without what changes from one svcmgr to the next.
std::string lasting(const std::string& text) {
    static const std::regex version("svcmgr [0-9]+[.][0-9.]+"), drivers("; it has( drivers for)?: [a-z, ]+");
    return std::regex_replace(std::regex_replace(text, version, "svcmgr"), drivers, "");
}

std::vector<std::string> summary(const std::string& file, const std::string& nodename) {
    const Reading reading = read(file, nodename);
    std::vector<std::string> lines;
    for (const Finding& finding : reading.loaded.findings) lines.push_back(lasting(to_text(finding)));
    for (const auto& resource : reading.loaded.service->resources())
        lines.push_back(fmt::format("resource {} {}", resource->rid().text(), resource->type()));
    add_values(lines, reading.sections.defaults());
    for (const Options& options : reading.sections.all()) add_values(lines, options);
    return lines;
}

/// Those lines of `a` that `b` has not, behind a sign.
std::string without(const std::vector<std::string>& a, const std::vector<std::string>& b, char sign) {
    std::string text;
    for (const std::string& line : a)
        if (std::find(b.begin(), b.end(), line) == b.end()) text += fmt::format("{} {}\n", sign, line);
    return text;
}

}  // namespace

TEST_CASE("An env file of any year is read as it was meant (SVCMGR_UPDATE=1 writes what is expected anew)") {
    REQUIRE(eras().size() >= 7);
    for (const std::string& file : eras()) {
        CAPTURE(file);
        const std::string expected_file = file.substr(0, file.rfind('.')) + ".expect";
        const std::vector<std::string> first = summary(file, "node109");
        std::string text = fmt::format("On node109\n{}\n", fmt::join(first, "\n"));
        for (const char* node : {"node110", "node209"}) {
            const std::vector<std::string> other = summary(file, node);
            text += fmt::format("\nOn {}, unlike there\n{}{}", node, without(first, other, '-'), without(other, first, '+'));
        }
        if (std::getenv("SVCMGR_UPDATE") != nullptr) std::ofstream(folder + expected_file, std::ios::binary) << text;
        CHECK(text == content(expected_file));
    }
}

TEST_CASE("A finding of any kind shows where it is: file, line, column, the line itself and a caret") {
    const Reading reading = read("wrong.env", "node109");
    std::set<std::string_view> kinds;
    for (const Finding& finding : reading.loaded.findings) {
        CAPTURE(to_text(finding));
        kinds.insert(to_string(finding.kind));
        CHECK(finding.place.file == "/etc/svcmgr/wrong.env");
        CHECK(finding.place.column >= 1);
        CHECK(finding.source_line == reading.loaded.document.line(finding.place.line));
        const std::string text = to_text(finding);
        CHECK(text.starts_with(fmt::format("/etc/svcmgr/wrong.env:{}:{}: ", finding.place.line, finding.place.column)));
        CHECK(text.find("\n   " + finding.source_line + "\n   ") != std::string::npos);
        CHECK(text.find('^') == text.rfind('\n') + 3 + static_cast<std::size_t>(finding.place.column));
    }
    CHECK(kinds == std::set<std::string_view>{"syntax", "unknown_keyword", "not_scopable", "bad_value", "bad_reference", "missing_required",
                                              "deprecated", "unknown_driver", "duplicate"});
}

TEST_CASE("A word that is nearly right is answered with the right one") {
    std::set<std::string> suggestions;
    const Reading reading = read("wrong.env", "node109");
    for (const Finding& finding : reading.loaded.findings) suggestions.insert(finding.suggestion);
    for (const char* word : {"nodes", "kvm", "name", "node110", "false", "ip#3"}) {
        CAPTURE(word);
        CHECK(suggestions.contains(word));
    }
}
