#include "tests/conformance/docker_stand.h"

#include <fmt/format.h>

#include "drivers/error.h"
#include "drivers/hypervisor/keywords/docker.h"

namespace svcmgr::conformance {

namespace {

Deadline patience(World world) {
    return Deadline::in(world.clock, std::chrono::seconds(60));
}

Guest labelled(const std::string& name) {
    Guest guest{name, name};
    guest.labels = {{"svcmgr.service", name}, {"svcmgr.rid", "container#1"}};
    return guest;
}

}  // namespace

DockerStand::DockerStand(const Path& module_directory) : node_(module_directory, "docker", docker_node_keywords(), "docker-lab") {
    try {
        lab({"start-daemon"});
    } catch (const Error& problem) {
        throw Skipped{fmt::format("docker can't be started in a lab here: {}", problem.message())};
    }
}

std::string DockerStand::lacks(const std::string& test_case) const {
    static const std::map<std::string, std::string> reasons = {
        {"definition moved to another node", "an env file says all that docker has to know"},
        {"definition files", "an env file says all that docker has to know"},
        {"addresses", "the containers of this kit have no network: unit docker/look_test has those that docker tells"},
    };
    const auto found = reasons.find(test_case);
    return found == reasons.end() ? std::string() : found->second;
}

void DockerStand::restore() {
    lab({"restore"});
    node_.new_driver();
}

void DockerStand::say(const std::string& name, const std::string& keyword, const std::string& value) {
    sections_.at(name)->set(keyword, {value, Place{name + ".env", 1, 1}});
}

/// One that was started and ended: before its first start docker knows nothing of a container.
Guest DockerStand::make(GuestKind kind) {
    constexpr const char* program = R"(sh -c "trap '%s' TERM; touch /tmp/ready; while :; do sleep 1 & wait $!; done")";
    Guest guest = labelled(fmt::format("ct{}", ++made_));
    auto section = std::make_shared<Options>("container#1", Place{guest.name + ".env", 1, 1}, KeywordSet(docker_keywords()));
    sections_[guest.name] = section;
    guest.section = section;
    std::string command = program;
    command.replace(command.find("%s"), 2, kind == GuestKind::deaf ? "" : "exit 0");
    say(guest.name, "image", "lab:1");
    say(guest.name, "command", command);
    say(guest.name, "netns", "none");
    say(guest.name, "run_args", "-m 64m --cpuset-cpus 0");
    say(guest.name, "volume_mounts", lab({"volume", guest.name}) + ":/data");
    driver().start(guest, patience(world()));
    driver().stop(guest, StopMode::force, patience(world()));
    return guest;
}

std::vector<Guest> DockerStand::make_many(int count) {
    std::vector<Guest> guests;
    for (int number = 1; number <= count; ++number) guests.push_back(labelled(fmt::format("many{}", number)));
    lab({"many", std::to_string(count)});
    return guests;
}

}  // namespace svcmgr::conformance
