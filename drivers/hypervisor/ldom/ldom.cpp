#include "drivers/hypervisor/ldom/ldom.h"

#include <fmt/format.h>

#include "drivers/hypervisor/ldom/domains.h"

namespace svcmgr::ldom {

namespace {

constexpr const char* ldm_path = "/usr/sbin/ldm";
const Argv list_command = {ldm_path, "list", "-p"};

}  // namespace

Ldom::Ldom(const World& world, const Options& options) : ToolHypervisor(world, list_command), directory_(options.text("constraints")) {}

Capabilities Ldom::capabilities(Deadline deadline) {
    return capabilities_if(ask(list_command, deadline), {Capability::start, Capability::disks, Capability::definition});
}

tools::GuestList Ldom::list(std::span<const Guest>, Deadline deadline) {
    return tools::list_of(ask(list_command, deadline), parse_domains);
}

void Ldom::complete_one(GuestState& state, const Guest& guest, Deadline deadline) {
    const auto answer = ask({ldm_path, "list-variable", "auto-boot?", guest.name}, deadline);
    const auto on = answer ? parse_auto_boot(*answer) : tl::unexpected(answer.error().reason);
    if (!on)
        state.warnings.push_back(fmt::format("whether autostart is on can't be told: {}", on.error()));
    else if (*on)
        state.warnings.push_back("autostart is on (auto-boot?=true): its system boots whenever the domain is started, also by its host");
}

Path Ldom::constraints_file(const Guest& guest) const {
    return fmt::format("{}/{}.xml", directory_, guest.name);
}

std::vector<Path> Ldom::definition_files(const Guest& guest) const {
    return {constraints_file(guest)};
}

void Ldom::define(const Guest& guest, Deadline deadline) {
    if (!world_.files.facts(constraints_file(guest))) return ToolHypervisor::define(guest, deadline);
    tell(guest, {ldm_path, "add-domain", "-i", constraints_file(guest)}, deadline);
}

void Ldom::boot(const Guest& guest, const GuestState& state, Deadline deadline) {
    if (state.reason == "inactive") tell(guest, {ldm_path, "bind", guest.name}, deadline);
    tell(guest, {ldm_path, "start", guest.name}, deadline);
    const auto constraints = ask({ldm_path, "list-constraints", "-x", guest.name}, deadline);
    // What could not be saved now is saved by the next start; the domain runs.
    if (!constraints) return;
    world_.files.make_directories(directory_, 0755);
    world_.files.replace(constraints_file(guest), *constraints, 0644);
}

/// ldm itself can only take the power away: the domain's system is told over ssh.
void Ldom::ask_to_stop(const Guest& guest, const GuestState&, Deadline deadline) {
    const auto outcome = ToolHypervisor::run_inside(guest, {"/usr/sbin/init", "5"}, deadline);
    // The connection may break because the system goes down.
    if (outcome.value != SshOutcome::Value::ran)
        throw Error(Error::Code::unreachable, fmt::format("`ssh {} /usr/sbin/init 5`: {}", guest.hostname, outcome.describe()),
                    where(guest), look_hint());
    if (!outcome.result.ok() && outcome.result.exit_code > 0)
        throw Error(Error::Code::failed, fmt::format("`ssh {} /usr/sbin/init 5`: {}", guest.hostname, outcome.describe()), where(guest),
                    look_hint());
}

void Ldom::take_power(const Guest& guest, const GuestState&, Deadline deadline) {
    tell(guest, {ldm_path, "stop", "-f", guest.name}, deadline);
}

void Ldom::release(const Guest& guest, Deadline deadline) {
    if (look_at(guest, deadline).reason == "bound") tell(guest, {ldm_path, "unbind", guest.name}, deadline);
}

Hypervisor::Disks Ldom::disks(const Guest& guest, Deadline deadline) {
    const Argv services_command = {ldm_path, "list-services", "-p"};
    const auto services = ask(services_command, deadline);
    if (!services) return {{}, services.error().reason};
    const auto volumes = parse_services(*services);
    if (!volumes) return {{}, fmt::format("`{}`: {}", tools::typed(services_command), volumes.error())};
    const Argv disks_command = {ldm_path, "list", "-o", "disk", "-p", guest.name};
    const auto answer = ask(disks_command, deadline);
    if (!answer) return {{}, answer.error().reason};
    auto disks = parse_disks(*answer, *volumes);
    if (!disks) return {{}, fmt::format("`{}`: {}", tools::typed(disks_command), disks.error())};
    return {std::move(*disks), {}};
}

}  // namespace svcmgr::ldom
