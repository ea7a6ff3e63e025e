#include "drivers/hypervisor/keywords/lxc.h"

namespace svcmgr {

namespace {

using Type = Keyword::Type;

constexpr Keyword table[] = {
    {.name = "rcmd",
     .type = Type::command,
     .text = "The command that runs another one in the guest, instead of lxc-attach.",
     .example = "lxc-attach -n vm188 --",
     .since = "1.8"},
    {.name = "cf",
     .type = Type::word,
     .text = "The guest's configuration file, when it is not where LXC looks for it.",
     .example = "/srv/vm188/config",
     .since = "1.5"},
    {.name = "container_data_dir",
     .type = Type::word,
     .text = "The directory that holds the guest's own, with its configuration in NAME/config, when the service brings it (lxc-start -P).",
     .example = "/srv/vm188/lxc",
     .since = "1.9"},
    {.name = "rootfs",
     .type = Type::word,
     .text = "The guest's root directory. Only `provision` of OpenSVC used it.",
     .example = "/srv/vm188/root",
     .since = "1.4"},
    {.name = "template",
     .text = "What the guest is made from. Only `provision` of OpenSVC used it.",
     .example = "/srv/templates/debian.tar.gz",
     .since = "1.4"},
    {.name = "template_options",
     .text = "What the template is given. Only `provision` of OpenSVC used it.",
     .example = "--release bookworm",
     .since = "1.9"},
    {.name = "mirror",
     .type = Type::word,
     .text = "Where the template loads packages from. Only `provision` of OpenSVC used it.",
     .example = "http://deb.debian.org/debian",
     .since = "1.9"},
    {.name = "security_mirror",
     .type = Type::word,
     .text = "Where the template loads security updates from. Only `provision` of OpenSVC used it.",
     .example = "http://security.debian.org/debian-security",
     .since = "1.9"},
};

constexpr Keyword node_table[] = {
    {.name = "lxcpath",
     .type = Type::word,
     .text = "Where LXC keeps the node's containers, when not where LXC itself says (`lxc-config lxc.lxcpath`).",
     .example = "/srv/lxc",
     .since = "svcmgr"},
};

constexpr Keyword lxd_table[] = {
    {.name = "launch_image",
     .type = Type::word,
     .text = "The image that the guest is made from. Only `provision` of OpenSVC used it.",
     .example = "ubuntu:22.04",
     .since = "2.0"},
    {.name = "launch_options",
     .text = "What `lxc launch` is given. Only `provision` of OpenSVC used it.",
     .example = "--profile default",
     .since = "2.0"},
};

}  // namespace

Keywords lxc_keywords() {
    return table;
}
Keywords lxc_node_keywords() {
    return node_table;
}
Keywords lxd_keywords() {
    return lxd_table;
}

}  // namespace svcmgr
