#include "drivers/hypervisor/jail/jail.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "drivers/hypervisor/jail/jails.h"

namespace svcmgr::jail {

namespace {

const Argv list_command = {"jls", "-n"};

Path root_of(const Guest& guest) {
    return guest.section == nullptr ? Path() : guest.section->text("jailroot");
}

void add_addresses(Argv& argv, const std::string& parameter, const std::vector<std::string>& addresses) {
    if (!addresses.empty()) argv.push_back(fmt::format("{}={}", parameter, fmt::join(addresses, ",")));
}

}  // namespace

Jail::Jail(const World& world) : ToolHypervisor(world, list_command) {}

Capabilities Jail::capabilities(Deadline deadline) {
    return capabilities_if(ask(list_command, deadline), {Capability::start, Capability::run_inside});
}

tools::GuestList Jail::list(std::span<const Guest> guests, Deadline deadline) {
    tools::GuestList found = tools::list_of(ask(list_command, deadline), parse_jails);
    if (!found.problem().empty()) return found;
    for (const Guest& guest : guests) {
        const Path root = root_of(guest);
        if (found.find(guest.name) != nullptr || root.empty() || !world_.files.facts(root)) continue;
        GuestState down;
        down.value = GuestState::Value::stopped;
        down.reason = "not running";
        found.add(guest.name, std::move(down));
    }
    return found;
}

/// A kernel without resource limits (kern.racct.enable=0) says so, and limits nothing: no size, and nothing wrong.
void Jail::complete_one(GuestState& state, const Guest& guest, Deadline deadline) {
    if (!state.exists_here()) return;
    if (const auto processors = ask({"cpuset", "-g", "-j", guest.name}, deadline)) state.vcpus = parse_processors(*processors).value_or(0);
    if (const auto rules = ask({"rctl", "jail:" + guest.name}, deadline)) state.memory_kib = parse_memory_limit(*rules, guest.name);
}

void Jail::boot(const Guest& guest, const GuestState&, Deadline deadline) {
    Argv argv = {"jail", "-c", "name=" + guest.name, "path=" + root_of(guest), "host.hostname=" + guest.hostname};
    add_addresses(argv, "ip4.addr", guest.section->list("ips"));
    add_addresses(argv, "ip6.addr", guest.section->list("ip6s"));
    argv.insert(argv.end(), {"command=/bin/sh", "/etc/rc"});
    tell(guest, argv, deadline);
}

void Jail::ask_to_stop(const Guest& guest, const GuestState&, Deadline deadline) {
    tell(guest, {"jail", "-r", guest.name}, deadline);
}

/// Without the commands that a jail's configuration has for its end.
void Jail::take_power(const Guest& guest, const GuestState&, Deadline deadline) {
    tell(guest, {"jail", "-R", guest.name}, deadline);
}

SshOutcome Jail::run_inside(const Guest& guest, const Argv& argv, Deadline deadline) {
    Argv words = {"jexec", guest.name};
    words.insert(words.end(), argv.begin(), argv.end());
    return inside(words, deadline);
}

Hypervisor::Disks Jail::disks(const Guest&, Deadline) {
    return {{}, "a jail has a directory of its host, and no disks"};
}

std::vector<Path> Jail::definition_files(const Guest&) const {
    return {};
}

}  // namespace svcmgr::jail
