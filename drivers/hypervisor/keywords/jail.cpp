#include "drivers/hypervisor/keywords/jail.h"

namespace svcmgr {

namespace {

using Type = Keyword::Type;

constexpr Keyword table[] = {
    {.name = "jailroot",
     .type = Type::word,
     .text = "The root directory of the jail.",
     .need = Keyword::Need::required,
     .example = "/srv/jails/vm188",
     .since = "1.5"},
    {.name = "ips", .type = Type::list, .text = "The jail's IPv4 addresses.", .example = "10.0.3.17", .since = "1.5"},
    {.name = "ip6s", .type = Type::list, .text = "The jail's IPv6 addresses.", .example = "2001:db8::17", .since = "1.5"},
};

}  // namespace

Keywords jail_keywords() {
    return table;
}

}  // namespace svcmgr
