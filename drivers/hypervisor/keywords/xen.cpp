#include "drivers/hypervisor/keywords/xen.h"

namespace svcmgr {

namespace {

using Type = Keyword::Type;

constexpr Keyword table[] = {
    {.name = "cf",
     .type = Type::word,
     .text = "The guest's configuration file (xl.cfg), when it is not /etc/xen/NAME.cfg.",
     .example = "/srv/vm188/vm188.cfg",
     .since = "svcmgr"},
    {.name = "virtinst",
     .type = Type::command,
     .text = "The virt-install command that makes the guest. Only `provision` of OpenSVC used it.",
     .example = "virt-install --name vm188 --memory 2048 --import",
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

}  // namespace

Keywords xen_keywords() {
    return table;
}

}  // namespace svcmgr
