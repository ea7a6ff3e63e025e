// Starting and stopping containers, and running commands in them.

#include <fmt/format.h>

#include <algorithm>

#include "drivers/hypervisor/docker/docker.h"
#include "drivers/hypervisor/docker/registry.h"

namespace svcmgr::docker {

namespace {

constexpr std::size_t output_limit = 4 << 20;

std::string place_of(const Guest& guest) {
    return "container " + guest.name;
}

Error runs_already(const Guest& guest, const ListedContainer& container) {
    return {Error::Code::failed, fmt::format("{} is {} already ({})", guest.name, container.state, short_id(container.id)), place_of(guest),
            "look with: docker ps"};
}

SshOutcome outcome(SshOutcome::Value value, std::string reason) {
    return {value, std::move(reason), {}};
}

}  // namespace

void DockerHypervisor::prepare(const Guest& guest, const Tell& tell, Deadline deadline) {
    const Creation creation = creation_of(guest, world_.files);
    engine_.pull(creation.image, auth_for(creation.image), tell, deadline);
}

void DockerHypervisor::start(const Guest& guest, Deadline deadline) {
    Creation creation = creation_of(guest, world_.files);
    if (auto problem = missing_paths(creation, guest, world_.files, {})) throw *problem;
    try {
        const nlohmann::json body = creation.body;
        engine_.change(deadline, [&](bool again) {
            creation.body = body;
            start_made(guest, creation, again, deadline);
        });
    } catch (const Error& error) {
        throw creation.secrets.hidden_in(error);
    }
}

/// `again`: an earlier try was cut off, and what is found may be its doing.
void DockerHypervisor::start_made(const Guest& guest, Creation& creation, bool again, Deadline deadline) {
    const Found found = ours(deadline);
    const auto candidates = found.of(guest);
    const bool is_there = !candidates.empty();
    if (is_there && exists(*candidates.front())) {
        if (again && candidates.front()->state == "running") return;
        throw runs_already(guest, *candidates.front());
    }
    if (again && is_there && guest.runs_once && candidates.front()->state == "exited") return;
    if (candidates.size() > 1)
        throw Error(Error::Code::failed, fmt::format("{} containers have the labels of {}", candidates.size(), guest.name), place_of(guest),
                    "remove those that are not needed: docker rm " + short_id(candidates.back()->id));
    const auto image = engine_.image(creation.image, deadline);
    if (!image)
        throw Error(Error::Code::failed, fmt::format("{} can't be started: the image {} is not on this node", guest.name, creation.image),
                    place_of(guest), fmt::format("load it with: docker pull {}", creation.image));
    join_namespaces(guest, creation, found);
    if (is_there && can_be_kept(*candidates.front(), guest, creation, *image, deadline)) {
        engine_.never_restart(candidates.front()->id, deadline);
        try {
            return engine_.start(candidates.front()->id, deadline);
        } catch (const Error& error) {
            throw Error(error.code(), fmt::format("{} can't be started: {}", guest.name, error.message()), error.where(), error.hint());
        }
    }
    if (is_there) engine_.remove(candidates.front()->id, deadline);
    make_and_start(guest, creation, deadline);
}

void DockerHypervisor::join_namespaces(const Guest& guest, Creation& creation, const Found& found) const {
    for (const std::string& rid : creation.rids) {
        const ListedContainer* other = found.sibling(guest, rid);
        if (other == nullptr || other->state != "running")
            throw Error(Error::Code::failed,
                        fmt::format("{} can't be started: {}, whose namespace it shares, does not run", guest.name, rid), place_of(guest),
                        fmt::format("start {} first; one whose rid comes before it in the order is", rid));
        for (const char* name : {"NetworkMode", "PidMode", "IpcMode"}) {
            auto& host = creation.body["HostConfig"];
            const std::string word(container_word);
            if (host.contains(name) && host[name] == word + rid) host[name] = word + other->id;
        }
    }
}

bool DockerHypervisor::can_be_kept(const ListedContainer& container, const Guest& guest, const Creation& creation, const std::string& image,
                                   Deadline deadline) {
    const bool shares_network = creation.body["HostConfig"].value("NetworkMode", "").starts_with(container_word);
    return !guest.runs_once && container.state != "dead" && container.image_id == image &&
           !Difference{creation.configuration, creation.image}.in(container) &&
           (!shares_network || container.network == creation.body["HostConfig"]["NetworkMode"]) &&
           (creation.rids.empty() || shares_network) && networks_.connects(container.id, guest, deadline);
}

/// One that was made and does not start is removed again: it says nothing that the error does not say.
void DockerHypervisor::make_and_start(const Guest& guest, const Creation& creation, Deadline deadline) {
    const std::string where = place_of(guest);
    if (const auto problem = name_taken(creation, deadline)) throw Error(Error::Code::failed, problem->message(), where, problem->hint());
    std::string id;
    try {
        id = engine_.create(creation.name, creation.body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), deadline);
        for (std::size_t i = 1; i < guest.networks.size(); ++i) networks_.connect(guest, guest.networks[i], deadline);
        engine_.start(id, deadline);
    } catch (const Error& error) {
        if (error.code() != Error::Code::failed) throw;
        if (!id.empty()) engine_.remove(id, deadline);
        throw Error(error.code(), fmt::format("{} can't be started: {}", guest.name, error.message()), guest.section->place().to_string(),
                    "correct its section; `docker run` with the same words fails in the same way");
    }
}

