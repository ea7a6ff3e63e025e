// What [fs#n], [share#n] and [volume#n] may say (contract.md 2.9, 2.11).

#include "resources/keywords.h"
#include "resources/keywords_drivers.h"

namespace svcmgr {

namespace {

using Type = Keyword::Type;
using Need = Keyword::Need;

constexpr Keyword fs[] = {
    {.name = "type",
     .type = Type::word,
     .text = "The type of the file system: as mount knows it, `bind` for a directory that is shown a second time, or `directory`.",
     .need = Need::required,
     .example = "ext4",
     .since = "1.4"},
    {.name = "dev",
     .type = Type::word,
     .text = "The device, LABEL= or UUID= of one, an image file, or what else the type mounts.",
     .need = Need::required,
     .example = "/dev/vg_vm188/data",
     .since = "1.4"},
    {.name = "mnt", .type = Type::word, .text = "Where it is mounted.", .need = Need::required, .example = "/srv/vm188", .since = "1.4"},
    {.name = "mnt_opt", .type = Type::word, .text = "Options of mount.", .example = "defaults,noatime", .since = "1.4"},
    {.name = "mkfs_opt",
     .text = "Options of the command that makes the file system in OpenSVC.",
     .example = "-O largefile",
     .since = "1.4"},
    {.name = "vg",
     .type = Type::word,
     .text = "The volume group in which OpenSVC makes a logical volume for the file system.",
     .example = "vg_vm188",
     .since = "1.4"},
    {.name = "size", .type = Type::word, .text = "How large OpenSVC makes that volume.", .example = "10g", .since = "1.4"},
    {.name = "snap_size", .type = Type::word, .text = "How large a snapshot for a replication is made.", .example = "1g", .since = "1.5"},
    {.name = "zone", .type = Type::name, .text = "The Solaris zone that sees the file system.", .example = "zone1", .since = "1.5"},
    {.name = "start_timeout",
     .type = Type::duration,
     .text = "How long its check and its mount may take.",
     .default_value = "30m",
     .example = "2h",
     .since = "svcmgr"},
    {.name = "stop_timeout",
     .type = Type::duration,
     .text = "How long its unmount is tried again while something holds it.",
     .default_value = "1m",
     .example = "30s",
     .since = "svcmgr"},
};

constexpr Keyword directory[] = {
    {.name = "path", .type = Type::word, .text = "The directory.", .need = Need::required, .example = "/srv/vm188/logs", .since = "1.6"},
    {.name = "user", .type = Type::name, .text = "Who owns it.", .example = "root", .since = "1.6"},
    {.name = "group", .type = Type::name, .text = "The group that owns it.", .example = "sys", .since = "1.6"},
    {.name = "perm", .type = Type::word, .text = "Its permissions, in octal.", .example = "1777", .since = "1.6"},
    {.name = "zone", .type = Type::name, .text = "The Solaris zone that has it.", .example = "zone1", .since = "1.8"},
    {.name = "dev", .type = Type::word, .text = "A directory has no device.", .example = "none", .since = "1.6"},
    {.name = "mnt", .type = Type::word, .text = "Not needed for a directory.", .example = "/srv/vm188/logs", .since = "1.6"},
};

constexpr Keyword share[] = {
    {.name = "type", .type = Type::word, .text = "What kind of share it is.", .default_value = "nfs", .example = "nfs", .since = "1.6"},
};

constexpr Keyword nfs[] = {
    {.name = "path",
     .type = Type::word,
     .text = "The directory that is shared.",
     .need = Need::required,
     .example = "/srv/vm188/export",
     .since = "1.6"},
    {.name = "opts", .text = "Who may use it, and how: as exportfs wants it.", .need = Need::required, .example = "*(ro)", .since = "1.6"},
};

constexpr std::string_view access_words[] = {"roo", "rwo", "rox", "rwx"};

constexpr Keyword volume[] = {
    {.name = "type", .type = Type::word, .text = "The kind of pool that it is made in.", .example = "shm", .since = "1.9"},
    {.name = "name", .type = Type::name, .text = "The volume's own service.", .example = "vm188-data", .since = "1.9"},
    {.name = "pool", .type = Type::word, .text = "The storage pool that it is made in.", .example = "default", .since = "1.9"},
    {.name = "size", .type = Type::size, .text = "How large it is made.", .example = "10g", .since = "1.9"},
    {.name = "access",
     .text = "How many nodes use it, and whether they write to it.",
     .default_value = "rwo",
     .candidates = access_words,
     .since = "1.9"},
    {.name = "format", .type = Type::boolean, .text = "Whether it has a file system.", .default_value = "true", .since = "1.9"},
    {.name = "directories", .type = Type::list, .text = "Directories that are made in it.", .example = "a/b c", .since = "1.9"},
    {.name = "user", .type = Type::name, .text = "Who owns these.", .example = "1001", .since = "1.9"},
    {.name = "group", .type = Type::name, .text = "The group that owns these.", .example = "1001", .since = "1.9"},
    {.name = "perm", .type = Type::word, .text = "Their permissions, in octal.", .example = "644", .since = "1.9"},
};

constexpr SectionDriver fs_types[] = {
    {"directory", "A directory with an owner and permissions.", directory},
};

constexpr SectionDriver share_types[] = {
    {"nfs", "A directory that others mount over NFS.", nfs},
};

}  // namespace

Keywords fs_keywords() {
    return fs;
}
Keywords share_keywords() {
    return share;
}
Keywords volume_keywords() {
    return volume;
}
std::span<const SectionDriver> fs_drivers() {
    return fs_types;
}
std::span<const SectionDriver> share_drivers() {
    return share_types;
}

}  // namespace svcmgr
