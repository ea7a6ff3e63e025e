// Plays scenarios and compares what they show with what is expected. See README.md.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "drivers/error.h"
#include "tests/scenario/playing.h"
#include "tests/scenario/random.h"
#include "tests/scenario/workers.h"

namespace fs = std::filesystem;

namespace {

using namespace svcmgr::sim;

struct Options {
    fs::path root = SVCMGR_SCENARIOS;
    std::vector<std::string> names;
    bool update = false;
    bool show = false;
    bool times = false;
    bool random = false;
    int place = 0;  ///< of an EveryCall; 0: all
    int step = 1;   ///< from one place of an EveryCall to the next that is played
    std::uint64_t seed = 0;
    int count = 0;
    int each = 0;  ///< how many scenarios a seed has, when there are several seeds
};

int usage() {
    fmt::print(
        stderr,
        "usage: run [NAME…]           play these scenarios (all without names) and compare\n"
        "       run --update [NAME…]  write what they show into their `expect`\n"
        "       run --show [NAME…]    print what they show, compare nothing\n"
        "       run --shuffle N [--count M] […]   let seed N, or each of M seeds from N on, decide who goes first and when; compare\n"
        "                             nothing, audit everything\n"
        "       run --place N NAME     show the Nth place of a scenario with 'at every call of'\n"
        "       run --step N […]      of these play every Nth place only; compare nothing of them, audit everything\n"
        "       run --times […]       say how long each takes\n"
        "       run --random [--seed N] [--count M]   M random scenarios from seed N on\n");
    return 2;
}

/// The first lines that differ, with those around them.
std::string difference(const std::string& expected, const std::string& shown) {
    const auto lines_of = [](const std::string& text) {
        std::vector<std::string> lines;
        for (std::size_t begin = 0; begin < text.size();) {
            const std::size_t end = std::min(text.find('\n', begin), text.size());
            lines.push_back(text.substr(begin, end - begin));
            begin = end + 1;
        }
        return lines;
    };
    const auto old_lines = lines_of(expected);
    const auto new_lines = lines_of(shown);
    std::size_t same = 0;
    while (same < old_lines.size() && same < new_lines.size() && old_lines[same] == new_lines[same]) ++same;
    std::string text;
    for (std::size_t i = same < 3 ? 0 : same - 3; i < same; ++i) text += "      " + old_lines[i] + "\n";
    for (std::size_t i = same; i < std::min(same + 6, old_lines.size()); ++i) text += "    - " + old_lines[i] + "\n";
    for (std::size_t i = same; i < std::min(same + 6, new_lines.size()); ++i) text += "    + " + new_lines[i] + "\n";
    return text;
}

/// Problems that are known and not yet mended: one a line in the file `known`. They don't fail a scenario, their absence does.
std::vector<std::string> known_problems(const fs::path& file) {
    std::vector<std::string> problems;
    std::ifstream stream(file);
    for (std::string line; std::getline(stream, line);)
        if (!line.empty() && line[0] != '#') problems.push_back(line);
    return problems;
}

std::string without(const std::vector<std::string>& all, const std::vector<std::string>& some, const std::string& prefix) {
    std::string text;
    for (const std::string& one : all)
        if (std::ranges::find(some, one) == some.end()) text += prefix + one + "\n";
    return text;
}

/// What is printed about a scenario. Begins with "FAILED" when it failed, with "known" when it has problems that are known.
std::string play(const Options& options, const std::string& name) {
    const fs::path directory = options.root / "cases" / name;
    const fs::path expect = directory / "expect";
    const auto begin = std::chrono::steady_clock::now();
    try {
        const Scenario scenario = parse_scenario(read_text(directory / "scenario"), options.root / "common");
        if (scenario.description.empty()) throw ScenarioError("it begins with no comment that says what users lose if it fails");
        const Played played =
            options.place == 0 ? play_scenario(scenario, options.seed, options.step) : play_place(scenario, options.seed, options.place);
        const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
        std::string text;
        if (options.times) text += fmt::format("{:8.1f} ms {:4} places  {}\n", took.count(), played.places, name);
        if (options.show) text += fmt::format("##### {}\n{}", name, played.text);
        if (options.update && !options.show) std::ofstream(expect, std::ios::binary) << played.text;

        const std::vector<std::string> known = known_problems(directory / "known");
        std::string complaints =
            without(played.problems, known, "    ") + without(known, played.problems, "    no longer there, take it out of `known`: ");
        // Another order of what happens at the same time, or fewer places, show another text; the audits hold in any.
        const bool differs = options.show || options.seed != 0 || (options.step > 1 && scenario.every_call);
        const std::string expected = differs ? played.text : fs::exists(expect) ? read_text(expect) : "";
        if (expected != played.text) complaints += difference(expected, played.text);
        if (!complaints.empty())
            return fmt::format("FAILED {}{}: {}\n{}{}", name, options.seed == 0 ? "" : fmt::format(" (seed {})", options.seed),
                               scenario.description, complaints, text);
        return known.empty() ? text : "known " + text;
    } catch (const ScenarioError& error) {
        return fmt::format("FAILED {}: {}\n", name, error.what());
    }
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        const auto number = [&] { return i + 1 < argc ? std::strtoull(argv[++i], nullptr, 10) : 0; };
        if (word == "--update")
            options.update = true;
        else if (word == "--show")
            options.show = true;
        else if (word == "--place") {
            options.place = static_cast<int>(number());
            options.show = true;
        } else if (word == "--step")
            options.step = std::max(1, static_cast<int>(number()));
        else if (word == "--times")
            options.times = true;
        else if (word == "--random")
            options.random = true;
        else if (word == "--seed" || word == "--shuffle")
            options.seed = number();
        else if (word == "--count")
            options.count = static_cast<int>(number());
        else if (word.starts_with("-"))
            return usage();
        else
            options.names.push_back(fs::path(word).filename().empty() ? fs::path(word).parent_path().filename()
                                                                      : fs::path(word).filename());
    }
    if (options.update && (options.step > 1 || options.seed != 0)) {
        fmt::print(stderr, "--update writes what all places show in their own order: not with --step or --shuffle\n");
        return 2;
    }
    if (options.random) return run_random(options.root / "common", options.seed, options.count == 0 ? 200 : options.count);
    if (options.names.empty())
        for (const auto& entry : fs::directory_iterator(options.root / "cases"))
            if (entry.is_directory()) options.names.push_back(entry.path().filename());
    std::ranges::sort(options.names);

    int failed = 0;
    int known = 0;
    if (options.seed != 0 && options.count > 1) {
        const std::vector<std::string> names = options.names;
        for (int i = 1; i < options.count; ++i) options.names.insert(options.names.end(), names.begin(), names.end());
        options.each = static_cast<int>(names.size());
    }
    const auto results = in_processes(static_cast<int>(options.names.size()), [&](int i) {
        Options own = options;
        if (options.each != 0) own.seed += static_cast<std::uint64_t>(i / options.each);
        return play(own, options.names[static_cast<std::size_t>(i)]);
    });
    for (std::size_t i = 0; i < results.size(); ++i) {
        std::string result = results[i];
        if (result.starts_with("died")) result = fmt::format("FAILED {}: the process that played it died\n", options.names[i]);
        if (result.starts_with("FAILED")) ++failed;
        if (result.starts_with("known ")) {
            ++known;
            result = result.substr(6);
        }
        fmt::print("{}", result);
    }
    fmt::print("{} scenarios, {} failed, {} with known problems\n", options.names.size(), failed, known);
    return failed == 0 ? 0 : 1;
}
