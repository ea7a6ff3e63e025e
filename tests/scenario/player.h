#pragma once

#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "svcmgr/cluster/node.h"
#include "tests/scenario/audit.h"
#include "tests/scenario/phrases.h"
#include "tests/scenario/scenario.h"
#include "tests/scenario/sim_world.h"
#include "tests/scenario/stage.h"

namespace svcmgr::sim {

/// Plays the lines of a scenario in a world of its own. Commands run through the real entry point, `run_command`.
class Player {
public:
    /// The seed is the scheduler's.
    explicit Player(std::uint64_t seed);
    ~Player();

    /// Throws ScenarioError.
    void play(const std::vector<Line>& lines);
    /// Waits for the commands that still run.
    void finish();

    SimWorld& world() { return world_; }
    Audit& audit() { return audit_; }
    /// Is told each command before it runs.
    std::function<void(Process&)> on_command;

private:
    friend struct Words;
    enum class Loudness { loud, quiet };

    void play(const Line& line);
    /// Shows what happens beside commands; what is there before the first one is not shown.
    void log_event(const Line& line);
    void on_effect(const std::string& text);

    /// `words`: NODE svcmgr WORDS. A command without a label runs in the foreground.
    CommandRun& start(const Arguments& words, const Line& line, const std::string& label, Loudness loudness);
    void run_to_end(const Arguments& words, const Line& line, Loudness loudness);
    void show(const std::string& node, const Path& file);
    int run_svcmgr(CommandRun& run, const std::string& label, Loudness loudness);
    void end(CommandRun& run, const std::string& label, Loudness loudness);
    void wait(const std::string& time_or_label);
    void wait_up_to(Duration most);
    void send_signal(const std::string& signal, const std::string& label, const Line& line);
    void crash(const std::string& label, const Line& line);
    Process& running(const std::string& label);
    /// What the commands that run now do is not theirs alone any more.
    void disturb_all();
    void must_exit(const Arguments& codes, const Line& line);
    void must_be(const std::string& guest, const std::string& up_or_down, const Line& line);

    Paths paths_;
    std::mt19937_64 chance_;
    bool shuffled_;  ///< whether a seed was given
    SimWorld world_;
    Stage stage_;
    Audit audit_;
    std::map<std::string, std::unique_ptr<CommandRun>> background_;  ///< by the name that `begin` gave
    std::vector<std::unique_ptr<CommandRun>> foreground_;            ///< and those that were waited for; the last one is the newest
    struct Trigger {
        std::string text;
        Line line;
    };
    std::vector<Trigger> triggers_;
};

}  // namespace svcmgr::sim
