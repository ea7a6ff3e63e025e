// A copy of a guest beside it: layers by qemu-img, a guest of libvirt that passes with this process.

#include <fmt/format.h>

#include "drivers/hypervisor/kvm/domains.h"
#include "drivers/hypervisor/kvm/kvm.h"
#include "drivers/hypervisor/kvm/site.h"

namespace svcmgr::kvm {

namespace {

constexpr const char* image_tool = "/usr/bin/qemu-img";

Error cant_copy(const std::string& message, const std::string& where, const std::string& hint) {
    return Error(Error::Code::refused, message, where, hint);
}

}  // namespace

DefinitionFile KvmHypervisor::needed_definition(const Guest& guest) const {
    auto definition = usable_definition(guest);
    if (definition) return std::move(*definition);
    throw cant_copy(fmt::format("there is no {}", definition_place(guest)), "guest " + guest.name,
                    "replicate it from the node that runs the guest: sync all, there");
}

CopyDefinition KvmHypervisor::copy_definition(const Guest& guest, const GuestCopy& copy) const {
    const DefinitionFile file = needed_definition(guest);
    auto made = copy_of_domain(told_site(file.xml, guest.at_drp_site ? Site::disaster_recovery : Site::production), copy);
    if (!made)
        throw cant_copy("no copy of it can be started: " + made.error(), file.path, "start it itself when nobody needs it, and look");
    return std::move(*made);
}

std::optional<Error> KvmHypervisor::copy_outlook(const Guest& guest, Deadline) {
    try {
        if (!local_) return cant_copy("its libvirtd is on another machine, and layers have to be made there", "guest " + guest.name, "");
        copy_definition(guest, {guest.name, "", ""});
        if (!world_.files.facts(image_tool))
            return cant_copy(fmt::format("{} is not installed", image_tool), "guest " + guest.name, "install the package qemu-utils");
        return missing_file(world_.files, guest, needed_definition(guest), When::now);
    } catch (const Error& error) {
        return error;
    }
}

void KvmHypervisor::make_copy(const Guest& guest, const GuestCopy& copy, Deadline deadline) {
    const CopyDefinition made = copy_definition(guest, copy);
    for (const Layer& layer : made.layers) {
        const Argv argv{image_tool, "create", "-q", "-f", "qcow2", "-F", layer.format, "-b", layer.disk, layer.file};
        const CommandResult result = world_.processes.run(argv, deadline);
        if (result.ok()) continue;
        throw Error(Error::Code::failed, fmt::format("no layer can be put above {}: {}", layer.disk, result.describe()), layer.file,
                    "is there room in its file system?");
    }
    if (made.nvram.empty()) return;
    constexpr std::size_t largest_nvram = 64 << 20;
    if (const auto own = world_.files.read(made.nvram, largest_nvram)) world_.files.replace(made.nvram_layer, *own, 0600);
}

void KvmHypervisor::start_copy(const Guest& guest, const GuestCopy& copy, Deadline deadline) {
    Guest passing;
    passing.name = copy.name;
    change(passing, deadline,
           [name = copy.name, xml = copy_definition(guest, copy).xml](const Session& session) { start_passing(session, name, xml); });
}

void KvmHypervisor::end_copy(const GuestCopy& copy, Deadline deadline) {
    Guest passing;
    passing.name = copy.name;
    change(passing, deadline,
           [name = copy.name, uuid = copy_uuid(copy.name)](const Session& session) { end_passing(session, name, uuid); });
}

void KvmHypervisor::remove_layers(const GuestCopy& copy, Deadline) {
    for (const std::string& name : world_.files.list(copy.directory).value_or(std::vector<std::string>()))
        world_.files.remove(fmt::format("{}/{}", copy.directory, name));
}

}  // namespace svcmgr::kvm
