#pragma once

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace svcmgr::test {

/// What real tools printed, as recordings/*.txt have it: "$ COMMAND", "--- stdout", its lines, "--- stderr", its lines, "--- rc N".
struct Recording {
    std::string out;
    std::string err;
};

inline std::string text_of(const std::filesystem::path& path) {
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    REQUIRE_MESSAGE(!text.str().empty(), path.string());
    return text.str();
}

inline Recording recording(const std::string& name) {
    Recording result;
    std::string* part = nullptr;
    std::stringstream text(text_of(std::filesystem::path(SVCMGR_SOURCE_DIR) / "tests/unit/xen/recordings" / (name + ".txt")));
    for (std::string line; std::getline(text, line);) {
        if (line.starts_with("$ ") || line.starts_with("--- rc"))
            part = nullptr;
        else if (line == "--- stdout")
            part = &result.out;
        else if (line == "--- stderr")
            part = &result.err;
        else if (part != nullptr)
            *part += line + "\n";
    }
    return result;
}

/// The tables of `xl list` and `xl list -v` in an output of several commands.
inline std::vector<std::string> tables_in(const std::string& out) {
    std::vector<std::string> tables;
    std::stringstream text(out);
    bool inside = false;
    for (std::string line; std::getline(text, line);) {
        if (line.starts_with("rc=")) inside = false;
        if (line.starts_with("Name ")) {
            inside = true;
            tables.emplace_back();
        }
        if (inside) tables.back() += line + "\n";
    }
    return tables;
}

}  // namespace svcmgr::test
