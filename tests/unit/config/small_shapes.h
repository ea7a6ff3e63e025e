#pragma once

#include "svcmgr/config/sections.h"

namespace svcmgr::small {

// A language of few words, so that each test shows the one thing that it is about.

inline constexpr std::string_view env_words[] = {"DEV", "PRD"};
inline constexpr std::string_view topology_words[] = {"failover", "flex"};
inline constexpr std::string_view type_words[] = {"kvm", "hosted"};

inline constexpr Keyword default_table[] = {
    {.name = "nodes", .type = Keyword::Type::node_list, .default_value = "{nodename}"},
    {.name = "drpnode", .type = Keyword::Type::node_list},
    {.name = "drpnodes", .type = Keyword::Type::node_list},
    {.name = "encapnodes", .type = Keyword::Type::node_list},
    {.name = "flex_primary", .type = Keyword::Type::node_list},
    {.name = "drp_flex_primary", .type = Keyword::Type::node_list},
    {.name = "app", .default_value = "none", .scope = Keyword::Scope::everywhere},
    {.name = "env", .candidates = env_words},
    {.name = "topology", .candidates = topology_words},
    {.name = "orchestrate"},
    {.name = "service_type", .candidates = env_words, .replaced_by = "env"},
    {.name = "autostart_node", .type = Keyword::Type::node_list, .replaced_by = "orchestrate"},
    {.name = "mode", .candidates = type_words, .replaced_by = "container.type"},
    {.name = "vm_name", .replaced_by = "container.name"},
    {.name = "snap", .replaced_by = "container.snap"},
};

inline constexpr Keyword generic_table[] = {
    {.name = "tags", .type = Keyword::Type::list},
    {.name = "monitor", .type = Keyword::Type::boolean, .default_value = "false"},
    {.name = "pre_start", .type = Keyword::Type::command},
    {.name = "command", .type = Keyword::Type::command},
    {.name = "young", .since = "2.1"},
};

inline constexpr Keyword ip_table[] = {
    {.name = "ipname", .need = Keyword::Need::required},
    {.name = "ipdev"},
    {.name = "count", .type = Keyword::Type::integer, .default_value = "3"},
    {.name = "size", .type = Keyword::Type::size},
    {.name = "type"},
};

inline constexpr Keyword container_table[] = {
    {.name = "type", .type = Keyword::Type::word, .need = Keyword::Need::required},
    {.name = "name", .default_value = "{svcname}"},
};

inline constexpr Keyword sync_table[] = {
    {.name = "snap", .type = Keyword::Type::boolean, .default_value = "false"},
};

inline constexpr Keyword kvm_table[] = {
    {.name = "qga", .type = Keyword::Type::boolean, .default_value = "false"},
};

inline std::shared_ptr<const ShapeAnswer> shape_of(std::string_view section, std::string_view type) {
    const std::string kind(section.substr(0, section.find('#')));
    auto answer = std::make_shared<ShapeAnswer>();
    if (kind == "DEFAULT") {
        answer->shape = SectionShape{kind, "", {Keywords(default_table), Keywords(generic_table)}};
    } else if (kind == "env") {
        answer->shape = SectionShape{kind, "", {}, true};
    } else if (kind == "ip") {
        answer->shape = SectionShape{kind, "", {Keywords(ip_table), Keywords(generic_table)}};
    } else if (kind == "sync") {
        answer->shape = SectionShape{kind, "", {Keywords(sync_table), Keywords(generic_table)}};
    } else if (kind == "vmdg" || kind == "vg") {
        answer->shape = SectionShape{"disk", kind, {Keywords(generic_table)}};
        if (kind == "vg") answer->write_instead = "[disk#1] with type = vg";
    } else if (kind == "container") {
        answer->shape = SectionShape{kind, "", {Keywords(container_table), Keywords(generic_table)}};
        if (type == "kvm")
            answer->shape =
                SectionShape{kind, std::string(type), {Keywords(kvm_table), Keywords(container_table), Keywords(generic_table)}};
        if (type == "hpvm") answer->level = Finding::Level::warning;
        if (!type.empty() && type != "kvm") {
            answer->problem = "no driver for " + std::string(type);
            answer->problem_is_type = true;
        }
    } else {
        answer->problem = "there are no sections '" + kind + "'";
        answer->suggestion = "ip#1";
    }
    return answer;
}

}  // namespace svcmgr::small
