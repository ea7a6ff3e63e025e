#include "svcmgr/service/schema.h"

#include <fmt/format.h>

#include "drivers/hypervisor/keywords/technologies.h"
#include "drivers/hypervisor/table.h"
#include "resources/keywords.h"
#include "svcmgr/service/keywords.h"

namespace svcmgr {

namespace {

constexpr const char* limits_text = "How much of its node the service may use. svcmgr passes these on to nothing; they are OpenSVC's.";
constexpr const char* old_text = "What env files said in earlier years. It is understood, and `validate config` says what to write today.";

SectionPage default_page() {
    constexpr const char* text = "What holds for the whole service, and for every section that does not say otherwise.";
    SectionPage page{"DEFAULT", "[DEFAULT]", text, {}, SectionPage::Kind::resource, "^[dD][eE][fF][aA][uU][lL][tT]$", ""};
    page.groups = {{"", "", default_keywords()}, {"", limits_text, default_limit_keywords()}, {"", old_text, default_old_keywords()}};
    return page;
}

SectionPage resource_page() {
    constexpr const char* text = "What each section of a resource may say beside its own keywords.";
    SectionPage page{"resource", "Every resource", text, {}, SectionPage::Kind::plain, "", ""};
    page.groups = {{"", "", generic_keywords()},
                   {"", "Commands around the actions of a resource, and what has to be up before them.", trigger_keywords()}};
    return page;
}

std::vector<KeywordGroup> container_groups() {
    std::vector<KeywordGroup> groups;
    for (const Technology& technology : technologies()) {
        const char* driven = find_hypervisor_type(technology.name) ? "" : " This version has no driver for them.";
        groups.push_back({std::string(technology.name), fmt::format("Of {}.{}", technology.text, driven), technology.keywords});
    }
    return groups;
}

std::vector<KeywordGroup> driver_groups(const SectionKind& kind) {
    std::vector<KeywordGroup> groups;
    for (const SectionDriver& driver : kind.drivers)
        if (driver.same_as.empty()) groups.push_back({std::string(driver.name), std::string(driver.text), driver.keywords});
    return groups;
}

SectionPage kind_page(const SectionKind& kind) {
    SectionPage page;
    page.name = kind.name;
    page.heading = kind.says == SectionKind::Says::free ? fmt::format("[{}]", kind.name) : fmt::format("[{}#N]", kind.name);
    page.text = kind.text;
    page.pattern = kind.says == SectionKind::Says::free ? fmt::format("^{}$", kind.name) : fmt::format("^{}(#.+)?$", kind.name);
    page.default_driver = kind.default_driver;
    page.kind = kind.says == SectionKind::Says::free      ? SectionPage::Kind::free
                : kind.says == SectionKind::Says::generic ? SectionPage::Kind::resource
                                                          : SectionPage::Kind::plain;
    if (!kind.keywords.empty()) page.groups.push_back({"", "", kind.keywords});
    if (kind.disks == SectionKind::Disks::reserved) page.groups.push_back({"", "", reservation_keywords()});
    for (KeywordGroup& group : kind.name == "container" ? container_groups() : driver_groups(kind)) page.groups.push_back(std::move(group));
    return page;
}

SectionPage vmdg_page() {
    return {"vmdg",
            "[vmdg]",
            "The disks that the hypervisor passes through to a container; the same as `type = vmdg` in [disk#N].",
            {{"", "", vmdg_keywords()}},
            SectionPage::Kind::resource,
            "^vmdg(#.+)?$"};
}

SectionPage old_disk_page() {
    return {"old-disk",
            "[vg#N], [loop#N], [drbd#N], [pool#N], [vdisk#N]",
            "The forms that [disk#N] with a type of that name had up to OpenSVC 1.7; a pool is a `zpool` today.",
            {},
            SectionPage::Kind::free,
            "^(vg|loop|drbd|pool|vdisk)(#.+)?$",
            ""};
}

}  // namespace

Schema env_schema() {
    Schema schema{"svcmgr.env", "The env file of a service.", {}};
    schema.pages.push_back(default_page());
    for (const SectionKind& kind : section_kinds()) {
        if (kind.name == "disk") schema.pages.push_back(vmdg_page());
        schema.pages.push_back(kind_page(kind));
        if (kind.name == "disk") schema.pages.push_back(old_disk_page());
    }
    schema.pages.push_back(resource_page());
    return schema;
}

Schema node_schema() {
    Schema schema{"svcmgr.node.conf", "The configuration of a node, node.conf.", {}};
    schema.pages.push_back(
        {"node", "[node]", "The node itself.", {{"", "", node_section_keywords()}}, SectionPage::Kind::plain, "^node$", ""});
    schema.pages.push_back(
        {"ssh", "[ssh]", "How peers and guests are reached.", {{"", "", ssh_section_keywords()}}, SectionPage::Kind::plain, "^ssh$", ""});
    schema.pages.push_back({"journal",
                            "[journal]",
                            "How much is kept of what was done.",
                            {{"", "", journal_section_keywords()}},
                            SectionPage::Kind::plain,
                            "^journal$",
                            ""});
    schema.pages.push_back({"cni",
                            "[cni]",
                            "Where the Container Network Interface is, for addresses with `type = cni`.",
                            {{"", "", cni_section_keywords()}},
                            SectionPage::Kind::plain,
                            "^cni$",
                            ""});
    for (const HypervisorType& type : hypervisor_types()) {
        if (type.node_keywords.empty()) continue;
        schema.pages.push_back({std::string(type.name),
                                fmt::format("[{}]", type.name),
                                fmt::format("How {} are reached.", type.description),
                                {{"", "", type.node_keywords}},
                                {},
                                fmt::format("^{}$", type.name)});
    }
    return schema;
}

}  // namespace svcmgr
