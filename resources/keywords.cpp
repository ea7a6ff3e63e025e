#include "resources/keywords.h"

#include <algorithm>
#include <array>
#include <utility>

#include "resources/keywords_reservation.h"

namespace svcmgr {

namespace {

using Type = Keyword::Type;
using Scope = Keyword::Scope;

constexpr Keyword generic[] = {
    {.name = "tags",
     .type = Type::list,
     .text =
         "Words by which resources are chosen (--tags). Some mean something: `noaction` resources are looked at and never changed, "
         "`nostatus` ones are not looked at, `encap` ones live inside the guest, `nonrouted` addresses are not pinged, `noalias` puts an "
         "address on the adapter itself, `dedicated` gives the guest the whole adapter, `delay_snap` puts off the snapshot of a sync.",
     .example = "noaction",
     .since = "1.4"},
    {.name = "subset",
     .type = Type::word,
     .text = "The subset that the resource belongs to; see the section `subset`.",
     .example = "first",
     .since = "1.4"},
    {.name = "disable",
     .type = Type::boolean,
     .text = "Whether the resource is left out of every action. Its status is n/a. In DEFAULT it disables the whole service.",
     .default_value = "false",
     .since = "1.4"},
    {.name = "disable_on",
     .type = Type::node_list,
     .text = "Where the resource is disabled: node names, `nodes` or `drpnodes`. `enable_on` and `disable` win over it.",
     .example = "drpnodes",
     .since = "1.4"},
    {.name = "enable_on",
     .type = Type::node_list,
     .text = "Where the resource is enabled, whatever `disable` and `disable_on` say: node names, `nodes` or `drpnodes`.",
     .example = "node109",
     .since = "1.4"},
    {.name = "optional",
     .type = Type::boolean,
     .text = "Whether an action goes on when this resource fails.",
     .default_value = "false",
     .since = "1.4"},
    {.name = "optional_on",
     .type = Type::node_list,
     .text = "Where the resource is optional: node names, `nodes` or `drpnodes`.",
     .example = "drpnodes",
     .since = "1.4"},
    {.name = "monitor",
     .type = Type::boolean,
     .text = "Whether the failure of this resource triggers the service's `monitor_action`.",
     .default_value = "false",
     .since = "1.4"},
    {.name = "monitor_on",
     .type = Type::node_list,
     .text = "Where the resource is monitored: node names, `nodes` or `drpnodes`.",
     .example = "nodes",
     .since = "1.4"},
    {.name = "restart",
     .type = Type::integer,
     .text = "How many times a resource that went down is started again in place before its failure counts.",
     .default_value = "0",
     .since = "1.4"},
    {.name = "always_on",
     .type = Type::node_list,
     .text = "Where the resource stays up while the service is stopped: `nodes`, `drpnodes` or node names.",
     .example = "drpnodes",
     .since = "1.4",
     .replaced_by = "standby"},
    {.name = "standby",
     .type = Type::boolean,
     .text = "Whether the resource stays up while the service is stopped. Its status is then `stdby up` or `stdby down`.",
     .default_value = "false",
     .example = "true",
     .since = "1.9"},
    {.name = "shared",
     .type = Type::boolean,
     .text =
         "Whether the resource is the same on all nodes, so that only one of them provisions it. svcmgr reads it and provisions nothing.",
     .default_value = "false",
     .since = "1.9"},
    {.name = "encap",
     .type = Type::boolean,
     .text = "Whether the resource lives inside the guest; the same as the tag `encap`.",
     .default_value = "false",
     .since = "1.9"},
    {.name = "provision",
     .type = Type::boolean,
     .text = "Whether `provision` of OpenSVC makes the resource. svcmgr reads it and provisions nothing.",
     .default_value = "true",
     .since = "1.9"},
    {.name = "unprovision",
     .type = Type::boolean,
     .text = "Whether `unprovision` of OpenSVC removes the resource. svcmgr reads it and unprovisions nothing.",
     .default_value = "true",
     .since = "1.9"},
    {.name = "comment",
     .text = "What a reader should know about the resource.",
     .scope = Scope::everywhere,
     .example = "recette gen db #2",
     .since = "1.9"},
};

constexpr Keyword reservation[] = {scsireserv_keyword, no_preempt_abort_keyword, prkey_keyword,
                                   prtype_keyword,     fenced_action_keyword,    promote_rw_keyword};

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> disk_sections = {
    {{"vmdg", "vmdg"}, {"vg", "vg"}, {"loop", "loop"}, {"drbd", "drbd"}, {"pool", "zpool"}, {"vdisk", "vdisk"}}};

}  // namespace

Keywords generic_keywords() {
    return generic;
}
Keywords reservation_keywords() {
    return reservation;
}

KeywordSet implicit_app_keywords() {
    return {app_keywords(), generic_keywords(), trigger_keywords()};
}

KeywordSet implicit_reservation_keywords() {
    return {generic_keywords(), reservation_keywords()};
}

std::string_view disk_driver_of(std::string_view kind) {
    const auto found = std::find_if(disk_sections.begin(), disk_sections.end(), [&](const auto& section) { return section.first == kind; });
    return found == disk_sections.end() ? std::string_view() : found->second;
}

}  // namespace svcmgr
