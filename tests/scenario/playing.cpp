#include "tests/scenario/playing.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <regex>
#include <utility>

#include "tests/scenario/player.h"

namespace svcmgr::sim {

namespace {

/// A line of the transcript without what is another one each time: times, names of actions, processes.
std::string timeless(const std::string& line) {
    static const std::regex sid("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}");
    static const std::regex day("[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]");
    static const std::regex time("[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?Z?");
    static const std::regex pid("pid [0-9]+");
    static const std::regex span("[0-9]+(\\.[0-9]+)? (ms|s|min)\\b");
    std::string text = std::regex_replace(line, sid, "SID");
    text = std::regex_replace(text, day, "");
    text = std::regex_replace(text, time, "TIME");
    text = std::regex_replace(text, pid, "pid N");
    return std::regex_replace(text, span, "TIME");
}

constexpr std::size_t width_of_time = 9;

struct Ending {
    std::string after;  ///< what happened last before the crash or the signal
    std::string text;   ///< of what followed
    std::string whole;  ///< the transcript, as it is
};

/// Plays the scenario with the crash or the signal at one place; nothing when the command has no such place.
std::optional<Ending> play_once(const Scenario& scenario, std::uint64_t seed, int place, std::vector<std::string>& problems) {
    const EveryCall& every = *scenario.every_call;
    bool armed = true;
    bool reached = false;
    Ending ending;
    Player player(seed);
    player.play(scenario.lines);
    SimWorld& world = player.world();
    world.set_last_happening("nothing");
    player.on_command = [&](Process& process) {
        if (!std::exchange(armed, false)) return;
        process.on_place = [&](int here) {
            if (here != place) return;
            reached = true;
            ending.after = timeless(world.last_happening());
            player.play(std::vector{every.deed});
        };
    };
    const std::size_t begin = world.transcript().size();
    player.play(every.body);
    if (!reached) return std::nullopt;
    // What a killed command printed says nothing; what an interrupted one did is what the scenario is about.
    const std::size_t from = every.kills() ? world.transcript().size() : begin;
    player.play(every.then);
    player.finish();
    for (std::size_t i = from; i < world.transcript().size(); ++i) {
        const std::string text = timeless(world.transcript()[i].substr(width_of_time));
        if (text != "-- " + every.deed.text) ending.text += text + "\n";
    }
    for (const std::string& line : world.transcript()) ending.whole += line + "\n";
    for (const std::string& problem : player.audit().problems())
        if (std::ranges::find(problems, problem) == problems.end()) problems.push_back(problem);
    return ending;
}

/// Neighbouring places with the same ending are one paragraph.
Played play_every_call(const Scenario& scenario, std::uint64_t seed, int step) {
    const std::string& first_word = scenario.every_call->deed.words[0];
    const std::string word = first_word == "crash" ? "killed" : first_word == "signal" ? "interrupted" : scenario.every_call->deed.text;
    Played played;
    Ending first;
    std::string last;
    const auto finish_paragraph = [&] {
        if (played.places == 0) return;
        played.text += fmt::format("--- {} after: {}\n", word, first.after);
        if (last != first.after) played.text += fmt::format("      or until: {}\n", last);
        played.text += first.text;
    };
    for (int place = 1;; place += step) {
        const auto ending = play_once(scenario, seed, place, played.problems);
        if (!ending) break;
        if (place == 1 || ending->text != first.text) {
            finish_paragraph();
            first = *ending;
        }
        last = ending->after;
        played.places = place;
    }
    finish_paragraph();
    return played;
}

}  // namespace

Played play_scenario(const Scenario& scenario, std::uint64_t seed, int step) {
    if (scenario.every_call) return play_every_call(scenario, seed, step);
    Played played;
    Player player(seed);
    player.play(scenario.lines);
    player.finish();
    for (const std::string& line : player.world().transcript()) played.text += line + "\n";
    played.problems = player.audit().problems();
    return played;
}

Played play_place(const Scenario& scenario, std::uint64_t seed, int place) {
    if (!scenario.every_call) throw ScenarioError("it has no 'at every call of'");
    Played played;
    const auto ending = play_once(scenario, seed, place, played.problems);
    if (!ending) throw ScenarioError(fmt::format("it has no place {}", place));
    played.text = ending->whole;
    return played;
}

}  // namespace svcmgr::sim
