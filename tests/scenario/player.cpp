#include "tests/scenario/player.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <ostream>
#include <streambuf>

#include "svcmgr/command/command.h"

namespace svcmgr::sim {

namespace {

/// What a command prints: each line goes into the transcript when it is whole.
class Printer : public std::streambuf {
public:
    enum class Shown { yes, no };
    Printer(SimWorld& world, std::string prefix, Shown shown, std::string& all)
        : world_(world), prefix_(std::move(prefix)), shown_(shown), all_(all) {}
    void flush_rest() {
        if (!line_.empty()) end_line();
    }

protected:
    int_type overflow(int_type letter) override {
        if (letter == traits_type::eof()) return 0;
        all_ += static_cast<char>(letter);
        if (letter == '\n')
            end_line();
        else
            line_ += static_cast<char>(letter);
        return letter;
    }

private:
    void end_line() {
        world_.set_last_happening(line_);
        if (shown_ == Shown::yes) world_.log(line_.empty() ? prefix_ : fmt::format("{} {}", prefix_, line_));
        line_.clear();
    }

    SimWorld& world_;
    std::string prefix_;
    Shown shown_;
    std::string& all_;
    std::string line_;
};

Arguments behind(const Arguments& words, std::size_t count) {
    return {words.begin() + static_cast<std::ptrdiff_t>(std::min(count, words.size())), words.end()};
}

std::string joined(const Arguments& words) {
    return fmt::format("{}", fmt::join(words, " "));
}

/// The line that is the rest of this one.
Line rest_of(const Line& line, const Arguments& words) {
    Line rest = line;
    rest.words = words;
    rest.text = joined(words);
    return rest;
}

}  // namespace

struct Words {
    using Said = const Arguments&;
    static constexpr Phrase<Player> phrases[] = {
        {"run ...", [](Player& player, Said said, const Line& line) { player.run_to_end(said, line, Player::Loudness::loud); }},
        {"quietly run ...", [](Player& player, Said said, const Line& line) { player.run_to_end(said, line, Player::Loudness::quiet); }},
        {"show NODE FILE", [](Player& player, Said said, const Line&) { player.show(said[0], said[1]); }},
        {"begin NAME ...",
         [](Player& player, Said said, const Line& line) { player.start(behind(said, 1), line, said[0], Player::Loudness::loud); }},
        {"wait up to TIME", [](Player& player, Said said, const Line&) { player.wait_up_to(parse_time(said[0])); }},
        {"wait WHAT", [](Player& player, Said said, const Line&) { player.wait(said[0]); }},
        {"signal SIGNAL", [](Player& player, Said said, const Line& line) { player.send_signal(said[0], "", line); }},
        {"signal SIGNAL NAME", [](Player& player, Said said, const Line& line) { player.send_signal(said[0], said[1], line); }},
        {"crash", [](Player& player, Said, const Line& line) { player.crash("", line); }},
        {"crash NAME", [](Player& player, Said said, const Line& line) { player.crash(said[0], line); }},
        {"must exit ...", [](Player& player, Said said, const Line& line) { player.must_exit(said, line); }},
        {"must be GUEST STATE", [](Player& player, Said said, const Line& line) { player.must_be(said[0], said[1], line); }},
        {"at TIME ...",
         [](Player& player, Said said, const Line& line) {
             Scheduler& scheduler = player.world_.scheduler();
             scheduler.at(scheduler.now() + parse_time(said[0]), [&player, event = rest_of(line, behind(said, 1))] { player.play(event); });
         }},
        {"after TEXT ...",
         [](Player& player, Said said, const Line& line) {
             player.triggers_.push_back({said[0], rest_of(line, behind(said, 1))});
         }},
    };
};

Player::Player(std::uint64_t seed) : chance_(seed), shuffled_(seed != 0), world_(seed), stage_(world_, paths_), audit_(world_, paths_) {
    world_.svcmgr = [this](Process& process, const std::vector<std::string>& words, const std::string& input, std::ostream& out,
                           std::ostream& err) {
        Terminal terminal{out, err};
        terminal.read_input = [&input] { return input; };
        return run_command(process.world(), paths_, terminal, words);
    };
    world_.on_effect = [this](const std::string& text) { on_effect(text); };
    world_.scheduler().when_stuck([this](const std::string& who) {
        audit_.problem("nothing can go on: " + who);
        for (const auto& [name, node] : world_.nodes())
            for (const auto& [pid, process] : std::map(node->processes())) process->kill();
    });
}

Player::~Player() {
    for (const auto& [name, node] : world_.nodes())
        for (const auto& [pid, process] : std::map(node->processes())) process->kill();
    const auto has_ended = [](const auto& run) { return run->process->ended(); };
    const auto all_ended = [&] {
        return world_.remote_runs_ended() && std::ranges::all_of(foreground_, has_ended) &&
               std::ranges::all_of(background_, has_ended, [](const auto& entry) { return entry.second.get(); });
    };
    world_.scheduler().wait(all_ended, Scheduler::never, "killed processes to end");
}

void Player::play(const std::vector<Line>& lines) {
    for (const Line& line : lines) play(line);
}

void Player::play(const Line& line) {
    try {
        if (stage_.knows(line)) {
            log_event(line);
            stage_.play(line);
            return disturb_all();
        }
        if (!play_phrase<Player>(*this, Words::phrases, line)) throw ScenarioError(fmt::format("'{}' means nothing here", line.text));
    } catch (const ScenarioError& error) {
        if (std::string_view(error.what()).starts_with("line ")) throw;
        throw ScenarioError(fmt::format("line {}: {}", line.number, error.what()));
    }
}

void Player::log_event(const Line& line) {
    const bool began = !foreground_.empty() || !background_.empty();
    if (began) world_.log("-- " + line.text);
}

void Player::on_effect(const std::string& text) {
    if (!stage_.has_doubled_a_guest) audit_.effect();
    if (stage_.reservations_are_kept) audit_.check_reservations();
    const auto trigger =
        std::ranges::find_if(triggers_, [&](const Trigger& candidate) { return text.find(candidate.text) != std::string::npos; });
    if (trigger == triggers_.end()) return;
    const Line line = trigger->line;
    triggers_.erase(trigger);
    play(line);
}

void Player::finish() {
    while (!background_.empty()) wait(background_.begin()->first);
}

// --- commands

CommandRun& Player::start(const Arguments& words, const Line& line, const std::string& label, Loudness loudness) {
    if (words.size() < 2 || words[1] != "svcmgr") throw ScenarioError("a command is: NODE svcmgr WORDS");
    if (background_.contains(label)) throw ScenarioError(fmt::format("{} still runs", label));
    auto made = std::make_unique<CommandRun>();
    CommandRun& run = *made;
    run.argv = behind(words, 2);
    run.input = line.document;
    run.process = std::make_unique<Process>(world_, stage_.node(words[0]));
    audit_.begun(run);
    run.disturbed = std::ranges::any_of(background_, [](const auto& entry) { return !entry.second->process->ended(); });
    if (run.disturbed) disturb_all();
    if (label.empty())
        foreground_.push_back(std::move(made));
    else
        background_.emplace(label, std::move(made));

    if (loudness == Loudness::loud)
        world_.log(fmt::format("{}{}$ {}", label.empty() ? "" : label + ": ", words[0], joined(behind(words, 1))));
    if (on_command) on_command(*run.process);
    run.process->run([this, &run, label, loudness] { return run_svcmgr(run, label, loudness); });
    return run;
}

void Player::run_to_end(const Arguments& words, const Line& line, Loudness loudness) {
    end(start(words, line, "", loudness), "", loudness);
}

void Player::show(const std::string& node, const Path& file) {
    const auto text = stage_.node(node).files().read(file);
    if (!text) return world_.log(fmt::format("{} {}: {}", node, file, text.error().reason));
    const auto facts = stage_.node(node).files().facts(file);
    world_.log(fmt::format("{} {} ({:04o}):", node, file, facts ? facts->mode : 0));
    std::string_view rest = *text;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        world_.log(fmt::format("={}{}", end == 0 ? "" : " ", rest.substr(0, end)));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
}

int Player::run_svcmgr(CommandRun& run, const std::string& label, Loudness loudness) {
    const auto shown = loudness == Loudness::loud ? Printer::Shown::yes : Printer::Shown::no;
    Printer out_printer(world_, label + "|", shown, run.out);
    Printer err_printer(world_, label + "!", shown, run.err);
    std::ostream out(&out_printer);
    std::ostream err(&err_printer);
    Terminal terminal{out, err};
    terminal.read_input = [&run] { return run.input; };
    terminal.edit = [&run](const std::string& file) -> std::string {
        const auto& text = run.process->node().editor_writes;
        if (!text) return "editor exited with 1";
        run.process->world().files.replace(file, *text, 0600);
        return "";
    };
    const int code = run_command(run.process->world(), paths_, terminal, run.argv);
    out_printer.flush_rest();
    err_printer.flush_rest();
    return code;
}

void Player::end(CommandRun& run, const std::string& label, Loudness loudness) {
    if (run.process->ended() && run.process->ended_at() < world_.scheduler().now()) run.disturbed = true;  // the world has gone on since
    world_.scheduler().wait([&run] { return run.process->ended(); }, Scheduler::never, "a command to end");
    const std::string who = label.empty() ? run.process->node().name() : label;
    const std::string how = run.process->killed() ? "is gone" : fmt::format("exit {}", run.process->exit_code());
    if (loudness == Loudness::loud)
        world_.log(fmt::format("{}: {}", who, how));
    else
        world_.log(fmt::format("{}$ svcmgr {}: {}", who, joined(run.argv), how));
    audit_.ended(run);
}

void Player::wait_up_to(Duration most) {
    if (!shuffled_) return;
    world_.clock().sleep_until(world_.clock().now() +
                               Duration(static_cast<std::int64_t>(chance_() % static_cast<std::uint64_t>(most.count()))));
}

void Player::wait(const std::string& time_or_label) {
    const auto found = background_.find(time_or_label);
    if (found == background_.end()) return world_.clock().sleep_until(world_.clock().now() + parse_time(time_or_label));
    end(*found->second, found->first, Loudness::loud);
    foreground_.push_back(std::move(found->second));
    background_.erase(found);
}

Process& Player::running(const std::string& label) {
    if (const auto found = background_.find(label); found != background_.end()) return *found->second->process;
    if (!label.empty() || foreground_.empty()) throw ScenarioError("no such command runs now");
    return *foreground_.back()->process;
}

void Player::send_signal(const std::string& signal, const std::string& label, const Line& line) {
    log_event(line);
    running(label).signal(parse_signal(signal));
}

void Player::crash(const std::string& label, const Line& line) {
    log_event(line);
    running(label).kill();
}

void Player::disturb_all() {
    for (const auto& run : foreground_)
        if (!run->process->ended()) run->disturbed = true;
    for (const auto& [label, run] : background_) run->disturbed = true;
}

// --- promises

void Player::must_exit(const Arguments& codes, const Line& line) {
    if (foreground_.empty()) throw ScenarioError("no command has ended yet");
    const CommandRun& run = *foreground_.back();
    const std::string code = std::to_string(run.process->exit_code());
    if (std::ranges::find(codes, code) != codes.end()) return;
    audit_.problem(fmt::format("line {}: svcmgr {} must exit with {}, and exited with {}", line.number, joined(run.argv),
                               fmt::join(codes, " or "), code));
}

void Player::must_be(const std::string& guest, const std::string& up_or_down, const Line& line) {
    if (up_or_down != "up" && up_or_down != "down") throw ScenarioError("a guest must be up, or down");
    const auto homes = world_.homes(stage_.guest(guest).name);
    if (homes.empty() == (up_or_down == "down")) return;
    audit_.problem(fmt::format("line {}: {} must be {}, and is {}", line.number, guest, up_or_down,
                               homes.empty() ? "down" : fmt::format("up on {}", fmt::join(homes, " and "))));
}

}  // namespace svcmgr::sim
