#include "drivers/hypervisor/zone/zone.h"

#include <fmt/format.h>

#include "drivers/hypervisor/zone/zone_list.h"

namespace svcmgr::zone {

namespace {

constexpr const char* zoneadm_path = "/usr/sbin/zoneadm";
constexpr const char* zonecfg_path = "/usr/sbin/zonecfg";
constexpr const char* zlogin_path = "/usr/sbin/zlogin";

const Argv list_command = {zoneadm_path, "list", "-cp"};

Path xml_path(const Guest& guest) {
    return fmt::format("/etc/zones/{}.xml", guest.name);
}

}  // namespace

Zone::Zone(const World& world, const Options& options) : ToolHypervisor(world, list_command), exports_(options.text("exports")) {}

Capabilities Zone::capabilities(Deadline deadline) {
    return capabilities_if(ask(list_command, deadline),
                           {Capability::start, Capability::run_inside, Capability::disks, Capability::definition});
}

tools::GuestList Zone::list(std::span<const Guest>, Deadline deadline) {
    return tools::list_of(ask(list_command, deadline), parse_zone_list);
}

tl::expected<ZoneFile, std::string> Zone::file_of(const Guest& guest) const {
    const Path path = xml_path(guest);
    const auto text = world_.files.read(path);
    if (!text) return tl::unexpected(fmt::format("{}: {}", path, text.error().reason));
    auto file = parse_zone_file(*text);
    if (!file) return tl::unexpected(fmt::format("{}: {}", path, file.error()));
    if (file->name != guest.name) return tl::unexpected(fmt::format("{}: it is of the zone {}", path, file->name));
    return file;
}

void Zone::complete(GuestState& state, const Guest& guest) {
    const auto file = file_of(guest);
    if (!file) return;
    state.vcpus = file->vcpus;
    state.memory_kib = file->memory_kib;
    if (state.exists_here()) state.addresses = file->addresses;
    if (file->autoboot) state.warnings.push_back("autostart is on (zonecfg: autoboot=true): the zone boots with its host");
}

void Zone::zoneadm(const Guest& guest, const Argv& words, Deadline deadline) const {
    Argv argv = {zoneadm_path, "-z", guest.name};
    argv.insert(argv.end(), words.begin(), words.end());
    tell(guest, argv, deadline);
}

void Zone::zonecfg(const Guest& guest, const Argv& words, Deadline deadline) const {
    Argv argv = {zonecfg_path, "-z", guest.name};
    argv.insert(argv.end(), words.begin(), words.end());
    tell(guest, argv, deadline);
}

/// The configuration of a detached zone is in its zonepath, from where `create -a` takes it.
void Zone::define(const Guest& guest, Deadline deadline) {
    if (world_.files.facts(xml_path(guest))) {
        const auto file = file_of(guest);
        if (!file)
            throw Error(Error::Code::invalid, "this definition can't be used: " + file.error(), xml_path(guest),
                        "copy it from a node on which the zone starts");
        return zonecfg(guest, {"create", "-a", file->path}, deadline);
    }
    if (world_.files.facts(export_file(guest))) return zonecfg(guest, {"-f", export_file(guest)}, deadline);
    ToolHypervisor::define(guest, deadline);
}

void Zone::boot(const Guest& guest, const GuestState& state, Deadline deadline) {
    if (state.reason == "configured") attach(guest, deadline);
    zoneadm(guest, {"boot"}, deadline);
}

/// A zone whose host has other packages than this one is refused until it is forced.
void Zone::attach(const Guest& guest, Deadline deadline) const {
    try {
        zoneadm(guest, {"attach"}, deadline);
    } catch (const Error& error) {
        if (error.code() != Error::Code::failed) throw;
        zoneadm(guest, {"attach", "-F"}, deadline);
    }
}

void Zone::ask_to_stop(const Guest& guest, const GuestState& state, Deadline deadline) {
    if (state.value != GuestState::Value::running) return zoneadm(guest, {"halt"}, deadline);
    tell(guest, {zlogin_path, "-S", guest.name, "/sbin/init", "0"}, deadline);
}

void Zone::take_power(const Guest& guest, const GuestState&, Deadline deadline) {
    zoneadm(guest, {"halt"}, deadline);
}

void Zone::release(const Guest& guest, Deadline deadline) {
    const GuestState state = look_at(guest, deadline);
    if (state.value != GuestState::Value::stopped) return;
    const bool deletes = guest.section != nullptr && guest.section->flag("delete_on_stop");
    if (deletes) {
        world_.files.make_directories(exports_, 0755);
        zonecfg(guest, {"export", "-f", export_file(guest)}, deadline);
    }
    if (state.reason != "configured") detach(guest, deadline);
    if (deletes) zonecfg(guest, {"delete", "-F"}, deadline);
}

/// What a brand does after a shutdown may still hold the zone's lock (Solaris 11.4): zoneadm says so, and is asked again.
void Zone::detach(const Guest& guest, Deadline deadline) const {
    for (;;) {
        try {
            return zoneadm(guest, {"detach"}, deadline);
        } catch (const Error& error) {
            const bool locked = error.message().find("another zoneadm") != std::string::npos;
            if (!locked || deadline.passed(world_.clock) || world_.signals.pending() != 0) throw;
        }
        world_.clock.sleep_until(std::min(deadline.at(), world_.clock.now() + std::chrono::seconds(1)));
    }
}

SshOutcome Zone::run_inside(const Guest& guest, const Argv& argv, Deadline deadline) {
    return inside({zlogin_path, "-S", guest.name, quote_for_shell(argv)}, deadline);
}

Hypervisor::Disks Zone::disks(const Guest& guest, Deadline) {
    auto file = file_of(guest);
    if (!file) return {{}, file.error()};
    return {std::move(file->disks), {}};
}

std::vector<Path> Zone::definition_files(const Guest& guest) const {
    return {xml_path(guest), export_file(guest)};
}

Path Zone::export_file(const Guest& guest) const {
    return fmt::format("{}/{}.cfg", exports_, guest.name);
}

std::optional<Path> Zone::drp_flag(const Guest& guest) {
    const auto file = file_of(guest);
    if (!file) return std::nullopt;
    return file->path + "/.drp_flag";
}

}  // namespace svcmgr::zone
