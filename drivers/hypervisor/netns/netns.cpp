#include "drivers/hypervisor/netns/netns.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "drivers/hypervisor/keywords/netns.h"
#include "drivers/hypervisor/netns/namespaces.h"
#include "drivers/network/namespace_view.h"
#include "drivers/process/processes.h"

namespace svcmgr::netns {

namespace {

const Argv list_command = {"ip", "netns", "list"};
constexpr const char* settings_directory = "/proc/sys/";

Path path_of(const Guest& guest) {
    return "/run/netns/" + guest.name;
}

}  // namespace

Netns::Netns(const World& world) : ToolHypervisor(world, list_command) {}

Capabilities Netns::capabilities(Deadline deadline) {
    return capabilities_if(ask(list_command, deadline), {Capability::start, Capability::run_inside});
}

tools::GuestList Netns::list(std::span<const Guest> guests, Deadline deadline) {
    tools::GuestList found = tools::list_of(ask(list_command, deadline), parse_namespaces);
    if (!found.problem().empty()) return found;
    for (const Guest& guest : guests) {
        if (found.find(guest.name) != nullptr || guest.section == nullptr) continue;
        GuestState down;
        down.value = GuestState::Value::stopped;
        down.reason = "not there";
        found.add(guest.name, std::move(down));
    }
    return found;
}

std::map<std::string, std::string> Netns::settings_of(const Guest& guest) const {
    if (guest.section == nullptr) return {};
    auto settings = netns_settings(*guest.section);
    // A kernel without IPv6 forwards none.
    if (!world_.files.facts("/proc/sys/net/ipv6"))
        std::erase_if(settings, [](const auto& setting) { return setting.first.starts_with("net/ipv6/"); });
    return settings;
}

void Netns::complete_one(GuestState& state, const Guest& guest, Deadline deadline) {
    if (!state.exists_here()) return;
    const auto settings = settings_of(guest);
    if (settings.empty()) return;
    Argv argv = {"grep", "-H", ""};
    for (const auto& [file, value] : settings) argv.push_back(settings_directory + file);
    const CommandResult result = world_.processes.run(in_network(path_of(guest), argv), deadline);
    const auto values = parse_values(result.out);
    if (values.empty()) {
        state.warnings.push_back(fmt::format("what the kernel is set to in it can't be read: {}", result.describe()));
        return;
    }
    for (const auto& [file, value] : settings) {
        const auto is = values.find(settings_directory + file);
        if (is == values.end())
            state.warnings.push_back(fmt::format("the kernel has no setting {}", file));
        else if (split_words(is->second) != split_words(value))
            state.warnings.push_back(fmt::format("{} is {}, not {}", file, is->second, value));
    }
}

void Netns::boot(const Guest& guest, const GuestState&, Deadline deadline) {
    tell(guest, {"ip", "netns", "add", guest.name}, deadline);
    try {
        tell(guest, {"ip", "-netns", guest.name, "link", "set", "lo", "up"}, deadline);
        for (const auto& [file, value] : settings_of(guest)) set(guest, file, value, deadline);
    } catch (const Error&) {
        world_.processes.run({"ip", "netns", "delete", guest.name}, deadline);
        throw;
    }
}

/// Without a shell: tee writes its stdin into the file as it is seen in the namespace.
void Netns::set(const Guest& guest, const std::string& file, const std::string& value, Deadline deadline) const {
    const CommandResult result =
        world_.processes.run(in_network(path_of(guest), {"tee", settings_directory + file}), deadline, {}, value + "\n");
    if (result.ok()) return;
    throw Error(result.timed_out ? Error::Code::timed_out : Error::Code::failed,
                fmt::format("{} can't be set to {} in {}: {}", file, value, guest.name, result.describe()),
                guest.section->place_of("sysctls").to_string(), "see whether this kernel has it: sysctl -a");
}

std::vector<int> Netns::processes_in(const Guest& guest, Deadline deadline) const {
    const auto answer = ask({"ip", "netns", "pids", guest.name}, deadline);
    const auto processes = answer ? parse_processes(*answer) : tl::unexpected(answer.error().reason);
    if (!processes) throw Error(Error::Code::failed, processes.error(), where(guest), look_hint());
    return *processes;
}

/// One that has ended meanwhile is no failure; whether all have is seen afterwards.
void Netns::signal(const std::string& name, const std::vector<int>& processes, Deadline deadline) const {
    Argv argv = {"kill", "-s", name};
    for (const int pid : processes) argv.push_back(std::to_string(pid));
    world_.processes.run(argv, deadline);
}

void Netns::ask_to_stop(const Guest& guest, const GuestState&, Deadline deadline) {
    const std::vector<int> processes = processes_in(guest, deadline);
    if (processes.empty()) return tell(guest, {"ip", "netns", "delete", guest.name}, deadline);
    signal("TERM", processes, deadline);
}

void Netns::take_power(const Guest& guest, const GuestState&, Deadline deadline) {
    if (const std::vector<int> processes = processes_in(guest, deadline); !processes.empty()) signal("KILL", processes, deadline);
    tell(guest, {"ip", "netns", "delete", guest.name}, deadline);
}

SshOutcome Netns::run_inside(const Guest& guest, const Argv& argv, Deadline deadline) {
    Argv words = {"ip", "netns", "exec", guest.name};
    words.insert(words.end(), argv.begin(), argv.end());
    return inside(words, deadline);
}

Hypervisor::Disks Netns::disks(const Guest&, Deadline) {
    return {{}, "a network namespace has no disks"};
}

tl::expected<Path, std::string> Netns::network_namespace(const Guest& guest, Deadline deadline) {
    const GuestState state = look_at(guest, deadline);
    if (!state.exists_here()) return tl::unexpected(fmt::format("{} is {}", guest.name, state.describe()));
    return path_of(guest);
}

std::vector<Path> Netns::definition_files(const Guest&) const {
    return {};
}

}  // namespace svcmgr::netns
