#include "svcmgr/cluster/replication/service_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "drivers/block/sysfs.h"
#include "drivers/error.h"
#include "drivers/hypervisor/table.h"
#include "resources/container.h"
#include "svcmgr/cluster/loader.h"
#include "svcmgr/cluster/replication/digest.h"

namespace svcmgr {

namespace {

constexpr std::string_view env_name = "env";
constexpr std::string_view launcher_prefix = "launcher/";
constexpr std::string_view definition_prefix = "definition/";
constexpr std::size_t longest_path = 1024;
constexpr std::uint32_t executable_bit = 0100;
constexpr std::uint32_t written_by_others = 0022;

bool plain(std::string_view part) {
    return !part.empty() && part.size() <= 255 && part.front() != '.' && std::ranges::all_of(part, [](unsigned char c) {
        return std::isalnum(c) != 0 || std::string_view("._-+@:#").find(static_cast<char>(c)) != std::string_view::npos;
    });
}

/// Absolute, and no way around: no `.`, no `..`, nothing twice.
bool straight(std::string_view path) {
    if (path.empty() || path.front() != '/' || path.size() > longest_path) return false;
    if (std::ranges::any_of(path, [](unsigned char c) { return c < ' ' || c == 0x7f; })) return false;
    return std::ranges::all_of(split(path.substr(1), '/'),
                               [](std::string_view part) { return !part.empty() && part != "." && part != ".."; });
}

}  // namespace

std::optional<FileKind> kind_of_file(std::string_view name) {
    if (name == env_name) return FileKind::env;
    if (name.starts_with(launcher_prefix) && plain(name.substr(launcher_prefix.size()))) return FileKind::launcher;
    if (name.starts_with(definition_prefix) && straight(name.substr(definition_prefix.size()))) return FileKind::definition;
    return std::nullopt;
}

bool FileOrder::operator()(std::string_view a, std::string_view b) const {
    return std::pair(kind_of_file(a), a) < std::pair(kind_of_file(b), b);
}

GuestsByHypervisor guests_of(const std::vector<std::unique_ptr<Resource>>& resources) {
    GuestsByHypervisor guests;
    for (const auto& resource : resources)
        if (const auto* container = dynamic_cast<const Container*>(resource.get()); container != nullptr)
            guests.emplace_back(container->hypervisor(), container->guest());
    return guests;
}

ServiceFiles::ServiceFiles(World world, const Paths& paths, std::string service, GuestsByHypervisor guests)
    : world_(world), paths_(paths), service_(std::move(service)), guests_(std::move(guests)) {}

Path ServiceFiles::launchers() const {
    return fmt::format("{}/{}.d", paths_.configuration, service_);
}

std::vector<Path> ServiceFiles::definition_places() const {
    std::vector<Path> places;
    for (const auto& [type, guest] : guests_) try {
            std::ranges::move(world_.hypervisors.get(type).definition_places(guest), std::back_inserter(places));
        } catch (const Error&) {
            continue;  // its module is missing: the container says so
        }
    std::erase_if(places, [](const Path& path) { return !straight(path); });
    return places;
}

std::optional<Path> ServiceFiles::place_of(std::string_view name) const {
    const std::optional<FileKind> kind = kind_of_file(name);
    if (!kind) return std::nullopt;
    if (kind == FileKind::env)
        return find_env_file(world_.files, paths_, service_).value_or(fmt::format("{}/{}.env", paths_.configuration, service_));
    if (kind == FileKind::launcher) return fmt::format("{}/{}", launchers(), name.substr(launcher_prefix.size()));
    const std::vector<Path> places = definition_places();
    const auto found = std::ranges::find(places, name.substr(definition_prefix.size()));
    return found == places.end() ? std::nullopt : std::optional(*found);
}

std::string ServiceFiles::content_of(std::string_view name) const {
    const std::optional<Path> path = place_of(name);
    if (!path) throw Error(Error::Code::refused, fmt::format("'{}' is no file of {} here", printable(name), service_), service_);
    return read_text(world_.files, *path);
}

void ServiceFiles::look_at(const std::string& name, const Path& path, Seen& seen) const {
    const auto facts = world_.files.facts(path);
    if (!facts && facts.error().absent()) return;
    if (!facts) return seen.problems.push_back(fmt::format("{}: {}", path, facts.error().reason));
    if (facts->kind == FileFacts::Kind::directory) return;
    if ((facts->mode & written_by_others) != 0)
        return seen.problems.push_back(fmt::format("{} is not replicated: others than its owner can write it", path));
    const auto content = world_.files.read(path);
    if (!content) return seen.problems.push_back(fmt::format("{} is not replicated: {}", path, content.error().reason));
    const bool executable = kind_of_file(name) == FileKind::launcher && (facts->mode & executable_bit) != 0;
    seen.files.emplace(name, FileState{digest_of(*content), executable, facts->mode});
}

ServiceFiles::Seen ServiceFiles::look() const {
    Seen seen;
    try {
        if (const auto env = find_env_file(world_.files, paths_, service_)) look_at(std::string(env_name), *env, seen);
    } catch (const Error& error) {
        seen.problems.emplace_back(error.what());
    }
    const auto listed = world_.files.list(launchers());
    if (!listed && !listed.error().absent()) seen.problems.push_back(fmt::format("{}: {}", launchers(), listed.error().reason));
    for (const std::string& file : listed.value_or(std::vector<std::string>()))
        if (std::string name = fmt::format("{}{}", launcher_prefix, file); kind_of_file(name))
            look_at(name, fmt::format("{}/{}", launchers(), file), seen);
    for (const Path& path : definition_places()) look_at(fmt::format("{}{}", definition_prefix, path), path, seen);
    return seen;
}

}  // namespace svcmgr
