#include "drivers/hypervisor/vz/vz.h"

#include <fmt/format.h>

namespace svcmgr::vz {

namespace {

constexpr const char* vzctl = "vzctl";
const Argv list_command = {"vzlist", "-a"};

Path conf_path(const Guest& guest) {
    return fmt::format("/etc/vz/conf/{}.conf", guest.name);
}

}  // namespace

Vz::Vz(const World& world) : ToolHypervisor(world, list_command) {}

Capabilities Vz::capabilities(Deadline deadline) {
    return capabilities_if(ask(list_command, deadline), {Capability::start, Capability::run_inside, Capability::definition});
}

tools::GuestList Vz::list(std::span<const Guest>, Deadline deadline) {
    const auto answer = ask(list_command, deadline);
    if (!answer && answer.error().reason.find("Container(s) not found") != std::string::npos) return {};
    return tools::list_of(answer, parse_containers);
}

tl::expected<ContainerFile, std::string> Vz::file_of(const Guest& guest) const {
    const auto text = world_.files.read(conf_path(guest));
    if (!text) return tl::unexpected(fmt::format("{}: {}", conf_path(guest), text.error().reason));
    auto file = parse_container_file(*text);
    if (!file) return tl::unexpected(fmt::format("{}: {}", conf_path(guest), file.error()));
    return file;
}

void Vz::complete(GuestState& state, const Guest& guest) {
    const auto file = file_of(guest);
    if (!file) {
        state.warnings.push_back(fmt::format("whether autostart is on can't be told: {}", file.error()));
        return;
    }
    state.vcpus = file->vcpus;
    state.memory_kib = file->memory_kib;
    if (file->onboot)
        state.warnings.push_back(
            fmt::format("autostart is on (ONBOOT=yes): switch it off with vzctl set {} --onboot no --save", guest.name));
}

void Vz::boot(const Guest& guest, const GuestState&, Deadline deadline) {
    tell(guest, {vzctl, "start", guest.name}, deadline);
}

void Vz::ask_to_stop(const Guest& guest, const GuestState&, Deadline deadline) {
    tell(guest, {vzctl, "stop", guest.name}, deadline);
}

void Vz::take_power(const Guest& guest, const GuestState&, Deadline deadline) {
    tell(guest, {vzctl, "stop", guest.name, "--fast"}, deadline);
}

/// `exec2` ends with the command's own exit code, `exec` does not promise it.
SshOutcome Vz::run_inside(const Guest& guest, const Argv& argv, Deadline deadline) {
    return inside({vzctl, "exec2", guest.name, quote_for_shell(argv)}, deadline);
}

Hypervisor::Disks Vz::disks(const Guest&, Deadline) {
    return {{}, "a container of OpenVZ has directories of its host, and no disks"};
}

std::vector<Path> Vz::definition_files(const Guest& guest) const {
    return {conf_path(guest)};
}

std::optional<Path> Vz::drp_flag(const Guest& guest) {
    const auto file = file_of(guest);
    if (!file || file->private_area.empty()) return std::nullopt;
    Path root = file->private_area;
    for (const std::string variable : {"${VEID}", "$VEID"})
        if (const auto at = root.find(variable); at != Path::npos) root.replace(at, variable.size(), guest.name);
    return root + "/.drp_flag";
}

}  // namespace svcmgr::vz
