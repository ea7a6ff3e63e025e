// Looking at containers.

#include <fmt/format.h>

#include <algorithm>

#include "drivers/hypervisor/docker/docker.h"
#include "drivers/hypervisor/docker/registry.h"

namespace svcmgr::docker {

namespace {

/// As many as one service has: beyond that a look is one of many services, and details would cost more than they tell.
constexpr std::size_t most_closer_looks = 16;
constexpr std::size_t last_words = 5;
/// As much of a container's output as is read at once; what is longer may end within a line.
constexpr std::size_t whole_answer = 256 << 10;
constexpr std::size_t most_lines = 1'000'000;
/// Before all that a container may have written.
constexpr const char* beginning = "1970-01-01T00:00:01Z";

GuestState unknown(const std::string& reason) {
    GuestState state;
    state.reason = reason;
    return state;
}

/// Nothing when it can't be known.
std::optional<Secrets> secrets_of(const Guest& guest, const Files& files) {
    if (!guest.section) return Secrets{};
    try {
        return creation_of(guest, files).secrets;
    } catch (const Error&) {
        return std::nullopt;
    }
}

/// Without a line whose end has not come.
std::string whole_lines(std::string text) {
    const auto newline = text.rfind('\n');
    if (text.size() >= whole_answer && newline != std::string::npos) text.resize(newline + 1);
    return text;
}

}  // namespace

DockerHypervisor::DockerHypervisor(const World& world, Path socket, Path registry_file)
    : world_(world), engine_(world, std::move(socket)), registry_file_(std::move(registry_file)) {}

Capabilities DockerHypervisor::capabilities(Deadline deadline) {
    try {
        const EngineInfo info = engine_.info(deadline);
        if (info.os_type != "linux") return {{}, fmt::format("this docker runs containers of {}, not of Linux", info.os_type)};
        return {{Capability::start, Capability::run_inside, Capability::definition, Capability::output}, {}};
    } catch (const Error& problem) {
        return {{}, problem.message()};
    }
}

Found DockerHypervisor::ours(Deadline deadline) {
    return Found(engine_.list({service_label}, deadline));
}

std::int64_t DockerHypervisor::booted() {
    const std::lock_guard lock(mutex_);
    if (!booted_) booted_ = boot_time(world_.files.read("/proc/stat").value_or(""));
    return *booted_;
}

std::vector<GuestState> DockerHypervisor::look(std::span<const Guest> guests, Deadline deadline) {
    if (guests.empty()) return {};
    try {
        return look_at(guests, deadline);
    } catch (const Error& problem) {
        return std::vector<GuestState>(guests.size(), unknown(problem.message()));
    }
}

std::vector<GuestState> DockerHypervisor::look_at(std::span<const Guest> guests, Deadline deadline) {
    const Found found = ours(deadline);
    std::vector<GuestState> states;
    for (const Guest& guest : guests) {
        const auto candidates = found.of(guest);
        std::optional<Creation> creation;
        std::string problem;
        try {
            if (guest.section) creation = creation_of(guest, world_.files);
        } catch (const Error& error) {
            problem = error.what();
        }
        std::optional<Difference> difference;
        if (creation) difference = Difference{creation->configuration, creation->image};
        GuestState state = state_of(guest, candidates, difference, booted());
        if (!problem.empty()) state.warnings.push_back(problem);
        if (guests.size() <= most_closer_looks && !candidates.empty()) {
            look_closer(guest, *candidates.front(), state, deadline);
            if (creation) {
                state.reason = creation->secrets.hidden_in(state.reason);
                for (auto* lines : {&state.notes, &state.warnings})
                    for (std::string& line : *lines) line = creation->secrets.hidden_in(line);
            }
        }
        states.push_back(std::move(state));
    }
    note_names(guests, states, deadline);
    return states;
}

/// What is known without is worth more than the details.
void DockerHypervisor::look_closer(const Guest& guest, const ListedContainer& container, GuestState& state, Deadline deadline) {
    try {
        auto inspected = engine_.inspect(container.id, deadline);
        if (!inspected) return;
        const bool has_ended = inspected->state == "exited" && state.value != GuestState::Value::completed;
        const bool has_said = has_ended || !inspected->health_said.empty();
        const std::optional<Secrets> secrets = has_said ? secrets_of(guest, world_.files) : std::nullopt;
        inspected->health_said = secrets ? secrets->hidden_in(inspected->health_said) : std::string();
        add_details(state, *inspected);
        if (!has_ended || !secrets) return;
        const std::string said = secrets->hidden_in(whole_lines(engine_.logs(*inspected, {last_words}, deadline)));
        for (const std::string& line : last_lines(said, last_words)) state.notes.push_back("said: " + line);
    } catch (const Error& problem) {
        state.warnings.push_back(fmt::format("docker told no more of {}: {}", guest.name, problem.message()));
    }
}

/// A container that has the name of a guest and not its labels is somebody else's, whatever it runs.
void DockerHypervisor::note_names(std::span<const Guest> guests, std::vector<GuestState>& states, Deadline deadline) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < guests.size(); ++i)
        if (states[i].value == GuestState::Value::absent) names.push_back(guests[i].name);
    if (names.empty()) return;
    for (const ListedContainer& container : engine_.list_named(names, deadline))
        for (std::size_t i = 0; i < guests.size(); ++i)
            if (states[i].value == GuestState::Value::absent && std::ranges::find(container.names, guests[i].name) != container.names.end())
                states[i].warnings.push_back(fmt::format("a container with the name {} is there and is not this service's: {} ({})",
                                                         guests[i].name, short_id(container.id), container.state));
}

