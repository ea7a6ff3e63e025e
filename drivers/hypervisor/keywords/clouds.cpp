#include "drivers/hypervisor/keywords/clouds.h"

namespace svcmgr {

namespace {

using Type = Keyword::Type;

constexpr Keyword cloud_table[] = {
    {.name = "cloud_id",
     .type = Type::word,
     .text = "The section of node.conf that says how to reach the cloud.",
     .example = "cloud#1",
     .since = "1.5"},
    {.name = "key_name", .type = Type::word, .text = "The key that the cloud puts into the guest.", .example = "admin", .since = "1.5"},
    {.name = "size", .type = Type::word, .text = "The cloud's word for processors and memory.", .example = "t2.micro", .since = "1.5"},
    {.name = "shared_ip_group",
     .type = Type::word,
     .text = "The group of guests that share an address.",
     .example = "group1",
     .since = "1.5"},
};

constexpr Keyword vcloud_table[] = {
    {.name = "cloud_id",
     .type = Type::word,
     .text = "The section of node.conf that says how to reach the cloud.",
     .example = "cloud#1",
     .since = "1.5"},
    {.name = "key_name", .type = Type::word, .text = "The key that the cloud puts into the guest.", .example = "admin", .since = "1.5"},
    {.name = "size", .type = Type::word, .text = "The cloud's word for processors and memory.", .example = "t2.micro", .since = "1.5"},
    {.name = "shared_ip_group",
     .type = Type::word,
     .text = "The group of guests that share an address.",
     .example = "group1",
     .since = "1.5"},
    {.name = "vapp", .type = Type::word, .text = "The vApp that the guest belongs to.", .example = "app1", .since = "1.5"},
};

}  // namespace

Keywords cloud_keywords() {
    return cloud_table;
}
Keywords vcloud_keywords() {
    return vcloud_table;
}

}  // namespace svcmgr
