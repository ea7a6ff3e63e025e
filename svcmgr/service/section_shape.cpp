// Which tables hold for a section of an env file.

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "drivers/hypervisor/keywords/technologies.h"
#include "drivers/hypervisor/table.h"
#include "resources/keywords.h"
#include "svcmgr/service/keywords.h"

namespace svcmgr {

namespace {

ShapeAnswer shape_of_default() {
    ShapeAnswer answer;
    answer.shape = SectionShape{
        "DEFAULT", "", {default_keywords(), default_limit_keywords(), default_old_keywords(), generic_keywords(), trigger_keywords()}};
    return answer;
}

SectionShape shape_of_kind(const SectionKind& kind, std::string_view driver, Keywords own) {
    SectionShape shape{std::string(kind.name), std::string(driver), {}, kind.says == SectionKind::Says::free};
    if (kind.says == SectionKind::Says::generic) {
        const Keywords reservation = kind.disks == SectionKind::Disks::reserved ? reservation_keywords() : Keywords();
        shape.keywords = {own, kind.keywords, reservation, generic_keywords(), trigger_keywords()};
    } else {
        shape.keywords = {own, kind.keywords};
    }
    return shape;
}

ShapeAnswer shape_of_container(const SectionKind& kind, std::string_view type, const ContainerKeywords& keywords_of) {
    ShapeAnswer answer;
    const std::optional<Keywords> driven = keywords_of(type);
    const Technology* known = find_technology(type);
    answer.shape = shape_of_kind(kind, driven || known ? type : "", driven ? *driven : known ? known->keywords : Keywords());
    if (driven || type.empty()) return answer;

    answer.problem = explain_unknown_hypervisor(type);
    answer.problem_is_type = true;
    if (known) {
        answer.level = Finding::Level::warning;
    } else {
        std::vector<std::string_view> names;
        for (const Technology& technology : technologies()) names.push_back(technology.name);
        answer.suggestion = nearest_word(type, names);
    }
    return answer;
}

const SectionDriver* find_driver(const SectionKind& kind, std::string_view name) {
    const auto found =
        std::find_if(kind.drivers.begin(), kind.drivers.end(), [&](const SectionDriver& driver) { return driver.name == name; });
    return found == kind.drivers.end() ? nullptr : &*found;
}

ShapeAnswer shape_with_driver(const SectionKind& kind, std::string_view type) {
    ShapeAnswer answer;
    const std::string_view name = type.empty() ? kind.default_driver : type;
    const SectionDriver* driver = find_driver(kind, name);
    if (!driver) {
        answer.shape = shape_of_kind(kind, "", {});
        if (kind.drivers.empty() || name.empty() || kind.types == SectionKind::Types::any) return answer;
        std::vector<std::string_view> names;
        for (const SectionDriver& other : kind.drivers) names.push_back(other.name);
        answer.problem = fmt::format("'{}' is no type of {}; there are: {}", name, kind.name, fmt::join(names, ", "));
        answer.suggestion = nearest_word(name, names);
        answer.problem_is_type = true;
        return answer;
    }
    answer.shape = shape_of_kind(kind, driver->same_as.empty() ? driver->name : driver->same_as, driver->keywords);
    return answer;
}

/// [vmdg], and [vg#1] and its like in old files: the name says the type, so that no `type` is to be said.
ShapeAnswer shape_of_disk_section(std::string_view name, std::string_view index) {
    SectionKind kind = *find_section_kind("disk");
    kind.keywords = {};
    ShapeAnswer answer = shape_with_driver(kind, disk_driver_of(name));
    if (name != "vmdg") answer.write_instead = fmt::format("[disk#{}] with type = {}", index, answer.shape->driver);
    return answer;
}

/// `ip1` and `ipp#1` mean `ip#1`.
std::string section_meant(std::string_view kind, std::string_view index) {
    const std::size_t digits = kind.find_last_not_of("0123456789") + 1;
    if (index.empty()) index = kind.substr(digits);
    std::vector<std::string_view> names{"vmdg", "DEFAULT"};
    for (const SectionKind& known : section_kinds()) names.push_back(known.name);
    const std::string_view word = kind.substr(0, digits);
    std::string meant = find_section_kind(word) ? std::string(word) : nearest_word(word, names);
    if (!meant.empty() && !index.empty()) meant += fmt::format("#{}", index);
    return meant;
}

ShapeAnswer unknown_kind(std::string_view kind, std::string_view index) {
    ShapeAnswer answer;
    answer.problem = fmt::format("there are no sections '{}'", kind);
    answer.suggestion = section_meant(kind, index);
    return answer;
}

}  // namespace

ShapeAnswer section_shape(std::string_view section, std::string_view type, const ContainerKeywords& container_keywords_of) {
    if (section == "DEFAULT") return shape_of_default();
    const std::size_t hash = section.find('#');
    const std::string_view name = section.substr(0, hash);
    const std::string_view index = hash == std::string_view::npos ? std::string_view() : section.substr(hash + 1);

    const bool disk_section = !disk_driver_of(name).empty();
    const SectionKind* kind = find_section_kind(name);
    if (!kind && !disk_section) return unknown_kind(name, index);
    if (section == "sync#i0") return {shape_of_kind(*kind, "", {}), {}, {}};  // it names no data: what it replicates is implicit

    ShapeAnswer answer = disk_section                ? shape_of_disk_section(name, index)
                         : kind->name == "container" ? shape_of_container(*kind, type, container_keywords_of)
                                                     : shape_with_driver(*kind, type);
    if (hash != std::string_view::npos && index.empty())
        answer.problem = fmt::format("[{}] has nothing behind its '#'; write [{}#1]", section, name);
    return answer;
}

}  // namespace svcmgr
