#include "drivers/hypervisor/hpvm/hpvm.h"

#include <fmt/format.h>

#include "drivers/hypervisor/hpvm/status.h"
#include "drivers/process/first_line.h"

namespace svcmgr::hpvm {

namespace {

const std::string tools_directory = "/opt/hpvm/bin/";
const Argv list_command = {tools_directory + "hpvmstatus", "-M"};

/// What a look that a change needs came to; throws when it can't be used.
template <typename Value>
Value needed(tl::expected<Value, std::string> read, const Argv& argv, const std::string& where) {
    if (!read)
        throw Error(Error::Code::unreachable, fmt::format("`{}`: {}", tools::typed(argv), read.error()), where,
                    "run the command by hand, and send its output with a report");
    return std::move(*read);
}

std::string needed(tools::Answer answer, const std::string& where) {
    if (!answer) throw Error(answer.error().code, answer.error().reason, where, "run the command by hand");
    return std::move(*answer);
}

}  // namespace

Hpvm::Hpvm(const World& world, const Options& options) : ToolHypervisor(world, list_command), directory_(options.text("devices")) {}

Capabilities Hpvm::capabilities(Deadline deadline) {
    return capabilities_if(ask(list_command, deadline), {Capability::start, Capability::disks, Capability::definition});
}

tools::GuestList Hpvm::list(std::span<const Guest>, Deadline deadline) {
    return tools::list_of(ask(list_command, deadline), parse_status);
}

void Hpvm::boot(const Guest& guest, const GuestState&, Deadline deadline) {
    restore_devices(guest, deadline);
    tell(guest, {tools_directory + "hpvmstart", "-P", guest.name}, deadline);
}

void Hpvm::ask_to_stop(const Guest& guest, const GuestState&, Deadline deadline) {
    tell(guest, {tools_directory + "hpvmstop", "-g", "-F", "-P", guest.name}, deadline);
}

void Hpvm::take_power(const Guest& guest, const GuestState&, Deadline deadline) {
    tell(guest, {tools_directory + "hpvmstop", "-F", "-P", guest.name}, deadline);
}

Hypervisor::Disks Hpvm::disks(const Guest& guest, Deadline deadline) {
    const Argv argv = {tools_directory + "hpvmstatus", "-d", "-P", guest.name};
    const auto answer = ask(argv, deadline);
    if (!answer) return {{}, answer.error().reason};
    auto read = parse_devices(*answer);
    if (!read) return {{}, fmt::format("`{}`: {}", tools::typed(argv), read.error())};
    return {std::move(*read), {}};
}

HostNeed Hpvm::need_of_vswitch(const std::string& name, Deadline deadline) const {
    const std::string what = fmt::format("virtual switch {}", name);
    const Argv argv = {tools_directory + "hpvmnet", "-S", name};
    const auto answer = ask(argv, deadline);
    if (!answer) return {what, HostNeed::Answer::unknown, answer.error().reason, "make it as on the other nodes: hpvmnet -c"};
    const auto state = parse_vswitch_state(*answer, name);
    if (!state) return {what, HostNeed::Answer::unknown, fmt::format("`{}`: {}", tools::typed(argv), state.error()), ""};
    if (*state == "Up") return {what};
    const auto known = *state == "Down" ? HostNeed::Answer::missing : HostNeed::Answer::unknown;
    return {what, known, fmt::format("it is {}: a guest that boots now may miss its network", first_line(*state)),
            fmt::format("hpvmnet -b -S {}", name)};
}

std::vector<HostNeed> Hpvm::needs(const Guest& guest, Deadline deadline) {
    const Argv argv = {tools_directory + "hpvmstatus", "-d", "-P", guest.name};
    const auto answer = ask(argv, deadline);
    if (!answer) return {{"virtual switches", HostNeed::Answer::unknown, answer.error().reason, ""}};
    const auto names = parse_vswitches(*answer);
    if (!names) return {{"virtual switches", HostNeed::Answer::unknown, fmt::format("`{}`: {}", tools::typed(argv), names.error()), ""}};
    std::vector<HostNeed> needs;
    for (const std::string& name : *names) needs.push_back(need_of_vswitch(name, deadline));
    return needs;
}

Path Hpvm::mksf_file(const Guest& guest) const {
    return fmt::format("{}/{}.mksf", directory_, guest.name);
}

Path Hpvm::share_file(const Guest& guest) const {
    return fmt::format("{}/{}.share", directory_, guest.name);
}

/// The guest's directory is a link by its name to one by its identifier.
std::vector<Path> Hpvm::definition_files(const Guest& guest) const {
    const Path link = "/var/opt/hpvm/guests/" + guest.name;
    std::vector<Path> files = {link};
    if (const auto real = world_.files.real_path(link); real && *real != link) files.push_back(*real);
    files.push_back(mksf_file(guest));
    files.push_back(share_file(guest));
    return files;
}

/// A file that can't be read, or understood, is found out by the start.
std::string Hpvm::missing_devices(const Guest& guest, Deadline) {
    const auto text = world_.files.read(mksf_file(guest));
    const auto wanted = text ? parse_mksf(*text) : DeviceIds();
    std::vector<Path> missing;
    if (wanted)
        for (const auto& [device, wwid] : *wanted)
            if (!world_.files.facts(device)) missing.push_back(device);
    return missing.empty() ? std::string() : fmt::format("this node has no {}", fmt::join(missing, ", "));
}

void Hpvm::save_devices(const Guest& guest, Deadline deadline) {
    if (known(guest, deadline).value != GuestState::Value::running) return;
    const Argv devices_command = {tools_directory + "hpvmstatus", "-d", "-P", guest.name};
    const auto disks = needed(parse_devices(needed(ask(devices_command, deadline), where(guest))), devices_command, where(guest));
    const Argv managed_command = {tools_directory + "hpvmdevmgmt", "-l", "all"};
    const auto managed = needed(parse_managed(needed(ask(managed_command, deadline), where(guest))), managed_command, where(guest));
    DeviceIds ids;
    DeviceShares shares;
    for (const GuestDisk& disk : disks) {
        if (disk.kind != GuestDisk::Kind::block || disk.device != "disk") continue;
        const Argv wwid_command = {"scsimgr", "get_attr", "-D", disk.source, "-a", "wwid", "-p"};
        ids[disk.source] = needed(parse_wwid(needed(ask(wwid_command, deadline), where(guest))), wwid_command, where(guest));
        if (const auto known = managed.find(disk.source); known != managed.end()) shares.insert(*known);
    }
    world_.files.make_directories(directory_, 0755);
    world_.files.replace(mksf_file(guest), mksf_text(ids), 0644);
    world_.files.replace(share_file(guest), shares_text(shares), 0644);
}

std::vector<Argv> Hpvm::missing_devices(const Guest& guest, const std::string& mksf, Deadline deadline) const {
    const auto wanted = parse_mksf(mksf);
    if (!wanted) throw Error(Error::Code::invalid, wanted.error(), mksf_file(guest), "copy it from a node on which the guest runs");
    std::map<Path, bool> exists;
    bool all = true;
    for (const auto& [device, wwid] : *wanted) all = (exists[device] = world_.files.facts(device).has_value()) && all;
    if (all) return {};
    const Argv argv = {"scsimgr", "get_attr", "all_lun", "-a", "wwid", "-a", "instance", "-p"};
    const auto instances = needed(parse_instances(needed(ask(argv, deadline), where(guest))), argv, where(guest));
    auto commands = mksf_commands(*wanted, instances, exists);
    if (!commands)
        throw Error(Error::Code::failed, commands.error(), where(guest), "present the disk to this host, then: ioscan -fnC disk; insf -e");
    return std::move(*commands);
}

std::vector<Argv> Hpvm::missing_shares(const Guest& guest, const std::string& shares, Deadline deadline) const {
    const auto wanted = parse_shares(shares);
    if (!wanted) throw Error(Error::Code::invalid, wanted.error(), share_file(guest), "copy it from a node on which the guest runs");
    if (wanted->empty()) return {};
    const Argv argv = {tools_directory + "hpvmdevmgmt", "-l", "all"};
    return share_commands(*wanted, needed(parse_managed(needed(ask(argv, deadline), where(guest))), argv, where(guest)));
}

void Hpvm::restore_devices(const Guest& guest, Deadline deadline) {
    if (const auto mksf = world_.files.read(mksf_file(guest)))
        for (const Argv& command : missing_devices(guest, *mksf, deadline)) tell(guest, command, deadline);
    if (const auto shares = world_.files.read(share_file(guest)))
        for (const Argv& command : missing_shares(guest, *shares, deadline)) tell(guest, command, deadline);
}

}  // namespace svcmgr::hpvm
