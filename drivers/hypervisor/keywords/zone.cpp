#include "drivers/hypervisor/keywords/zone.h"

#include "drivers/hypervisor/keywords/guest_os.h"

namespace svcmgr {

namespace {

using Type = Keyword::Type;

constexpr Keyword table[] = {
    {.name = "guestos",
     .text = "The guest's operating system. Nothing is run over ssh in a `windows` guest.",
     .default_value = "SunOS",
     .candidates = guest_os_words,
     .since = "1.5"},
    {.name = "delete_on_stop",
     .type = Type::boolean,
     .text = "Whether the zone's configuration is deleted instead of detached at stop.",
     .default_value = "false",
     .since = "1.8"},
    {.name = "zonepath", .type = Type::word, .text = "The zone's root directory.", .example = "/zones/vm188", .since = "1.9"},
    {.name = "container_origin",
     .type = Type::name,
     .text = "The zone that a new one is cloned from. Only `provision` of OpenSVC used it.",
     .example = "skelzone",
     .since = "1.5"},
    {.name = "snap",
     .text = "The snapshot that holds the guest's image. Only `provision` of OpenSVC used it.",
     .example = "/data/vm188",
     .since = "1.4"},
    {.name = "snapof",
     .text = "What the guest's image is a snapshot of. Only `provision` of OpenSVC used it.",
     .example = "/data/model",
     .since = "1.4"},
    {.name = "rootfs",
     .type = Type::word,
     .text = "The guest's root directory. Only `provision` of OpenSVC used it.",
     .example = "/srv/vm188/root",
     .since = "1.4"},
    {.name = "template",
     .text = "What the guest is made from. Only `provision` of OpenSVC used it.",
     .example = "/srv/templates/debian.tar.gz",
     .since = "1.4"},
};

constexpr Keyword node_table[] = {
    {.name = "exports",
     .type = Type::word,
     .text = "The directory in which the configuration of a zone with `delete_on_stop` is kept.",
     .default_value = "/var/lib/svcmgr/zonecfg",
     .since = "svcmgr"},
};

}  // namespace

Keywords zone_keywords() {
    return table;
}
Keywords zone_node_keywords() {
    return node_table;
}

}  // namespace svcmgr
