#include "drivers/hypervisor/kvm/definition_file.h"

#include <fmt/format.h>

namespace svcmgr::kvm {

Path definition_path(const std::string& guest) {
    return "/etc/libvirt/qemu/" + guest + ".xml";
}

tl::expected<DefinitionFile, FileProblem> read_definition(const Files& files, const std::string& guest) {
    if (guest.empty() || guest.find('/') != std::string::npos)
        return tl::unexpected(FileProblem{0, fmt::format("'{}' can't be the name of a guest", guest)});
    DefinitionFile file;
    file.path = definition_path(guest);
    auto text = files.read(file.path);
    if (!text) return tl::unexpected(text.error());
    auto domain = parse_domain(*text);
    if (!domain) return tl::unexpected(FileProblem{0, domain.error()});
    if (domain->name != guest)
        return tl::unexpected(FileProblem{0, fmt::format("it defines the guest '{}' and not '{}'", domain->name, guest)});
    file.xml = std::move(*text);
    file.domain = std::move(*domain);
    return file;
}

}  // namespace svcmgr::kvm
