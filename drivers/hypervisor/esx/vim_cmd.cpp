#include "drivers/hypervisor/esx/vim_cmd.h"

#include <fmt/format.h>

#include <algorithm>

#include "drivers/hypervisor/esx/esx.h"

namespace svcmgr::esx {

VimCmd::VimCmd(const World& world, std::string tool) : ToolHypervisor(world, {tool, "vmsvc/getallvms"}), tool_(std::move(tool)) {}

Capabilities VimCmd::capabilities(Deadline deadline) {
    return capabilities_if(all(deadline), {Capability::start, Capability::disks});
}

tools::GuestList VimCmd::list(std::span<const Guest> guests, Deadline deadline) {
    const auto answer = all(deadline);
    if (!answer) return tools::GuestList(answer.error());
    const auto machines = parse_all_machines(*answer);
    if (!machines) return tools::GuestList({Error::Code::unreachable, fmt::format("`{} vmsvc/getallvms`: {}", tool_, machines.error())});
    tools::GuestList list;
    for (const Guest& guest : guests)
        for (const Registered& machine : *machines)
            if (machine.name == guest.name) list.add(guest.name, state_of(machine.id, deadline));
    return list;
}

GuestState VimCmd::state_of(unsigned id, Deadline deadline) const {
    const Argv argv = call("vmsvc/power.getstate", id);
    GuestState unknown;
    const auto answer = ask(argv, deadline);
    if (!answer) {
        unknown.reason = answer.error().reason;
        return unknown;
    }
    const auto state = parse_power_state(*answer);
    if (state) return *state;
    unknown.reason = fmt::format("`{}`: {}", tools::typed(argv), state.error());
    return unknown;
}

Read<Registered> VimCmd::machine_of(const Guest& guest, Deadline deadline) const {
    const auto answer = all(deadline);
    if (!answer) return tl::unexpected(answer.error().reason);
    const auto machines = parse_all_machines(*answer);
    if (!machines) return tl::unexpected(machines.error());
    const auto named = [&](const Registered& machine) { return machine.name == guest.name; };
    if (const auto count = std::ranges::count_if(*machines, named); count != 1)
        return tl::unexpected(fmt::format("{} machines of this host are named {}", count, guest.name));
    return *std::ranges::find_if(*machines, named);
}

void VimCmd::complete_one(GuestState& state, const Guest& guest, Deadline deadline) {
    const auto machine = machine_of(guest, deadline);
    if (!machine) return;
    if (const auto answer = ask(call("vmsvc/get.summary", machine->id), deadline)) {
        const Summary summary = parse_summary(*answer);
        if (summary.processors) state.vcpus = static_cast<int>(std::min<std::uint32_t>(*summary.processors, 4096));
        if (summary.megabytes) state.memory_kib = std::uint64_t(*summary.megabytes) * 1024;
        if (state.exists_here() && !summary.address.empty()) state.addresses.push_back(summary.address);
    }
    const auto answer = ask(call("hostsvc/autostartmanager/get_autostartseq"), deadline);
    const auto started = answer ? parse_autostart(*answer) : tl::unexpected(answer.error().reason);
    if (!started)
        state.warnings.push_back(fmt::format("whether autostart is on can't be told: {}", started.error()));
    else if (started->contains(machine->id))
        state.warnings.push_back("autostart is on: the host starts it by itself; take it out of the host's list of automatic startup");
}

void VimCmd::power(const Guest& guest, const std::string& verb, Deadline deadline) const {
    const auto machine = machine_of(guest, deadline);
    if (!machine) throw Error(Error::Code::failed, machine.error(), where(guest), look_hint());
    try {
        tell(guest, call("vmsvc/power." + verb, machine->id), deadline);
    } catch (const Error& error) {
        // The command has a number, which tells nobody which machine it is.
        throw Error(error.code(), fmt::format("{}: {}", guest.name, error.message()), error.where(), error.hint());
    }
}

void VimCmd::boot(const Guest& guest, const GuestState&, Deadline deadline) {
    power(guest, "on", deadline);
}

void VimCmd::ask_to_stop(const Guest& guest, const GuestState&, Deadline deadline) {
    power(guest, "shutdown", deadline);
}

void VimCmd::take_power(const Guest& guest, const GuestState&, Deadline deadline) {
    power(guest, "off", deadline);
}

Hypervisor::Disks VimCmd::disks(const Guest& guest, Deadline deadline) {
    const auto machine = machine_of(guest, deadline);
    if (!machine) return {{}, machine.error()};
    const auto text = world_.files.read(machine->vmx);
    if (!text) return {{}, fmt::format("{}: {}", machine->vmx, text.error().reason)};
    auto disks = parse_vmx_disks(*text, machine->vmx);
    if (!disks) return {{}, fmt::format("{}: {}", machine->vmx, disks.error())};
    return {std::move(*disks), {}};
}

std::vector<Path> VimCmd::definition_files(const Guest&) const {
    return {};
}

std::unique_ptr<Hypervisor> make_esx(const World& world) {
    constexpr std::string_view directories[] = {"/bin/", "/usr/bin/", "/usr/sbin/"};
    for (const std::string tool : {"vmware-cmd", "vim-cmd", "vmware-vim-cmd"})
        for (const auto directory : directories) {
            if (!world.files.facts(std::string(directory) + tool)) continue;
            if (tool == "vmware-cmd") return std::make_unique<Esx>(world);
            return std::make_unique<VimCmd>(world, tool);
        }
    return std::make_unique<Esx>(world);
}

}  // namespace svcmgr::esx