void DockerHypervisor::stop(const Guest& guest, StopMode mode, Deadline deadline) {
    engine_.change(deadline, [&](bool) {
        const Found found = ours(deadline);
        for (const ListedContainer* container : found.of(guest)) {
            if (mode == StopMode::force) {
                if (exists(*container)) engine_.stop_now(container->id, deadline);
                if (guest.runs_once) engine_.remove(container->id, deadline);
            } else if (exists(*container)) {
                const auto inspected = engine_.inspect(container->id, deadline);
                if (inspected) engine_.kill(container->id, inspected->stop_signal.empty() ? "SIGTERM" : inspected->stop_signal, deadline);
            }
        }
    });
}

tl::expected<Path, std::string> DockerHypervisor::network_namespace(const Guest& guest, Deadline deadline) {
    try {
        const Found found = ours(deadline);
        const auto candidates = found.of(guest);
        const auto inspected = candidates.empty() ? std::nullopt : engine_.inspect(candidates.front()->id, deadline);
        if (!inspected || inspected->pid <= 0) return tl::unexpected(fmt::format("{} does not run", guest.name));
        return fmt::format("/proc/{}/ns/net", inspected->pid);
    } catch (const Error& problem) {
        return tl::unexpected(problem.message());
    }
}

SshOutcome DockerHypervisor::run_inside(const Guest& guest, const Argv& argv, Deadline deadline) {
    const Duration given = deadline.remaining(world_.clock);
    try {
        const Found found = ours(deadline);
        const auto candidates = found.of(guest);
        if (candidates.empty() || candidates.front()->state != "running")
            return outcome(SshOutcome::Value::unreachable,
                           fmt::format("{} does not run: {}", guest.name,
                                       candidates.empty() ? "docker has no container of it" : candidates.front()->state));
        Engine::ExecResult run = engine_.run(candidates.front()->id, argv, output_limit, deadline);
        if (!run.exit_code)
            return outcome(SshOutcome::Value::timed_out,
                           fmt::format("{} still runs in {} after {}", argv.front(), guest.name, to_text(given)));
        SshOutcome ran{SshOutcome::Value::ran, {}, {}};
        ran.result.exit_code = *run.exit_code;
        ran.result.out = std::move(run.output.out);
        ran.result.err = std::move(run.output.err);
        ran.result.truncated = run.output.truncated;
        return ran;
    } catch (const Error& problem) {
        const auto value = problem.code() == Error::Code::timed_out     ? SshOutcome::Value::timed_out
                           : problem.code() == Error::Code::interrupted ? SshOutcome::Value::interrupted
                                                                        : SshOutcome::Value::unreachable;
        return outcome(value, problem.message());
    }
}

}  // namespace svcmgr::docker
