// A copy of a container beside it: layers of overlayfs, which the copy's own mount namespace has mounted and nobody else.

#include <fmt/format.h>

#include "drivers/hypervisor/lxc/copy.h"
#include "drivers/hypervisor/lxc/lxc.h"

namespace svcmgr::lxc {

namespace {

ContainerId id_of(const GuestCopy& copy) {
    return {copy.directory, copy.name};
}

Error cant_copy(const std::string& message, const std::string& where, const std::string& hint) {
    return Error(Error::Code::refused, message, where, hint);
}

}  // namespace

CopyDefinition LxcHypervisor::copy_definition(const Guest& guest, const GuestCopy& copy) const {
    const Place place = place_of(guest);
    if (!place.exists)
        throw cant_copy(fmt::format("there is no {}", place.config), "container " + guest.name,
                        "replicate it from the node that runs the container: sync all, there");
    const auto entries = read_entries(world_.files, place.config);
    if (!entries) throw cant_copy(fmt::format("its configuration can't be read: {}", entries.error().reason), entries.error().where, "");
    auto made = copy_of_container(world_.files, *entries, place.config, copy);
    if (!made)
        throw cant_copy("no copy of it can be started: " + made.error(), place.config, "start it itself when nobody needs it, and look");
    return std::move(*made);
}

std::optional<Error> LxcHypervisor::copy_outlook(const Guest& guest, Deadline deadline) {
    try {
        if (const auto host = capabilities(deadline); !host.problem.empty()) return cant_copy(host.problem, "container " + guest.name, "");
        const Path root = copy_definition(guest, {guest.name, "", ""}).layers.front().lower;
        if (!world_.files.facts(root))
            return cant_copy(fmt::format("its root file system is missing: {}", root), "container " + guest.name,
                             "is the file system mounted that it lies in, and was it replicated?");
        return std::nullopt;
    } catch (const Error& error) {
        return error;
    }
}

void LxcHypervisor::make_copy(const Guest& guest, const GuestCopy& copy, Deadline deadline) {
    const CopyDefinition made = copy_definition(guest, copy);
    for (const Layer& layer : made.layers) make_layer(world_, layer, deadline);
    for (const CopiedFile& file : made.files) copy_file(world_, file);
    if (guest.at_drp_site) world_.files.replace(made.layers.front().upper() + "/.drp_flag", "", 0644);
    world_.files.replace(empty_fstab(copy), "", 0600);
    world_.files.replace(copy.directory + "/config", made.config, 0600);
}

void LxcHypervisor::start_copy(const Guest&, const GuestCopy& copy, Deadline deadline) {
    run_lxc_start({id_of(copy), copy.directory + "/config", true}, copy.directory + "/log", deadline);
}

void LxcHypervisor::end_copy(const GuestCopy& copy, Deadline deadline) {
    force_stop({id_of(copy), copy.directory + "/config", true}, deadline);
}

void LxcHypervisor::remove_layers(const GuestCopy& copy, Deadline deadline) {
    empty_copy_directory(world_, copy.directory, deadline);
}

}  // namespace svcmgr::lxc
