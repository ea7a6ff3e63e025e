#include "drivers/hypervisor/keywords/kvm.h"

namespace svcmgr {

namespace {

using Type = Keyword::Type;

constexpr Keyword table[] = {
    {.name = "qga",
     .type = Type::boolean,
     .text = "Whether OpenSVC runs commands in the guest through its QEMU guest agent. svcmgr reads it and uses ssh.",
     .default_value = "false",
     .since = "2.1"},
    {.name = "virtinst",
     .type = Type::command,
     .text = "The virt-install command that makes the guest. Only `provision` of OpenSVC used it; svcmgr reads it and makes no guests.",
     .example = "virt-install --name vm188 --memory 2048 --import --noautoconsole",
     .since = "1.4"},
    {.name = "snap",
     .text = "The snapshot that holds the guest's image. Only `provision` of OpenSVC used it.",
     .example = "/data/vm188",
     .since = "1.4"},
    {.name = "snapof",
     .text = "What the guest's image is a snapshot of. Only `provision` of OpenSVC used it.",
     .example = "/data/model",
     .since = "1.4"},
};

constexpr Keyword node_table[] = {
    {.name = "uri",
     .type = Type::word,
     .text = "The libvirt connection that kvm guests are looked for on.",
     .default_value = "qemu:///system",
     .since = "svcmgr"},
};

}  // namespace

Keywords kvm_keywords() {
    return table;
}
Keywords kvm_node_keywords() {
    return node_table;
}

}  // namespace svcmgr
