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
};

}  // namespace

Keywords vbox_keywords() {
    return table;
}

}  // namespace svcmgr
