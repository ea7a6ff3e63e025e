#include "resources/guest_app.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

namespace svcmgr {

namespace {

constexpr std::string_view launcher_directory = "/svc/etc/init.d";
constexpr Duration default_patience = std::chrono::minutes(10);
/// A guest that does not even list a directory in this time will not run launchers either.
constexpr Duration list_patience = std::chrono::seconds(30);

/// The guest's own words become file names and lines on a terminal: a name with anything else in it is not a launcher.
bool plain_name(std::string_view name) {
    return std::ranges::all_of(name,
                               [](unsigned char c) { return std::isalnum(c) || c == '.' || c == '_' || c == '-' || c == '@' || c == '+'; });
}

const char* word_for(GuestState::Value value) {
    switch (value) {
        case GuestState::Value::unknown: return "in an unknown state";
        case GuestState::Value::stopped:
        case GuestState::Value::absent: return "down";
        default: return to_string(value);
    }
}

}  // namespace

std::vector<Launcher> launchers_among(std::string_view find_output, char kind) {
    const std::string prefix = fmt::format("{}/{}", launcher_directory, kind);
    std::vector<Launcher> launchers;
    for (std::size_t begin = 0; begin < find_output.size();) {
        const std::size_t end = std::min(find_output.find('\n', begin), find_output.size());
        const std::string_view line = find_output.substr(begin, end - begin);
        if (line.starts_with(prefix) && plain_name(line.substr(prefix.size()))) launchers.push_back({std::string(line)});
        begin = end + 1;
    }
    std::ranges::sort(launchers, {}, &Launcher::path);
    return launchers;
}

GuestApp::GuestApp(Rid rid, Options options, const Container& container, std::string service, Path logs)
    : Resource(std::move(rid), Group::app, "app", std::move(options)),
      container_(container),
      service_(std::move(service)),
      logs_(std::move(logs)) {}

GuestApp::Listing GuestApp::list(World& world, Deadline deadline) const {
    const SshOutcome outcome = container_.run_inside(world, {"find", std::string(launcher_directory), "-name", "[SKC]*"}, deadline);
    if (outcome.value != SshOutcome::Value::ran) return {{}, outcome.value, outcome.reason};
    if (outcome.result.timed_out) return {{}, SshOutcome::Value::timed_out, outcome.describe()};
    return {outcome.result.out, SshOutcome::Value::ran, {}};  // a directory that does not exist is one without launchers
}

ResourceObservation GuestApp::look(Looking& looking) const {
    ResourceObservation seen;
    seen.status = Status::not_applicable;
    const GuestState guest = container_.state(looking);
    if (guest.value != GuestState::Value::running) {
        seen.detail = fmt::format("container is {}", word_for(guest.value));
        seen.say(LogLine::Level::info, seen.detail);
        return seen;
    }
    if (container_.guest().windows) {
        seen.say(LogLine::Level::info, "a Windows guest takes no command over ssh");
        return seen;
    }

    World& world = looking.world();
    const Deadline deadline = Deadline::in(world.clock, looking.limits().guest);
    const Listing listing = list(world, deadline);
    if (!listing.problem.empty()) {
        seen.status = Status::undef;
        seen.say(LogLine::Level::warn, fmt::format("container is unreachable: {}", listing.problem));
        return seen;
    }
    const std::vector<Launcher> checks = launchers_among(listing.lines, 'C');
    if (checks.empty()) {
        seen.say(LogLine::Level::info, "no checkup scripts");
        return seen;
    }

    std::vector<std::string> failed;
    for (const Launcher& check : checks) {
        const SshOutcome outcome = container_.run_inside(world, {check.path, "status"}, deadline);
        if (outcome.value != SshOutcome::Value::ran) {
            seen.status = Status::undef;
            seen.say(LogLine::Level::warn, fmt::format("{} status: {}", check.name(), outcome.reason));
            return seen;
        }
        if (!outcome.ok()) failed.push_back(fmt::format("{} status {}", check.name(), outcome.describe()));
    }
    seen.status = failed.empty() ? Status::up : failed.size() == checks.size() ? Status::down : Status::warn;
    const LogLine::Level level = seen.status == Status::warn ? LogLine::Level::warn : LogLine::Level::info;
    for (const std::string& line : failed) seen.say(level, line);
    return seen;
}

Intent GuestApp::intend(Goal goal, const ResourceObservation& observation) const {
    if (container_.guest().windows) return Intent::leave("a Windows guest takes no command over ssh");
    if (goal == Goal::up && observation.status == Status::up) return Intent::leave("its launchers say that it is up");
    if (goal == Goal::down && observation.status == Status::down) return Intent::leave("its launchers say that it is down");
    // Nothing runs inside a guest that does not run; of one that nobody can see it is tried.
    const bool carried = observation.detail.empty() || observation.detail.ends_with(word_for(GuestState::Value::unknown));
    if (goal == Goal::down && !carried) return Intent::leave(observation.detail);

    Intent intent;
    if (goal == Goal::up)
        intent.verbs.push_back(
            {"start", fmt::format("run the launchers {}/S*", launcher_directory), default_patience, "stop", default_patience});
    else
        intent.verbs.push_back({"stop", fmt::format("run the launchers {}/K*", launcher_directory), default_patience, ""});
    return intent;
}

void GuestApp::perform(const std::string& verb, Doing& doing) const {
    if (verb == "start") return run_all('S', "start", doing);
    if (verb == "stop") return run_all('K', "stop", doing);
    throw Error(Error::Code::failed, fmt::format("an app has no verb '{}'", verb), rid().text());
}

void GuestApp::run_all(char kind, const std::string& argument, Doing& doing) const {
    const Listing listing = list(doing.world, doing.deadline.at_most(doing.world.clock, list_patience));
    if (!listing.problem.empty())
        throw Error(listing.answer == SshOutcome::Value::interrupted ? Error::Code::interrupted : Error::Code::unreachable, listing.problem,
                    rid().text());

    const std::vector<Launcher> launchers = launchers_among(listing.lines, kind);
    if (launchers.empty()) {
        doing.note(LogLine::Level::info, fmt::format("no launcher {}/{}*", launcher_directory, kind));
        return;
    }
    doing.changing();
    Argv make_executable{"chmod", "+x"};
    for (const Launcher& launcher : launchers) make_executable.push_back(launcher.path);
    container_.run_inside(doing.world, make_executable, doing.deadline);  // one that can't be run says so itself

    std::optional<Error> first;
    for (const Launcher& launcher : launchers) {
        try {
            run_one(launcher, argument, doing);
        } catch (const Error& error) {
            if (kind == 'S' || error.code() == Error::Code::interrupted) throw;
            if (!first) first = error;  // stopping the others is still worth it
        }
    }
    if (first) throw *first;
}

void GuestApp::run_one(const Launcher& launcher, const std::string& argument, Doing& doing) const {
    Clock& clock = doing.world.clock;
    const Moment begin = clock.now();
    const SshOutcome outcome = container_.run_inside(doing.world, {launcher.path, argument}, doing.deadline);
    const std::string where = fmt::format("{} {}", launcher.path, argument);
    if (outcome.value == SshOutcome::Value::interrupted) throw Error(Error::Code::interrupted, outcome.reason, where);
    if (outcome.value != SshOutcome::Value::ran) throw Error(Error::Code::unreachable, outcome.reason, where);

    keep_output(launcher, outcome.result, doing);
    if (!outcome.ok())
        throw Error(Error::Code::failed, outcome.describe(), where,
                    fmt::format("its output is in {}/{}.{}.log", logs_, service_, launcher.name()));
    doing.note(LogLine::Level::info, fmt::format("{} {} done in {}", launcher.name(), argument, to_text(clock.now() - begin)));
}

void GuestApp::keep_output(const Launcher& launcher, const CommandResult& result, Doing& doing) const {
    const Path file = fmt::format("{}/{}.{}.log", logs_, service_, launcher.name());
    try {
        doing.world.files.make_directories(logs_, 0755);
        doing.world.files.replace(file, result.out + result.err, 0600);
    } catch (const Error& error) {  // a full disk must not stop a launcher from having run
        doing.note(LogLine::Level::warn, fmt::format("the launcher's output could not be kept: {}", error.what()));
    }
}

}  // namespace svcmgr
