#include "drivers/hypervisor/esx/esx.h"

#include <fmt/format.h>

namespace svcmgr::esx {

namespace {

constexpr const char* tool = "vmware-cmd";
const Argv list_command = {tool, "-l"};

}  // namespace

Esx::Esx(const World& world) : ToolHypervisor(world, list_command) {}

Capabilities Esx::capabilities(Deadline deadline) {
    return capabilities_if(ask(list_command, deadline), {Capability::start, Capability::disks});
}

tools::GuestList Esx::list(std::span<const Guest> guests, Deadline deadline) {
    const auto answer = ask(list_command, deadline);
    if (!answer) return tools::GuestList(answer.error());
    const auto paths = parse_registered(*answer);
    if (!paths) return tools::GuestList({Error::Code::unreachable, fmt::format("`vmware-cmd -l`: {}", paths.error())});
    tools::GuestList list;
    for (const Guest& guest : guests)
        for (const Path& vmx : files_of(*paths, guest.name)) list.add(guest.name, state_of(vmx, deadline));
    return list;
}

GuestState Esx::state_of(const Path& vmx, Deadline deadline) const {
    const Argv argv = {tool, vmx, "getstate"};
    GuestState unknown;
    const auto answer = ask(argv, deadline);
    if (answer) {
        const auto state = parse_state(*answer);
        if (state) return *state;
        unknown.reason = fmt::format("`{}`: {}", tools::typed(argv), state.error());
    } else {
        unknown.reason = answer.error().reason;
    }
    return unknown;
}

Read<std::vector<Path>> Esx::registered(Deadline deadline) const {
    const auto answer = ask(list_command, deadline);
    if (!answer) return tl::unexpected(answer.error().reason);
    return parse_registered(*answer);
}

Read<Path> Esx::file_of(const Guest& guest, Deadline deadline) const {
    const auto paths = registered(deadline);
    if (!paths) return tl::unexpected(paths.error());
    const auto files = files_of(*paths, guest.name);
    if (files.size() == 1) return files.front();
    return tl::unexpected(fmt::format("{} machines of this host have a file {}.vmx", files.size(), guest.name));
}

void Esx::complete_one(GuestState& state, const Guest& guest, Deadline deadline) {
    const auto vmx = file_of(guest, deadline);
    if (!vmx) return;
    const auto number = [&](const std::string& key) -> Read<std::uint32_t> {
        const auto answer = ask({tool, *vmx, "getconfig", key}, deadline);
        if (!answer) return tl::unexpected(answer.error().reason);
        return parse_config_number(*answer, key);
    };
    if (const auto vcpus = number("numvcpus")) state.vcpus = static_cast<int>(std::min<std::uint32_t>(*vcpus, 4096));
    if (const auto megabytes = number("memsize")) state.memory_kib = std::uint64_t(*megabytes) * 1024;
    if (!state.exists_here()) return;
    const auto said = ask({tool, *vmx, "getguestinfo", "ip"}, deadline);
    if (auto address = said ? parse_guest_address(*said) : std::string(); !address.empty()) state.addresses.push_back(std::move(address));
}

void Esx::vmware_cmd(const Guest& guest, const Argv& words, Deadline deadline) const {
    const auto vmx = file_of(guest, deadline);
    if (!vmx) throw Error(Error::Code::failed, vmx.error(), where(guest), look_hint());
    Argv argv = {tool, *vmx};
    argv.insert(argv.end(), words.begin(), words.end());
    tell(guest, argv, deadline);
}

void Esx::boot(const Guest& guest, const GuestState&, Deadline deadline) {
    vmware_cmd(guest, {"start"}, deadline);
}

void Esx::ask_to_stop(const Guest& guest, const GuestState&, Deadline deadline) {
    vmware_cmd(guest, {"stop", "soft"}, deadline);
}

void Esx::take_power(const Guest& guest, const GuestState&, Deadline deadline) {
    vmware_cmd(guest, {"stop", "hard"}, deadline);
}

Hypervisor::Disks Esx::disks(const Guest& guest, Deadline deadline) {
    const auto vmx = file_of(guest, deadline);
    if (!vmx) return {{}, vmx.error()};
    const auto text = world_.files.read(*vmx);
    if (!text) return {{}, fmt::format("{}: {}", *vmx, text.error().reason)};
    auto disks = parse_vmx_disks(*text, *vmx);
    if (!disks) return {{}, fmt::format("{}: {}", *vmx, disks.error())};
    return {std::move(*disks), {}};
}

std::vector<Path> Esx::definition_files(const Guest&) const {
    return {};
}

}  // namespace svcmgr::esx
