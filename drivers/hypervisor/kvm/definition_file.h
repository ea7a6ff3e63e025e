#pragma once

#include <optional>
#include <string>

#include <tl/expected.hpp>

#include "drivers/error.h"
#include "drivers/files/files.h"
#include "drivers/hypervisor/kvm/domain_xml.h"

namespace svcmgr::kvm {

/// A guest's definition where libvirt keeps it, and where a peer replicates it to (contract.md 5.1).
struct DefinitionFile {
    Path path;
    std::string xml;
    Domain domain;
};

/// "/etc/libvirt/qemu/NAME.xml"
Path definition_path(const std::string& guest);

/// What the next start defines the guest from: the template of its section, filled in, where it has one; otherwise libvirt's file.
tl::expected<DefinitionFile, FileProblem> definition_of(const Files& files, const Guest& guest);

/// Where that is, or would be: a file, or the place in the env file.
Path definition_place(const Guest& guest);

/// What a start needs and does not find on this node; nothing when it finds all. Below the guest's mount points anything may come until
/// then, and so may block devices: they are missed only when `now` says that it is about to be started.
enum class When { later, now };
std::optional<Error> missing_file(const Files& files, const Guest& guest, const DefinitionFile& definition, When when);

/// Reads it, and makes sure that it defines this guest and no other: libvirt goes by the name in the text.
tl::expected<DefinitionFile, FileProblem> read_definition(const Files& files, const std::string& guest);

}  // namespace svcmgr::kvm
