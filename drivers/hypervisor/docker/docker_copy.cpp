// A copy of a container beside it: made anew from its image, with layers above the directories that it writes to.

#include <fmt/format.h>

#include "drivers/hypervisor/docker/copy.h"
#include "drivers/hypervisor/docker/docker.h"

namespace svcmgr::docker {

CopyDefinition DockerHypervisor::copy_definition(const Guest& guest, const GuestCopy& copy, Deadline deadline) {
    Creation creation = creation_of(guest, world_.files);
    if (auto problem = missing_paths(creation, guest, world_.files, {})) throw *problem;
    if (!engine_.image(creation.image, deadline))
        throw Error(Error::Code::refused, fmt::format("the image {} is not on this node", creation.image),
                    guest.section->place().to_string(), fmt::format("a disaster would have to load it: docker pull {}", creation.image));
    const auto find_volume = [&](const std::string& name) { return engine_.volume(name, deadline); };
    auto made = copy_of_container(guest, std::move(creation), copy, world_.files, find_volume);
    if (!made)
        throw Error(Error::Code::refused, "no copy of it can be started: " + made.error(), guest.section->place().to_string(),
                    "start it itself when nobody needs it, and look");
    return std::move(*made);
}

std::optional<Error> DockerHypervisor::copy_outlook(const Guest& guest, Deadline deadline) {
    try {
        copy_definition(guest, {guest.name, "", ""}, deadline);
        return std::nullopt;
    } catch (const Error& error) {
        return error;
    }
}

void DockerHypervisor::make_copy(const Guest& guest, const GuestCopy& copy, Deadline deadline) {
    const CopyDefinition made = copy_definition(guest, copy, deadline);
    for (const Layer& layer : made.layers) make_layer(world_, layer, deadline);
    for (const CopiedFile& file : made.files) copy_file(world_, file);
}

void DockerHypervisor::start_copy(const Guest& guest, const GuestCopy& copy, Deadline deadline) {
    const CopyDefinition made = copy_definition(guest, copy, deadline);
    Guest copied = guest;
    copied.name = copy.name;
    copied.copy_directory = copy.directory;
    try {
        engine_.change(deadline, [&](bool again) {
            if (engine_.networks(copy.bridge, deadline).empty()) engine_.make_network(copy_network(copy).dump(), deadline);
            const Found found = ours(deadline);
            if (again && !found.of(copied).empty()) return;
            Creation creation = made.creation;
            join_namespaces(copied, creation, found);
            make_and_start(copied, creation, deadline);
        });
    } catch (const Error& error) {
        throw made.creation.secrets.hidden_in(error);
    }
}

void DockerHypervisor::end_copy(const GuestCopy& copy, Deadline deadline) {
    engine_.change(deadline, [&](bool) {
        for (const ListedContainer& container : engine_.list({fmt::format("{}={}", copy_label, copy.name)}, deadline)) {
            if (exists(container)) engine_.stop_now(container.id, deadline);
            engine_.remove_with_volumes(container.id, deadline);
        }
        engine_.remove_unused_network(copy.bridge, deadline);
    });
}

void DockerHypervisor::remove_layers(const GuestCopy& copy, Deadline deadline) {
    empty_copy_directory(world_, copy.directory, deadline);
}

}  // namespace svcmgr::docker
