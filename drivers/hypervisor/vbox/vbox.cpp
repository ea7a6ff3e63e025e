#include "drivers/hypervisor/vbox/vbox.h"

#include <fmt/format.h>

#include "drivers/hypervisor/vbox/guest_properties.h"

namespace svcmgr::vbox {

namespace {

constexpr const char* tool = "VBoxManage";
const Argv names_command = {tool, "list", "vms"};
const Argv list_command = {tool, "list", "--long", "vms"};
/// A machine has about 100 lines.
constexpr CommandLimits for_many{.output_bytes = 32 << 20};

}  // namespace

Vbox::Vbox(const World& world) : ToolHypervisor(world, names_command) {}

Capabilities Vbox::capabilities(Deadline deadline) {
    // `VBoxManage -v` answers also when its service does not.
    return capabilities_if(ask(names_command, deadline), {Capability::start, Capability::disks, Capability::definition});
}

tools::GuestList Vbox::list(std::span<const Guest>, Deadline deadline) {
    return tools::list_of(ask(list_command, deadline, for_many), parse_machines);
}

/// Without Guest Additions in it nobody told an address: that is no fault of the machine's.
void Vbox::complete_one(GuestState& state, const Guest& guest, Deadline deadline) {
    if (!state.exists_here()) return;
    const auto answer = ask({tool, "guestproperty", "enumerate", guest.name, "--patterns", "/VirtualBox/GuestInfo/Net/*/IP"}, deadline);
    if (answer) state.addresses = parse_addresses(*answer);
}

std::vector<Path> Vbox::definition_files(const Guest& guest) const {
    if (guest.section == nullptr || guest.section->text("cf").empty()) return {};
    return {guest.section->text("cf")};
}

void Vbox::define(const Guest& guest, Deadline deadline) {
    const auto files = definition(guest);
    if (files.empty()) return ToolHypervisor::define(guest, deadline);
    tell(guest, {tool, "registervm", files.front()}, deadline);
}

void Vbox::boot(const Guest& guest, const GuestState&, Deadline deadline) {
    Argv argv = {tool, "startvm", guest.name};
    if (guest.section != nullptr && guest.section->flag("headless")) argv.insert(argv.end(), {"--type", "headless"});
    tell(guest, argv, deadline);
}

void Vbox::ask_to_stop(const Guest& guest, const GuestState&, Deadline deadline) {
    tell(guest, {tool, "controlvm", guest.name, "acpipowerbutton"}, deadline);
}

void Vbox::take_power(const Guest& guest, const GuestState&, Deadline deadline) {
    tell(guest, {tool, "controlvm", guest.name, "poweroff"}, deadline);
}

Hypervisor::Disks Vbox::disks(const Guest& guest, Deadline deadline) {
    const Argv argv = {tool, "showvminfo", "--machinereadable", guest.name};
    const auto answer = ask(argv, deadline);
    if (!answer) return {{}, answer.error().reason};
    const auto info = parse_info(*answer);
    if (!info) return {{}, fmt::format("`{}`: {}", tools::typed(argv), info.error())};
    return {disks_of(*info), {}};
}

std::vector<HostNeed> Vbox::needs(const Guest& guest, Deadline deadline) {
    // What hosts of other systems have is not known from there.
    if (!world_.files.facts("/sys/class/net")) return {};
    const auto answer = ask(list_command, deadline, for_many);
    if (!answer) return {{"adapters", HostNeed::Answer::unknown, answer.error().reason, ""}};
    std::vector<HostNeed> needs;
    for (const std::string& name : bridged_adapters(*answer, guest.name))
        add_once(needs, need_of_interface(world_.files, "adapter", name, "machine"));
    return needs;
}

}  // namespace svcmgr::vbox
