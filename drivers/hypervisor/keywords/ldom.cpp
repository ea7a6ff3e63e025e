#include "drivers/hypervisor/keywords/ldom.h"

#include "drivers/hypervisor/keywords/guest_os.h"

namespace svcmgr {

namespace {

constexpr Keyword table[] = {
    {.name = "guestos",
     .text = "The guest's operating system. Nothing is run over ssh in a `windows` guest.",
     .default_value = "SunOS",
     .candidates = guest_os_words,
     .since = "1.5"},
};

constexpr Keyword node_table[] = {
    {.name = "constraints",
     .type = Keyword::Type::word,
     .text = "The directory of the files NAME.xml, from which a node that does not know a domain makes it.",
     .default_value = "/var/lib/svcmgr/ldom",
     .since = "svcmgr"},
};

}  // namespace

Keywords ldom_keywords() {
    return table;
}
Keywords ldom_node_keywords() {
    return node_table;
}

}  // namespace svcmgr
