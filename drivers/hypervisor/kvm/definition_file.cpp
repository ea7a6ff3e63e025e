#include "drivers/hypervisor/kvm/definition_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "drivers/hypervisor/kvm/instance.h"

namespace svcmgr::kvm {

namespace {

bool is_inline(std::string_view domain_template) {
    return domain_template.starts_with('<');
}

/// A name without a '/' in front is beside the env file.
Path template_path(const Options& section) {
    Path path = section.text("template");
    if (path.starts_with('/')) return path;
    const Path env_file = section.place_of("template").file;
    return env_file.substr(0, env_file.rfind('/') + 1) + path;
}

/// A template names programs that libvirtd runs: whoever can write it is as powerful as root (design.md 6).
std::optional<FileProblem> distrusted(const Files& files, const Path& path, const Path& env_file) {
    const auto facts = files.facts(path);
    if (!facts) return FileProblem{0, facts.error().reason};
    if ((facts->mode & 0022) != 0)
        return FileProblem{0, fmt::format("others than its owner can write it (mode {:04o}), and it is as powerful as root", facts->mode)};
    const auto env = files.facts(env_file);
    if (facts->owner != 0 && !(env && facts->owner == env->owner))
        return FileProblem{0, fmt::format("user {} owns it, and it is as powerful as root", facts->owner)};
    return std::nullopt;
}

tl::expected<std::string, FileProblem> template_text(const Files& files, const Options& section) {
    const std::string said = section.text("template");
    if (is_inline(said)) return said;
    const Path path = template_path(section);
    if (auto problem = distrusted(files, path, section.place_of("template").file)) return tl::unexpected(std::move(*problem));
    auto text = files.read(path);
    // A template that is not there is no guest without a definition.
    if (!text) return tl::unexpected(FileProblem{0, text.error().reason});
    return text;
}

tl::expected<std::vector<KvmNetwork>, FileProblem> networks_of(const Options& section) {
    std::vector<KvmNetwork> networks;
    for (const auto& word : section.list("networks")) {
        auto network = parse_kvm_network(word);
        if (!network) return tl::unexpected(FileProblem{0, network.error()});
        networks.push_back(std::move(*network));
    }
    return networks;
}

tl::expected<DefinitionFile, FileProblem> instance_of(const Files& files, const Guest& guest) {
    const auto text = template_text(files, *guest.section);
    if (!text) return tl::unexpected(text.error());
    auto networks = networks_of(*guest.section);
    if (!networks) return tl::unexpected(networks.error());
    auto xml = make_domain(*text, {guest.name, guest.uuid, std::move(*networks)});
    if (!xml) return tl::unexpected(FileProblem{0, xml.error()});
    auto domain = parse_domain(*xml);
    if (!domain) return tl::unexpected(FileProblem{0, domain.error()});
    return DefinitionFile{definition_place(guest), std::move(*xml), std::move(*domain)};
}

bool is_instance(const Guest& guest) {
    return guest.section != nullptr && is_kvm_instance(*guest.section);
}

bool is_below(const Path& path, const Path& directory) {
    return path.starts_with(directory) && (directory.ends_with('/') || path.size() == directory.size() || path[directory.size()] == '/');
}

}  // namespace

Path definition_place(const Guest& guest) {
    if (!is_instance(guest)) return definition_path(guest.name);
    return is_inline(guest.section->text("template")) ? guest.section->place_of("template").to_string() : template_path(*guest.section);
}

tl::expected<DefinitionFile, FileProblem> definition_of(const Files& files, const Guest& guest) {
    return is_instance(guest) ? instance_of(files, guest) : read_definition(files, guest.name);
}

std::optional<Error> missing_file(const Files& files, const Guest& guest, const DefinitionFile& definition, When when) {
    std::vector<Path> needed = definition.domain.files;
    if (when == When::now) needed.insert(needed.end(), definition.domain.devices.begin(), definition.domain.devices.end());
    for (const Path& path : needed) {
        const auto may_come = [&](const Path& directory) { return is_below(path, directory); };
        if (when == When::later && std::ranges::any_of(guest.mount_points, may_come)) continue;
        const auto facts = files.facts(path);
        if (!facts)
            return Error(Error::Code::failed, fmt::format("{} can't be started: {}: {}", guest.name, path, facts.error().reason),
                         definition.path, "it has to be on this node before the start: copy it there, or correct the definition");
    }
    return std::nullopt;
}

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
