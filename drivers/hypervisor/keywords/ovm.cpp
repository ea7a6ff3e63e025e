#include "drivers/hypervisor/keywords/ovm.h"

namespace svcmgr {

namespace {

using Type = Keyword::Type;

constexpr Keyword table[] = {
    {.name = "uuid",
     .type = Type::word,
     .text = "The guest's UUID, by which the hypervisor knows it.",
     .need = Keyword::Need::required,
     .example = "0004fb00000600002c4a6c6a1e3b2f10",
     .since = "1.4"},
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

Keywords ovm_keywords() {
    return table;
}

}  // namespace svcmgr
