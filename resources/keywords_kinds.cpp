// The kinds of sections, and what [hb#n], [stonith#n] and [subset#n] may say (contract.md 2.11).

#include <algorithm>

#include "resources/keywords.h"
#include "resources/keywords_drivers.h"

namespace svcmgr {

namespace {

using Type = Keyword::Type;
using Need = Keyword::Need;

constexpr Keyword heartbeat[] = {
    {.name = "type",
     .type = Type::word,
     .text = "The cluster manager whose heartbeat it is.",
     .need = Need::required,
     .example = "openha",
     .since = "1.4"},
    {.name = "name",
     .type = Type::name,
     .text = "The service's name there.",
     .default_value = "{svcname}",
     .example = "vm188",
     .since = "1.4"},
};

constexpr SectionDriver heartbeat_types[] = {
    {"openha", "The heartbeat of OpenHA.", {}},
    {"linuxha", "The heartbeat of Linux-HA.", {}},
};

constexpr Keyword stonith[] = {
    {.name = "type",
     .type = Type::word,
     .text = "How the other node is switched off.",
     .need = Need::required,
     .example = "ilo",
     .since = "1.4"},
    {.name = "target",
     .type = Type::word,
     .text = "The management board, or the node, that is told to.",
     .need = Need::required,
     .example = "node110-ilo",
     .since = "1.4"},
};

constexpr Keyword callout[] = {
    {.name = "cmd",
     .type = Type::command,
     .text = "The command that switches the other node off.",
     .need = Need::required,
     .example = "/usr/local/sbin/power_off node110",
     .since = "1.4"},
};

constexpr SectionDriver stonith_types[] = {
    {"ilo", "HP's management board.", {}},
    {"callout", "A command of your own.", callout},
};

constexpr Keyword subset[] = {
    {.name = "parallel",
     .type = Type::boolean,
     .text = "Whether the resources of the subset are started and stopped at the same time.",
     .default_value = "false",
     .since = "1.6"},
};

}  // namespace

Keywords heartbeat_keywords() {
    return heartbeat;
}
Keywords stonith_keywords() {
    return stonith;
}
Keywords subset_keywords() {
    return subset;
}

std::span<const SectionKind> section_kinds() {
    using Disks = SectionKind::Disks;
    using Says = SectionKind::Says;
    static const SectionKind kinds[] = {
        {"container", "A virtual machine or a container.", container_keywords(), {}, "", Disks::reserved},
        {"ip", "An address. Inside a guest it is checked, not set.", ip_keywords(), ip_drivers()},
        {"disk", "Disks, or what is made of them.", disk_keywords(), disk_drivers(), "vg", Disks::reserved},
        {"fs", "A file system or a directory.", fs_keywords(), fs_drivers(), "", Disks::reserved, Says::generic, SectionKind::Types::any},
        {"share", "A directory that is shared over the network.", share_keywords(), share_drivers(), "nfs"},
        {"app", "A launcher of the application.", app_keywords()},
        {"sync", "Data that is replicated.", sync_keywords(), sync_drivers(), "rsync"},
        {"task", "A command that is run on demand or by a schedule.", task_keywords()},
        {"volume", "A volume from a storage pool of OpenSVC.", volume_keywords()},
        {"hb", "The heartbeat of another cluster manager. svcmgr has no driver for these.", heartbeat_keywords(), heartbeat_types},
        {"stonith", "How a node is switched off. svcmgr has no driver for this.", stonith_keywords(), stonith_types},
        {"subset", "How the resources of a subset are handled: [subset#GROUP:NAME].", subset_keywords(), {}, "", Disks::none, Says::own},
        {"env", "Values of your own, for references: {env.NAME}.", {}, {}, "", Disks::none, Says::free},
        {"metadata", "Notes for other programs.", {}, {}, "", Disks::none, Says::free},
        {"data", "Notes for other programs.", {}, {}, "", Disks::none, Says::free},
    };
    return kinds;
}

const SectionKind* find_section_kind(std::string_view name) {
    const auto kinds = section_kinds();
    const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const SectionKind& kind) { return kind.name == name; });
    return found == kinds.end() ? nullptr : &*found;
}

}  // namespace svcmgr
