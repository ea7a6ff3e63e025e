#include "drivers/hypervisor/keywords/vbox.h"

namespace svcmgr {

namespace {

using Type = Keyword::Type;

constexpr Keyword table[] = {
    {.name = "headless",
     .type = Type::boolean,
     .text = "Whether the guest is started without a window.",
     .default_value = "false",
     .since = "1.9"},
    {.name = "cf",
     .type = Type::word,
     .text = "The machine's file, from which a node that does not know the machine registers it.",
     .example = "/srv/vm188/vm188.vbox",
     .since = "svcmgr"},
};

}  // namespace

Keywords vbox_keywords() {
    return table;
}

}  // namespace svcmgr
