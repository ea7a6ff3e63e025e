#include "resources/node_app.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <climits>

#include "drivers/numbers.h"
#include "drivers/secret_names.h"
#include "resources/bounded_facts.h"

namespace svcmgr {

namespace {

constexpr Duration default_patience = std::chrono::minutes(10);
constexpr std::size_t most_status_lines = 10;

struct LimitName {
    std::string_view keyword;
    int resource;
};
constexpr LimitName sizes[] = {{"limit_as", RLIMIT_AS},     {"limit_vmem", RLIMIT_AS},     {"limit_core", RLIMIT_CORE},
                               {"limit_data", RLIMIT_DATA}, {"limit_fsize", RLIMIT_FSIZE}, {"limit_memlock", RLIMIT_MEMLOCK},
                               {"limit_rss", RLIMIT_RSS},   {"limit_stack", RLIMIT_STACK}};
constexpr LimitName counts[] = {{"limit_cpu", RLIMIT_CPU}, {"limit_nofile", RLIMIT_NOFILE}, {"limit_nproc", RLIMIT_NPROC}};

std::vector<ResourceLimit> limits_of(const Options& options) {
    std::vector<ResourceLimit> limits;
    for (const LimitName& limit : sizes)
        if (options.said(limit.keyword)) limits.push_back({limit.resource, options.size(limit.keyword)});
    for (const LimitName& limit : counts)
        if (options.said(limit.keyword)) limits.push_back({limit.resource, static_cast<std::uint64_t>(options.integer(limit.keyword))});
    return limits;
}

/// What the launcher calls each verb.
std::string argument_of(std::string_view verb) {
    return verb == "check" ? "status" : std::string(verb);
}

/// "0:up 1:down": the status for an exit code, nothing for one that is not listed.
std::optional<Status> status_for(const std::vector<std::string>& retcodes, int exit_code) {
    const std::string prefix = fmt::format("{}:", exit_code);
    for (const std::string& entry : retcodes)
        if (entry.starts_with(prefix)) return parse_status(std::string_view(entry).substr(prefix.size()));
    return std::nullopt;
}

std::vector<std::string> first_lines(std::string_view text, std::size_t most) {
    std::vector<std::string> lines;
    while (!text.empty() && lines.size() < most) {
        const std::string_view line = text.substr(0, text.find('\n'));
        if (!trimmed(line).empty()) lines.emplace_back(trimmed(line));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
    }
    return lines;
}

}  // namespace

NodeApp::NodeApp(Rid rid, Options options, Home home)
    : Resource(std::move(rid), Group::app, "app", std::move(options)), home_(std::move(home)) {}

std::string NodeApp::label() const {
    const Path path = script();
    return path.empty() ? rid().text() : path.substr(path.rfind('/') + 1);
}

Path NodeApp::script() const {
    const std::string said = options().text("script");
    return said.empty() || said.front() == '/' ? said : fmt::format("{}/{}", home_.launchers, said);
}

std::optional<Argv> NodeApp::call(std::string_view verb) const {
    const std::string said = options().text(verb);
    if (said.empty()) return std::nullopt;
    const std::optional<bool> flag = parse_boolean(said);
    if (!parse_integer(said) && flag && !*flag) return std::nullopt;
    if (!parse_integer(said) && !flag) return argv_of(said);
    if (script().empty()) return std::nullopt;
    return Argv{script(), argument_of(verb)};
}

int NodeApp::place(Goal goal) const {
    const auto number = parse_integer(options().text(goal == Goal::down ? "stop" : "start"));
    return static_cast<int>(std::min<std::int64_t>(number.value_or(0), INT_MAX));
}

Duration NodeApp::patience(std::string_view verb) const {
    const std::string own = fmt::format("{}_timeout", verb);
    if (options().said(own)) return options().duration(own);
    return options().said("timeout") ? options().duration("timeout") : default_patience;
}

bool NodeApp::on_an_absent_mount(const Mounts& mounts, const Path& path) const {
    return std::ranges::any_of(home_.mount_points, [&](const Path& point) { return lies_in(path, point) && mounts.at(point) == nullptr; });
}

std::optional<FileProblem> NodeApp::missing(World& world, const Mounts& mounts, const Argv& argv, Deadline deadline) const {
    if (argv.empty() || argv.front().front() != '/') return std::nullopt;
    const auto facts = bounded_facts(world, mounts, argv.front(), deadline);
    return facts ? std::nullopt : std::optional(facts.error());
}

tl::expected<std::optional<Account>, std::string> NodeApp::account(World& world, const Mounts& mounts, Deadline deadline) const {
    std::string user = options().text("user");
    if (user.empty() && !script().empty()) {
        const auto facts = bounded_facts(world, mounts, script(), deadline);
        if (facts && facts->owner != 0) user = fmt::format("{}", facts->owner);
    }
    if (user.empty() && options().text("group").empty()) return std::nullopt;
    auto found = find_account(world, user.empty() ? "root" : user, options().text("group"), deadline);
    if (!found) return tl::unexpected(found.error());
    return std::move(*found);
}

tl::expected<Surroundings, std::string> NodeApp::surroundings(World& world, const Mounts& mounts, const std::string& action,
                                                              const std::vector<std::string>& environment, Deadline deadline) const {
    Surroundings all;
    auto whom = account(world, mounts, deadline);
    if (!whom) return tl::unexpected(whom.error());
    if (*whom) {
        all.run_as = (*whom)->run_as;
        all.environment = (*whom)->environment;
    }
    all.environment.insert(all.environment.end(), environment.begin(), environment.end());
    all.environment.push_back("OPENSVC_SVCNAME=" + home_.service);
    all.environment.push_back("OPENSVC_RID=" + rid().text());
    all.environment.push_back("OPENSVC_ACTION=" + action);
    for (std::string& variable : options().list("environment"))
        if (variable.find('=') != std::string::npos) all.environment.push_back(std::move(variable));
    all.directory = options().text("cwd");
    if (options().said("umask")) {
        const std::string octal = options().text("umask");
        const auto mask = parse_number<std::uint32_t>(octal, 8);
        if (!mask || *mask > 0777) return tl::unexpected(fmt::format("the umask '{}' is no octal number up to 777", octal));
        all.umask = *mask;
    }
    all.limits = limits_of(options());
    return all;
}

ResourceObservation NodeApp::look(Looking& looking) const {
    ResourceObservation seen;
    seen.status = Status::not_applicable;
    const std::optional<Argv> check = call("check");
    if (!check) {
        seen.say(LogLine::Level::info, "no check is set");
        return seen;
    }
    World& world = looking.world();
    const Mounts& mounts = looking.mounts();
    const Duration limit = options().said("check_timeout") ? patience("check") : std::min(patience("check"), looking.limits().guest);
    const Deadline deadline = Deadline::in(world.clock, limit);
    if (const auto problem = missing(world, mounts, *check, deadline)) {
        const bool expected = on_an_absent_mount(mounts, check->front());
        seen.say(expected ? LogLine::Level::info : LogLine::Level::warn,
                 expected ? fmt::format("not evaluated: {} is on a file system that is not mounted", check->front())
                          : fmt::format("{}: {}", check->front(), problem->reason));
        if (!problem->absent()) seen.status = Status::undef;
        return seen;
    }
    const auto around = surroundings(world, mounts, "status", {}, deadline);
    if (!around) {
        seen.status = Status::undef;
        seen.say(LogLine::Level::warn, around.error());
        return seen;
    }
    judge(world.processes.run_in(*around, *check, deadline), seen);
    return seen;
}

void NodeApp::judge(const CommandResult& result, ResourceObservation& seen) const {
    if (result.exit_code < 0 || !result.not_started.empty() || result.timed_out) {
        seen.status = Status::undef;
        seen.say(LogLine::Level::warn, fmt::format("check: {}", result.describe()));
        return;
    }
    const std::optional<Status> meant = status_for(options().list("retcodes"), result.exit_code);
    seen.status = meant.value_or(Status::warn);
    if (!meant) seen.say(LogLine::Level::warn, fmt::format("check reports errors ({})", result.exit_code));
    if (!options().flag("status_log")) return;
    for (const std::string& line : first_lines(result.out, most_status_lines)) seen.say(LogLine::Level::info, line);
    for (const std::string& line : first_lines(result.err, most_status_lines)) seen.say(LogLine::Level::warn, line);
}

Intent NodeApp::intend(Goal goal, const ResourceObservation& observation) const {
    if (goal == Goal::up && observation.status == Status::up) return Intent::leave("its check says that it is up");
    if (goal == Goal::down && observation.status == Status::down) return Intent::leave("its check says that it is down");
    const char* verb = goal == Goal::up ? "start" : "stop";
    const std::optional<Argv> command = call(verb);
    if (!command) return Intent::leave(fmt::format("it has no `{}`", verb));

    Intent intent;
    Verb step{verb, fmt::format("run {}", without_secrets(*command)), patience(verb), "", {}};
    if (goal == Goal::up && call("stop")) {
        step.undo = "stop";
        step.undo_deadline = patience("stop");
    }
    intent.verbs.push_back(std::move(step));
    return intent;
}

void NodeApp::perform(const std::string& verb, Doing& doing) const {
    if ((verb != "start" && verb != "stop") || !call(verb))
        throw Error(Error::Code::failed, fmt::format("this app has no verb '{}'", verb), rid().text());
    run(verb, doing);
}

void NodeApp::run(std::string_view verb, Doing& doing) const {
    const Argv argv = *call(verb);
    const Mounts mounts = Mounts::read(doing.world.files);
    if (const auto problem = missing(doing.world, mounts, argv, doing.deadline)) {
        if (verb == "stop" && problem->absent())
            return doing.note(LogLine::Level::info, fmt::format("{} is not there: nothing to stop", argv.front()));
        throw Error(Error::Code::failed, problem->reason, argv.front(), "mend `script` in the env file, or put the launcher there");
    }
    auto around = surroundings(doing.world, mounts, std::string(verb), doing.environment, doing.deadline);
    if (!around) throw Error(Error::Code::failed, around.error(), rid().text(), "mend its section in the env file");
    const auto leaves = verb == "start" ? Launch::Leaves::processes : Launch::Leaves::nothing;
    const Launch what{argv, std::move(*around), output_file(home_.logs, home_.service, rid(), verb), leaves};
    doing.changing();
    launch_or_throw(what, doing);
}

}  // namespace svcmgr
