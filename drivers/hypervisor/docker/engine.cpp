#include "drivers/hypervisor/docker/engine.h"

#include <fmt/format.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "drivers/signals.h"

namespace svcmgr::docker {

namespace {

/// What this driver was written for and what it can do with less.
constexpr ApiVersion newest{1, 47};
constexpr ApiVersion oldest{1, 24};
constexpr Duration longest_restart = std::chrono::seconds(5);
constexpr Duration between_tries = std::chrono::milliseconds(50);
constexpr std::size_t log_limit = 256 << 10;

/// "busybox:1.36" -> busybox, 1.36; a digest is part of the name, as docker has it.
std::pair<std::string, std::string> split_reference(const std::string& reference) {
    if (reference.find('@') != std::string::npos) return {reference, ""};
    const auto colon = reference.rfind(':');
    const auto slash = reference.rfind('/');
    if (colon == std::string::npos || (slash != std::string::npos && colon < slash)) return {reference, "latest"};
    return {reference.substr(0, colon), reference.substr(colon + 1)};
}

std::vector<std::string> auth_header(const std::string& auth) {
    if (auth.empty()) return {};
    return {"X-Registry-Auth: " + auth};
}

}  // namespace

std::string filter(const std::string& name, const std::vector<std::string>& values) {
    return percent_encoded(nlohmann::json{{name, values}}.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

Engine::Engine(const World& world, Path socket) : world_(world), patient_(world.clock, world.signals), http_(std::move(socket)) {}

/// Looks end at once when a signal comes; what changes something is waited for a while longer.
const Signals& Engine::ears(const std::string& method) const {
    return method == "GET" ? world_.signals : static_cast<const Signals&>(patient_);
}

Error Engine::error_of(const HttpProblem& problem, Duration given) const {
    using enum HttpProblem::Kind;
    const std::string& socket = http_.socket();
    switch (problem.kind) {
        case not_running:
            return {Error::Code::unreachable, "docker is not running", socket,
                    "start it with: systemctl start docker; where it listens on another socket, say so in [docker] of node.conf"};
        case not_allowed: return {Error::Code::unreachable, "docker's socket can't be used by this user", socket, "use sudo"};
        case timed_out:
            return {Error::Code::timed_out, fmt::format("docker did not answer within {}", to_text(given)), socket,
                    "docker may still do what it was told; look with: docker ps --all"};
        case interrupted: return {Error::Code::interrupted, "stopped by a signal before docker answered", socket};
        case too_long:
        case unwanted: return {Error::Code::failed, fmt::format("docker's answer can't be read: {}", problem.text), socket};
        case broken: break;
    }
    return {Error::Code::unreachable, fmt::format("docker did not answer in a usable way: {}", problem.text), socket,
            "see its log: journalctl -u docker"};
}

HttpAnswer Engine::send(const HttpRequest& request, Deadline deadline) {
    const Duration given = deadline.remaining(world_.clock);
    auto answer = http_.ask(request, world_.clock, ears(request.method), deadline);
    if (answer) return std::move(*answer);
    if (answer.error().kind == HttpProblem::Kind::broken || answer.error().kind == HttpProblem::Kind::not_running) {
        // Whoever answers next may be another docker.
        const std::lock_guard lock(mutex_);
        version_.clear();
    }
    throw error_of(answer.error(), given);
}

/// The newest that both sides speak; asked once for each docker.
std::string Engine::version(Deadline deadline) {
    {
        const std::lock_guard lock(mutex_);
        if (!version_.empty()) return version_;
    }
    const HttpAnswer answer = send({.target = "/_ping", .limit = 4096}, deadline);
    const auto theirs = read_version(answer.api_version);
    if (!is_good(answer) || !theirs)
        throw Error(Error::Code::unreachable, "what listens there is no docker, or one that is not ready", http_.socket(),
                    "see its log: journalctl -u docker");
    if (*theirs < oldest)
        throw Error(Error::Code::unreachable,
                    fmt::format("this docker is too old: its API is {}, and at least {} is needed", theirs->text(), oldest.text()),
                    http_.socket(), "install docker 1.12 or newer");
    const std::lock_guard lock(mutex_);
    version_ = "/v" + std::min(newest, *theirs).text();
    return version_;
}

HttpAnswer Engine::ask(const Call& call, Deadline deadline) {
    const std::string prefix = version(deadline);
    return send({call.method, prefix + call.path, call.body, call.headers, call.limit, call.sink}, deadline);
}

void Engine::refuse(const Call& call, const HttpAnswer& answer) const {
    throw Error(Error::Code::failed, fmt::format("docker says: {}", read_message(answer.body)),
                fmt::format("{} {} ({})", call.method, call.path.substr(0, call.path.find('?')), answer.status),
                "docker's log may say more: journalctl -u docker");
}

HttpAnswer Engine::have_done(const Call& call, Deadline deadline) {
    HttpAnswer answer = ask(call, deadline);
    if (!is_good(answer)) refuse(call, answer);
    return answer;
}

std::optional<HttpAnswer> Engine::find(const std::string& path, Deadline deadline) {
    const Call call{.path = path};
    HttpAnswer answer = ask(call, deadline);
    if (answer.status == 404) return std::nullopt;
    if (!is_good(answer)) refuse(call, answer);
    return answer;
}

bool Engine::answers(Deadline deadline) {
    try {
        version(deadline);
        return is_good(send({.target = "/_ping", .limit = 4096}, deadline));
    } catch (const Error&) {
        return false;
    }
}

EngineInfo Engine::info(Deadline deadline) {
    const Call call{.path = "/info"};
    const HttpAnswer answer = have_done(call, deadline);
    return must_read(read_info(answer.body));
}

std::vector<ListedContainer> Engine::list(const std::vector<std::string>& labels, Deadline deadline) {
    Call call{.path = "/containers/json?all=1"};
    if (!labels.empty()) call.path += "&filters=" + filter("label", labels);
    const HttpAnswer answer = have_done(call, deadline);
    return must_read(read_containers(answer.body));
}

std::vector<ListedContainer> Engine::list_named(const std::vector<std::string>& names, Deadline deadline) {
    constexpr std::size_t most_in_a_query = 50;
    Call call{.path = "/containers/json?all=1"};
    if (names.size() <= most_in_a_query) call.path += "&filters=" + filter("name", names);
    const HttpAnswer answer = have_done(call, deadline);
    auto containers = must_read(read_containers(answer.body));
    // docker's filter is a pattern that may stand anywhere in a name.
    std::erase_if(containers, [&](const ListedContainer& container) {
        return std::ranges::none_of(container.names,
                                    [&](const std::string& name) { return std::ranges::find(names, name) != names.end(); });
    });
    return containers;
}

std::optional<InspectedContainer> Engine::inspect(const std::string& id, Deadline deadline) {
    const auto answer = find(fmt::format("/containers/{}/json", percent_encoded(id)), deadline);
    if (!answer) return std::nullopt;
    return must_read(read_container(answer->body));
}

std::string Engine::logs(const InspectedContainer& container, const LogRange& range, Deadline deadline) {
    OutputFrames frames(container.tty ? OutputFrames::Shape::plain : OutputFrames::Shape::frames, log_limit);
    std::string body;
    bool readable = true;
    Call call{
        .path = fmt::format("/containers/{}/logs?stdout=1&stderr=1&tail={}&timestamps={}", container.id, range.lines, range.times ? 1 : 0)};
    if (!range.since.empty()) call.path += "&since=" + percent_encoded(range.since);
    call.sink = [&](std::string_view bytes) {
        if (body.size() < 4096) body.append(bytes.substr(0, 4096));
        readable = readable && frames.take(bytes);
        return !frames.truncated;
    };
    HttpAnswer answer;
    try {
        answer = ask(call, deadline);
    } catch (const Error&) {
        if (!readable || !frames.truncated) throw;
        return std::move(frames.all);
    }
    answer.body = body;
    if (!is_good(answer)) refuse(call, answer);
    if (!readable)
        throw Error(Error::Code::unreachable, "the container's output can't be read: it is in no form that docker has", http_.socket());
    return std::move(frames.all);
}

std::optional<std::string> Engine::image(const std::string& reference, Deadline deadline) {
    const auto answer = find(fmt::format("/images/{}/json", percent_encoded(reference)), deadline);
    if (!answer) return std::nullopt;
    return must_read(read_id(answer->body));
}

std::optional<std::string> Engine::missing_in_registry(const std::string& reference, const std::string& auth, Deadline deadline) {
    const Call call{.path = fmt::format("/distribution/{}/json", percent_encoded(reference)), .headers = auth_header(auth)};
    const HttpAnswer answer = ask(call, deadline);
    if (is_good(answer)) return std::nullopt;
    return read_message(answer.body);
}

void Engine::pull(const std::string& reference, const std::string& auth, const std::function<void(const std::string&)>& tell,
                  Deadline deadline) {
    const auto [name, tag] = split_reference(reference);
    PullProgress progress(tell);
    Call call{.method = "POST",
              .path = fmt::format("/images/create?fromImage={}&tag={}", percent_encoded(name), percent_encoded(tag)),
              .headers = auth_header(auth)};
    call.sink = [&](std::string_view bytes) {
        progress.take(bytes);
        return true;
    };
    const HttpAnswer answer = ask(call, deadline);
    progress.end();
    if (is_good(answer) && progress.problem().empty()) return;
    throw Error(Error::Code::failed,
                fmt::format("the image {} can't be loaded: {}", reference,
                            progress.problem().empty() ? "docker gave no reason" : progress.problem()),
                "", fmt::format("try it with: docker pull {}", reference));
}

std::string Engine::create(const std::string& name, const std::string& body, Deadline deadline) {
    const Call call{.method = "POST", .path = "/containers/create?name=" + percent_encoded(name), .body = body};
    const HttpAnswer answer = have_done(call, deadline);
    return must_read(read_id(answer.body));
}

void Engine::start(const std::string& id, Deadline deadline) {
    const Call call{.method = "POST", .path = fmt::format("/containers/{}/start", id)};
    const HttpAnswer answer = ask(call, deadline);
    if (answer.status == 304) throw Error(Error::Code::failed, "it runs already", id.substr(0, 12));
    if (!is_good(answer)) refuse(call, answer);
}

void Engine::kill(const std::string& id, const std::string& signal, Deadline deadline) {
    const Call call{.method = "POST", .path = fmt::format("/containers/{}/kill?signal={}", id, percent_encoded(signal))};
    const HttpAnswer answer = ask(call, deadline);
    if (answer.status == 404 || answer.status == 409) return;
    if (!is_good(answer)) refuse(call, answer);
}

void Engine::stop_now(const std::string& id, Deadline deadline) {
    kill(id, "SIGKILL", deadline);
    const Call call{.method = "POST", .path = fmt::format("/containers/{}/stop?t=0", id)};
    const HttpAnswer answer = ask(call, deadline);
    if (answer.status == 304 || answer.status == 404) return;
    if (!is_good(answer)) refuse(call, answer);
}

void Engine::never_restart(const std::string& id, Deadline deadline) {
    const Call call{.method = "POST", .path = fmt::format("/containers/{}/update", id), .body = R"({"RestartPolicy":{"Name":"no"}})"};
    have_done(call, deadline);
}

void Engine::remove(const std::string& id, Deadline deadline) {
    remove_by({.method = "DELETE", .path = fmt::format("/containers/{}", id)}, deadline);
}

void Engine::remove_with_volumes(const std::string& id, Deadline deadline) {
    remove_by({.method = "DELETE", .path = fmt::format("/containers/{}?v=1", id)}, deadline);
}

void Engine::remove_by(const Call& call, Deadline deadline) {
    const HttpAnswer answer = ask(call, deadline);
    if (answer.status == 404) return;
    if (!is_good(answer)) refuse(call, answer);
}

std::optional<ListedVolume> Engine::volume(const std::string& name, Deadline deadline) {
    const auto answer = find(fmt::format("/volumes/{}", percent_encoded(name)), deadline);
    if (!answer) return std::nullopt;
    return must_read(read_volume(answer->body));
}

Engine::ExecResult Engine::run(const std::string& id, const std::vector<std::string>& argv, std::size_t limit, Deadline deadline) {
    const nlohmann::json wanted = {{"AttachStdout", true}, {"AttachStderr", true}, {"Cmd", argv}};
    const Call create{.method = "POST",
                      .path = fmt::format("/containers/{}/exec", id),
                      .body = wanted.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)};
    const HttpAnswer created = have_done(create, deadline);
    const std::string exec = must_read(read_id(created.body));

    ExecResult result{OutputFrames(OutputFrames::Shape::frames, limit), std::nullopt};
    std::string body;
    bool readable = true;
    Call start{.method = "POST", .path = fmt::format("/exec/{}/start", exec), .body = R"({"Detach":false,"Tty":false})"};
    start.sink = [&](std::string_view bytes) {
        if (body.size() < 4096) body.append(bytes.substr(0, 4096));
        readable = readable && result.output.take(bytes);
        return true;
    };
    HttpAnswer answer = ask(start, deadline);
    answer.body = body;
    if (!is_good(answer)) refuse(start, answer);
    if (!readable)
        throw Error(Error::Code::unreachable, "the command's output can't be read: it is in no form that docker has", http_.socket());

    const Call inspect{.path = fmt::format("/exec/{}/json", exec)};
    const HttpAnswer inspected = have_done(inspect, deadline);
    const ExecState state = must_read(read_exec(inspected.body));
    if (!state.running) result.exit_code = state.exit_code;
    return result;
}

void Engine::change(Deadline deadline, const std::function<void(bool again)>& work) {
    try {
        return work(false);
    } catch (const Error& error) {
        if (error.code() != Error::Code::unreachable) throw;
        const Deadline patience = deadline.at_most(world_.clock, longest_restart);
        while (!answers(patience)) {
            if (patience.passed(world_.clock) || patient_.pending() != 0) throw;
            world_.clock.sleep_until(world_.clock.now() + between_tries);
        }
    }
    work(true);
}

}  // namespace svcmgr::docker
