#include "drivers/hypervisor/keywords/vz.h"

namespace svcmgr {

namespace {

using Type = Keyword::Type;

constexpr Keyword table[] = {
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

}  // namespace

Keywords vz_keywords() {
    return table;
}

}  // namespace svcmgr
