#include "resources/task.h"

#include <fmt/format.h>

#include "drivers/files/files.h"
#include "drivers/secret_names.h"

namespace svcmgr {

namespace {

constexpr Duration default_patience = std::chrono::hours(1);
constexpr Duration on_error_patience = std::chrono::minutes(1);
constexpr std::string_view went_well = "ok";

}  // namespace

Task::Task(Rid rid, Options options, Home home)
    : Resource(std::move(rid), Group::task, "task", std::move(options)), home_(std::move(home)) {}

Path Task::memory() const {
    const Path name = output_file(home_.state, home_.service, rid(), "last");
    return name.substr(0, name.rfind(".log"));
}

/// The file has one line: "ok TIME", or "failed TIME REASON".
ResourceObservation Task::look(Looking& looking) const {
    ResourceObservation seen;
    seen.status = Status::not_applicable;
    const auto last = looking.world().files.read(memory());
    if (!last) {
        if (last.error().absent()) {
            seen.say(LogLine::Level::info, "never run on this node");
        } else {
            seen.status = Status::undef;
            seen.say(LogLine::Level::warn, fmt::format("{}: {}", memory(), last.error().reason));
        }
        return seen;
    }
    const std::string_view line = trimmed(*last);
    const std::string_view word = line.substr(0, line.find(' '));
    const bool well = word == went_well;
    if (!well) seen.status = Status::warn;
    seen.say(well ? LogLine::Level::info : LogLine::Level::warn,
             fmt::format("last run {}",
                         well ? fmt::format("went well, {}", line.substr(std::min(line.size(), word.size() + 1))) : std::string(line)));
    return seen;
}

Intent Task::intend(Goal goal, const ResourceObservation&) const {
    if (goal != Goal::run) return Intent::leave("a task is run, not started or stopped");
    Intent intent;
    const Duration patience = options().said("timeout") ? options().duration("timeout") : default_patience;
    intent.verbs.push_back(
        {"run", fmt::format("run {}", without_secrets(rid().text(), "command", options().text("command"))), patience, "", {}});
    if (options().flag("confirmation")) {
        intent.checked = "somebody must have confirmed it";
        intent.conflict = Error(Error::Code::refused, "this task is only run when somebody confirms it (confirmation = true)",
                                options().place_of("confirmation").to_string(), "--force confirms it");
    }
    return intent;
}

void Task::perform(const std::string& verb, Doing& doing) const {
    if (verb != "run") throw Error(Error::Code::failed, fmt::format("a task has no verb '{}'", verb), rid().text());
    Launch what{argv_of(options().text("command")), {}, output_file(home_.logs, home_.service, rid(), verb)};
    what.surroundings.environment = doing.environment;
    if (const std::string user = options().text("user"); user != "root") {
        const auto account = find_account(doing.world, user, "", doing.deadline);
        if (!account) throw Error(Error::Code::failed, account.error(), rid().text(), "mend `user` in its section");
        what.surroundings.run_as = account->run_as;
        what.surroundings.environment.insert(what.surroundings.environment.end(), account->environment.begin(), account->environment.end());
    }
    doing.changing();
    const CommandResult result = launch(what, doing);
    remember(result, doing);
    if (result.ok()) return;
    run_on_error(what, doing);
    throw failure_of(result, what, doing);
}

void Task::remember(const CommandResult& result, Doing& doing) const {
    const std::string when = to_iso8601(doing.world.clock.wall());
    try {
        doing.world.files.make_directories(home_.state, 0700);
        doing.world.files.replace(
            memory(), result.ok() ? fmt::format("{} {}\n", went_well, when) : fmt::format("failed {} {}\n", when, result.describe()), 0600);
    } catch (const Error& error) {
        doing.note(LogLine::Level::warn, fmt::format("how it ended could not be kept: {}", error.what()));
    }
}

void Task::run_on_error(const Launch& failed, Doing& doing) const {
    const std::string command = options().text("on_error");
    if (command.empty()) return;
    Launch what = failed;
    what.argv = argv_of(command);
    what.output.clear();
    Doing afterwards = doing;  // its own deadline: the task may have used up all of that
    afterwards.deadline = Deadline::in(doing.world.clock, on_error_patience);
    const CommandResult result = launch(what, afterwards);
    if (!result.ok()) doing.note(LogLine::Level::warn, fmt::format("on_error: {}", result.describe()));
}

}  // namespace svcmgr
