// What [disk#n], [vmdg] and their old forms may say (contract.md 2.8).

#include "resources/keywords.h"
#include "resources/keywords_drivers.h"
#include "resources/keywords_reservation.h"

namespace svcmgr {

namespace {

using Type = Keyword::Type;
using Need = Keyword::Need;

constexpr Keyword common[] = {
    {.name = "type", .type = Type::word, .text = "What the disk is.", .default_value = "vg", .example = "vmdg", .since = "1.8"},
};

constexpr Keyword vmdg[] = {
    {.name = "container_id",
     .type = Type::word,
     .text = "The container whose disks these are. The default is the service's only container.",
     .example = "container#1",
     .since = "1.5"},
    scsireserv_keyword,
    no_preempt_abort_keyword,
    prkey_keyword,
    prtype_keyword,
    fenced_action_keyword,
    promote_rw_keyword,
};

constexpr Keyword volume_group[] = {
    {.name = "name",
     .type = Type::word,
     .text = "The name of the volume group.",
     .need = Need::required,
     .example = "vg_vm188",
     .since = "1.8"},
    {.name = "vgname", .type = Type::word, .text = "The name of the volume group.", .since = "1.4", .replaced_by = "name"},
    {.name = "dsf",
     .type = Type::boolean,
     .text = "Whether the volume group is imported with HP-UX's persistent device files.",
     .default_value = "true",
     .since = "1.4"},
    {.name = "pvs",
     .type = Type::list,
     .text = "The physical volumes that OpenSVC makes the volume group of.",
     .example = "/dev/mapper/m1 /dev/mapper/m2",
     .since = "1.5"},
    {.name = "options",
     .text = "What OpenSVC passes on to the command that makes the volume group.",
     .example = "--physicalextentsize 8m",
     .since = "1.9"},
};

constexpr Keyword vdisk[] = {
    {.name = "path",
     .type = Type::word,
     .text = "The device or file that a guest has as its disk; `path@node` where the nodes call it differently.",
     .need = Need::required,
     .example = "/dev/mapper/m1",
     .since = "1.4"},
};

constexpr Keyword drbd[] = {
    {.name = "res",
     .type = Type::name,
     .text = "The name of the resource, as in /etc/drbd.d/NAME.res.",
     .need = Need::required,
     .example = "r0",
     .since = "1.4"},
};

constexpr Keyword loop[] = {
    {.name = "file",
     .type = Type::word,
     .text = "The file that the loop device shows as a disk.",
     .need = Need::required,
     .example = "/srv/vm188.img",
     .since = "1.4"},
    {.name = "size",
     .type = Type::size,
     .text = "How large OpenSVC makes the file.",
     .default_value = "10",
     .example = "10g",
     .since = "1.5"},
};

constexpr Keyword md[] = {
    {.name = "uuid",
     .type = Type::word,
     .text = "The UUID of the array.",
     .need = Need::required,
     .example = "1a1c6a0b:3d4e5f60:718293a4:b5c6d7e8",
     .since = "1.8"},
    {.name = "shared",
     .type = Type::boolean,
     .text = "Whether the array is on disks that the nodes share, so that it is looked at on this node only while it is up.",
     .default_value = "false",
     .since = "1.8"},
    {.name = "devs",
     .type = Type::list,
     .text = "The disks that OpenSVC makes the array of.",
     .example = "/dev/sdb /dev/sdc",
     .since = "1.8"},
    {.name = "level", .type = Type::word, .text = "The RAID level of an array that OpenSVC makes.", .example = "raid1", .since = "1.8"},
    {.name = "layout",
     .type = Type::word,
     .text = "The layout of an array that OpenSVC makes.",
     .example = "left-symmetric",
     .since = "1.8"},
    {.name = "chunk", .type = Type::size, .text = "The chunk size of an array that OpenSVC makes.", .example = "128k", .since = "1.8"},
    {.name = "spares",
     .type = Type::integer,
     .text = "How many disks of an array that OpenSVC makes are spares.",
     .default_value = "0",
     .since = "1.8"},
};

constexpr Keyword raw[] = {
    {.name = "devs",
     .type = Type::list,
     .text = "The devices, each alone or as source:destination.",
     .need = Need::required,
     .example = "/dev/mapper/m1:/dev/raw/raw1",
     .since = "1.4"},
    {.name = "user", .type = Type::name, .text = "Who owns the devices after start.", .example = "oracle", .since = "1.4"},
    {.name = "group", .type = Type::name, .text = "The devices' group after start.", .example = "dba", .since = "1.4"},
    {.name = "perm", .type = Type::word, .text = "The devices' permissions after start, in octal.", .example = "660", .since = "1.4"},
    {.name = "create_char_devices",
     .type = Type::boolean,
     .text = "Whether character devices are made for the block devices.",
     .default_value = "true",
     .since = "1.8"},
    {.name = "zone", .type = Type::name, .text = "The Solaris zone that sees the devices.", .example = "zone1", .since = "1.8"},
};

constexpr Keyword zpool[] = {
    {.name = "name", .type = Type::name, .text = "The name of the pool.", .need = Need::required, .example = "data", .since = "1.8"},
    {.name = "poolname", .type = Type::name, .text = "The name of the pool.", .since = "1.4", .replaced_by = "name"},
    {.name = "vdev",
     .type = Type::list,
     .text = "The devices that OpenSVC makes the pool of.",
     .example = "mirror /dev/sdb /dev/sdc",
     .since = "1.8"},
    {.name = "zone", .type = Type::name, .text = "The Solaris zone that imports the pool.", .example = "zone1", .since = "1.8"},
};

constexpr std::string_view rados_locks[] = {"exclusive", "shared", "None"};
constexpr Keyword rados[] = {
    {.name = "images",
     .type = Type::list,
     .text = "The images, each as pool/image.",
     .need = Need::required,
     .example = "rbd/vm188",
     .since = "1.8"},
    {.name = "client_id",
     .type = Type::word,
     .text = "The user that the cluster knows this node as.",
     .example = "client.vm188",
     .since = "1.8"},
    {.name = "keyring",
     .type = Type::word,
     .text = "The file with that user's key.",
     .example = "/etc/ceph/ceph.client.vm188.keyring",
     .since = "1.8"},
    {.name = "lock",
     .text = "How the images are locked while they are up here.",
     .default_value = "exclusive",
     .candidates = rados_locks,
     .since = "1.8"},
    {.name = "lock_shared_tag",
     .type = Type::word,
     .text = "The tag that all the nodes of a shared lock have in common.",
     .example = "vm188",
     .since = "1.8"},
    {.name = "size", .type = Type::size, .text = "How large OpenSVC makes the images.", .example = "10g", .since = "1.8"},
    {.name = "image_format",
     .type = Type::integer,
     .text = "The format of images that OpenSVC makes.",
     .default_value = "2",
     .since = "1.8"},
};

constexpr Keyword veritas[] = {
    {.name = "name",
     .type = Type::word,
     .text = "The name of the disk group.",
     .need = Need::required,
     .example = "dg_vm188",
     .since = "1.4"},
};

constexpr Keyword veritas_volume[] = {
    {.name = "name", .type = Type::word, .text = "The name of the volume.", .need = Need::required, .example = "data", .since = "1.9"},
    {.name = "vg",
     .type = Type::word,
     .text = "The disk group that has the volume.",
     .need = Need::required,
     .example = "dg_vm188",
     .since = "1.9"},
    {.name = "size", .type = Type::word, .text = "How large OpenSVC makes the volume.", .example = "10g", .since = "1.9"},
};

constexpr Keyword logical_volume[] = {
    {.name = "name",
     .type = Type::word,
     .text = "The name of the logical volume.",
     .need = Need::required,
     .example = "data",
     .since = "1.9"},
    {.name = "vg",
     .type = Type::word,
     .text = "The volume group that has it.",
     .need = Need::required,
     .example = "vg_vm188",
     .since = "1.9"},
    {.name = "size",
     .type = Type::word,
     .text = "How large OpenSVC makes it: a size, or a part of the volume group.",
     .example = "100%FREE",
     .since = "1.9"},
};

constexpr Keyword zfs_volume[] = {
    {.name = "name",
     .type = Type::word,
     .text = "The name of the volume, as pool/volume.",
     .need = Need::required,
     .example = "data/vm188",
     .since = "1.9"},
    {.name = "size", .type = Type::size, .text = "How large OpenSVC makes it.", .example = "10g", .since = "1.9"},
};

constexpr Keyword gandi[] = {
    {.name = "name",
     .type = Type::word,
     .text = "The name of the cloud's volume.",
     .need = Need::required,
     .example = "data",
     .since = "1.4"},
    {.name = "node",
     .type = Type::word,
     .text = "The cloud's name of the node that the volume is attached to.",
     .example = "node109",
     .since = "1.4"},
};

constexpr Keyword amazon[] = {
    {.name = "volumes",
     .type = Type::list,
     .text = "The volumes, by their ids or by what they are called.",
     .need = Need::required,
     .example = "vol-123456 vol-654321",
     .since = "1.8"},
};

constexpr Keyword gce[] = {
    {.name = "names",
     .type = Type::list,
     .text = "The names of the disks.",
     .need = Need::required,
     .example = "vm188-data1 vm188-data2",
     .since = "1.8"},
    {.name = "gce_zone",
     .type = Type::word,
     .text = "The zone of the cloud that has them.",
     .need = Need::required,
     .example = "europe-west1-b",
     .since = "1.8"},
    {.name = "size", .type = Type::size, .text = "How large OpenSVC makes them.", .example = "10g", .since = "1.8"},
};

constexpr Keyword disk[] = {
    {.name = "disk_id",
     .type = Type::word,
     .text = "The world wide name of the disk.",
     .example = "6589cfc00000097484f0728d8b2118a6",
     .since = "1.8"},
    {.name = "array",
     .type = Type::word,
     .text = "The storage array that OpenSVC makes the disk on.",
     .example = "xtremio-prod1",
     .since = "1.8"},
    {.name = "diskgroup", .type = Type::word, .text = "The array's pool that the disk comes from.", .example = "default", .since = "1.8"},
    {.name = "size", .type = Type::size, .text = "How large OpenSVC makes the disk.", .example = "10g", .since = "1.8"},
    {.name = "slo",
     .type = Type::word,
     .text = "The service level that the array shall give the disk.",
     .example = "Optimized",
     .since = "1.8"},
};

constexpr SectionDriver drivers[] = {
    {"vmdg", "The disks that the hypervisor passes through to a container. Start and stop reserve and release them.", vmdg},
    {"vg", "A volume group of the node.", volume_group},
    {"lvm", "", volume_group, "vg"},
    {"vdisk", "Devices or files that a guest has as its disks.", vdisk},
    {"drbd", "A replicated device.", drbd},
    {"loop", "A file as a disk.", loop},
    {"md", "An array of Linux.", md},
    {"raw", "Devices that are handed on as they are.", raw},
    {"zpool", "A pool of ZFS.", zpool},
    {"pool", "", zpool, "zpool"},
    {"rados", "Images of Ceph.", rados},
    {"veritas", "A disk group of Veritas.", veritas},
    {"vxdg", "", veritas, "veritas"},
    {"vxvol", "A volume of Veritas.", veritas_volume},
    {"lv", "A logical volume.", logical_volume},
    {"zvol", "A volume of ZFS.", zfs_volume},
    {"gandi", "A volume of Gandi's cloud.", gandi},
    {"amazon", "Volumes of Amazon's cloud.", amazon},
    {"gce", "Disks of Google's cloud.", gce},
    {"disk", "A disk of a storage array.", disk},
};

}  // namespace

Keywords disk_keywords() {
    return common;
}
Keywords vmdg_keywords() {
    return vmdg;
}
std::span<const SectionDriver> disk_drivers() {
    return drivers;
}

}  // namespace svcmgr