std::optional<Error> DockerHypervisor::name_taken(const Creation& creation, Deadline deadline) {
    for (const ListedContainer& container : engine_.list_named({creation.name}, deadline)) {
        const auto owner = container.labels.find(service_label);
        const std::string whose =
            owner == container.labels.end() ? "which has no labels of svcmgr" : fmt::format("of the service {}", owner->second);
        return Error(
            Error::Code::refused, fmt::format("the name {} is taken by the container {}, {}", creation.name, short_id(container.id), whose),
            "",
            fmt::format("look at it with `docker inspect {}`; when nobody needs it, remove it with `docker rm`, or give this one another "
                        "`name`",
                        short_id(container.id)));
    }
    return std::nullopt;
}

std::string DockerHypervisor::auth_for(const std::string& image) const {
    const auto text = world_.files.read(registry_file_);
    return text ? registry_auth(*text, image) : std::string();
}

StartOutlook DockerHypervisor::outlook(const Guest& guest, Deadline deadline) {
    try {
        const Creation creation = creation_of(guest, world_.files);
        if (auto problem = missing_paths(creation, guest, world_.files, guest.mount_points)) return {std::move(problem), {}};
        const Found found = ours(deadline);
        const auto candidates = found.of(guest);
        if (candidates.size() > 1)
            return {Error(Error::Code::refused, fmt::format("{} containers have the labels of {}", candidates.size(), guest.name), "",
                          "remove those that are not needed: docker rm " + short_id(candidates.back()->id)),
                    {}};
        if (candidates.empty())
            if (auto problem = name_taken(creation, deadline)) return {std::move(problem), {}};

        const std::string policy = guest.section->text("image_pull_policy");
        const bool is_here = engine_.image(creation.image, deadline).has_value();
        if (is_here && policy != "always") return {};
        if (policy == "never")
            return {Error(Error::Code::refused, fmt::format("the image {} is not on this node", creation.image), "",
                          fmt::format("load it with `docker pull {}` or `docker load`, or set image_pull_policy = once", creation.image)),
                    {}};
        if (auto problem = engine_.missing_in_registry(creation.image, auth_for(creation.image), deadline))
            return {Error(Error::Code::refused,
                          fmt::format("the image {} {}, and its registry does not give it: {}", creation.image,
                                      is_here ? "is to be loaded before every start" : "is not on this node", *problem),
                          "", "check `image`, or load it by hand: docker load"),
                    {}};
        return {std::nullopt,
                fmt::format("the image {} {}", creation.image, is_here ? "is loaded before every start" : "is not on this node")};
    } catch (const Error& problem) {
        return {problem, {}};
    }
}

Hypervisor::Disks DockerHypervisor::disks(const Guest& guest, Deadline) {
    return {{}, fmt::format("{} is a container of docker: it has no disks, its volumes are directories of the node", guest.name)};
}

std::vector<Path> DockerHypervisor::definition_places(const Guest& guest) {
    std::vector<Path> files;
    if (!guest.section) return files;
    const DockerRun run = read_docker_section(*guest.section).run;
    files = run.environment_files;
    for (const auto& [name, file] : run.secrets) files.push_back(file);
    return files;
}

std::vector<Path> DockerHypervisor::definition(const Guest& guest) {
    std::vector<Path> files = definition_places(guest);
    std::erase_if(files, [this](const Path& path) { return !world_.files.facts(path).has_value(); });
    return files;
}

GuestOutput DockerHypervisor::output(const Guest& guest, const OutputRange& range, Deadline deadline) {
    try {
        const Found found = ours(deadline);
        const auto candidates = found.of(guest);
        if (candidates.empty()) return {{}, range.after, fmt::format("docker has no container of {}", guest.name)};
        const auto inspected = engine_.inspect(candidates.front()->id, deadline);
        if (!inspected) return {{}, range.after, fmt::format("the container of {} is gone", guest.name)};
        Secrets secrets;
        try {
            if (guest.section) secrets = creation_of(guest, world_.files).secrets;
        } catch (const Error& problem) {
            return {{}, range.after, fmt::format("what is secret in it can't be known: {}", problem.what())};
        }
        // docker goes through the last lines only, which is cheap; who follows is to lose none, however many there were since.
        const bool follows = !range.after.empty();
        std::string text;
        for (std::size_t lines = follows ? std::max<std::size_t>(range.lines, 100) : std::max<std::size_t>(range.lines, 1);; lines *= 10) {
            text = engine_.logs(*inspected, {lines, query_time(range.after), true}, deadline);
            const bool has_all = text.size() < whole_answer && static_cast<std::size_t>(std::ranges::count(text, '\n')) < lines;
            if (!follows || has_all || lines >= most_lines) break;
        }
        GuestOutput output{{}, follows ? range.after : beginning, {}};
        for (std::string& line : last_lines(secrets.hidden_in(whole_lines(std::move(text))), most_lines)) {
            const std::string time = line.substr(0, line.find(' '));
            if (time <= range.after) continue;
            output.mark = time;
            output.lines.push_back(std::move(line));
        }
        if (!follows && output.lines.size() > range.lines)
            output.lines.erase(output.lines.begin(), output.lines.end() - static_cast<std::ptrdiff_t>(range.lines));
        return output;
    } catch (const Error& problem) {
        return {{}, range.after, problem.message()};
    }
}

}  // namespace svcmgr::docker
