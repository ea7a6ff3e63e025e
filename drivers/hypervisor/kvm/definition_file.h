#pragma once

#include <string>

#include <tl/expected.hpp>

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

/// Reads it, and makes sure that it defines this guest and no other: libvirt goes by the name in the text.
tl::expected<DefinitionFile, FileProblem> read_definition(const Files& files, const std::string& guest);

}  // namespace svcmgr::kvm
