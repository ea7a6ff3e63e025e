#include "drivers/hypervisor/keywords/hpvm.h"

#include "drivers/hypervisor/keywords/guest_os.h"

namespace svcmgr {

namespace {

constexpr Keyword table[] = {
    {.name = "guestos",
     .text = "The guest's operating system. Nothing is run over ssh in a `windows` guest.",
     .default_value = "HP-UX",
     .candidates = guest_os_words,
     .since = "1.5"},
};

constexpr Keyword node_table[] = {
    {.name = "devices",
     .type = Keyword::Type::word,
     .text = "The directory of the files NAME.mksf and NAME.share, by which a peer makes the device files of a guest.",
     .default_value = "/var/lib/svcmgr/hpvm",
     .since = "svcmgr"},
};

}  // namespace

Keywords hpvm_keywords() {
    return table;
}
Keywords hpvm_node_keywords() {
    return node_table;
}

}  // namespace svcmgr
