#include "drivers/hypervisor/keywords/srp.h"

namespace svcmgr {

namespace {

using Type = Keyword::Type;

constexpr Keyword table[] = {
    {.name = "ip",
     .type = Type::word,
     .text = "The container's address. Only `provision` of OpenSVC used it.",
     .example = "10.0.3.17",
     .since = "1.5"},
    {.name = "rootpath",
     .type = Type::word,
     .text = "The container's root directory. Only `provision` of OpenSVC used it.",
     .example = "/hpsrp/vm188",
     .since = "1.5"},
    {.name = "prm_cores",
     .type = Type::integer,
     .text = "How many processor cores the container may use. Only `provision` of OpenSVC used it.",
     .default_value = "1",
     .since = "1.5"},
};

}  // namespace

Keywords srp_keywords() {
    return table;
}

}  // namespace svcmgr
