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

}  // namespace

Keywords ldom_keywords() {
    return table;
}

}  // namespace svcmgr
