#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/clock.h"

namespace svcmgr::sim {

/// A line of a scenario: something that somebody does, or that happens. README.md describes the words.
struct Line {
    int number = 0;
    std::string text;
    std::vector<std::string> words;
    std::string document;  ///< what stands between `<<END` and `END`
};

/// `DEED at every call of` … `then` … `end`: the first part is played as often as there are places in it at which the world may be left,
/// with the deed at one of them, and the second part after each. A deed is `crash`, `signal SIGINT`, or any line about the world.
struct EveryCall {
    Line deed;
    bool kills() const { return deed.words[0] == "crash" || deed.words[0] == "reboot"; }
    std::vector<Line> body;
    std::vector<Line> then;
};

struct Scenario {
    std::string description;  ///< the comment that it begins with: what users lose if it fails
    std::vector<Line> lines;
    std::optional<EveryCall> every_call;  ///< the last thing in it
};

/// A scenario that can't be read, or asks for something that does not exist.
struct ScenarioError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Reads a scenario; `include NAME` reads the file NAME of `common`.
Scenario parse_scenario(std::string_view text, const std::string& common);

/// "400ms", "3s", "2min"
Duration parse_time(const std::string& word);
/// "SIGINT" -> 2
int parse_signal(const std::string& word);

std::string read_text(const std::string& file);

}  // namespace svcmgr::sim
