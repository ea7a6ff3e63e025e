#include "drivers/hypervisor/keywords/kvm.h"

namespace svcmgr {

namespace {

using Type = Keyword::Type;

constexpr Keyword table[] = {
    {.name = "template",
     .text =
         "What the guest is made from at each start: the XML of a libvirt domain, in lines that are indented deeper than the keyword, or "
         "the name of a file that holds it, beside the env file unless it begins with a `/`. Its name, uuid, networks, MAC addresses and "
         "devices on the node are filled in. The guest's name gets the first five digits of its uuid as a suffix. Without it the guest is "
         "what `/etc/libvirt/qemu/NAME.xml` says.",
     .example = "firewall.xml",
     .since = "svcmgr"},
    {.name = "networks",
     .type = Type::list,
     .text = "What the interfaces of a guest with a `template` are connected to, in their order: `bridge:NAME`, `network:NAME` of libvirt, "
             "`direct:ADAPTER` (macvtap), or `ethernet` when somebody else connects the device. One that the template lacks is added. "
             "Without it they are as the template says.",
     .example = "bridge:br0 network:left network:right",
     .since = "svcmgr"},
    {.name = "uuid",
     .type = Type::word,
     .text = "The uuid of a guest with a `template`. The default is made of the service's `id`, else of its name, and of the section's: "
             "write it down before the service is renamed. MAC addresses are made of it.",
     .example = "6b5e2c1a-7f5c-4cf1-8d1d-6a1a2d2b9f70",
     .since = "svcmgr"},
    {.name = "migrate_timeout",
     .type = Type::duration,
     .text = "How long a live migration may take before it is broken off and the guest goes on where it is.",
     .default_value = "30m",
     .since = "svcmgr"},
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
