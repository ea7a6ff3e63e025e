#include "drivers/hypervisor/keywords/esx.h"

namespace svcmgr {

namespace {

constexpr Keyword table[] = {
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

Keywords esx_keywords() {
    return table;
}

}  // namespace svcmgr
