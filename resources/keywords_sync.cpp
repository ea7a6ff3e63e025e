// What [sync#n] may say (contract.md 2.11); for storage arrays see keywords_sync_arrays.cpp.

#include <iterator>
#include <vector>

#include "resources/keywords.h"
#include "resources/keywords_drivers.h"

namespace svcmgr {

namespace {

using Type = Keyword::Type;
using Need = Keyword::Need;

constexpr std::string_view target_words[] = {"nodes", "drpnodes"};

constexpr Keyword common[] = {
    {.name = "type",
     .type = Type::word,
     .text = "How the data is replicated.",
     .default_value = "rsync",
     .example = "rsync",
     .since = "1.4"},
    {.name = "schedule",
     .text = "When the data is replicated. The default is the service's `sync_schedule`.",
     .example = "04:00-06:00@121",
     .since = "1.6"},
    {.name = "sync_max_delay",
     .type = Type::minutes,
     .text = "How old replicated data may be before the resource is a warning.",
     .default_value = "1440",
     .example = "1d",
     .since = "1.4"},
    {.name = "sync_interval",
     .type = Type::minutes,
     .text = "How long after a replication the next one may begin.",
     .default_value = "121",
     .example = "2h",
     .since = "1.4"},
};

constexpr Keyword rsync[] = {
    {.name = "src",
     .type = Type::list,
     .text = "What is replicated: files and directories, patterns too. A slash at the end means the content, as rsync has it.",
     .need = Need::required,
     .example = "/srv/vm188",
     .since = "1.4"},
    {.name = "dst",
     .type = Type::word,
     .text = "Where it goes on the other nodes.",
     .need = Need::required,
     .example = "/srv/vm188",
     .since = "1.4"},
    {.name = "target",
     .type = Type::list,
     .text = "The nodes that get the data: `nodes`, `drpnodes` or both.",
     .candidates = target_words,
     .need = Need::required,
     .example = "nodes drpnodes",
     .since = "1.4"},
    {.name = "dstfs",
     .type = Type::word,
     .text = "A file system that has to be mounted on the other node, so that its mount point is not filled instead.",
     .example = "/srv/vm188",
     .since = "1.4"},
    {.name = "snap",
     .type = Type::boolean,
     .text = "Whether it is read from a snapshot, so that all of it is of one moment: of the btrfs subvolumes that are mounted there.",
     .default_value = "false",
     .since = "1.4"},
    {.name = "presnap_trigger",
     .type = Type::command,
     .text = "A command before the snapshot is taken, which makes what is there whole. When it fails nothing is replicated.",
     .example = "/srv/vm188/bin/quiesce",
     .since = "1.4"},
    {.name = "postsnap_trigger",
     .type = Type::command,
     .text = "A command right after it, and also when no snapshot could be taken: what was stopped goes on.",
     .example = "/srv/vm188/bin/resume",
     .since = "1.4"},
    {.name = "bwlimit", .type = Type::word, .text = "How many KiB a second it may use.", .example = "3000", .since = "1.4"},
    {.name = "exclude", .text = "A pattern that is left out.", .example = "*.core", .since = "1.4"},
    {.name = "options", .type = Type::command, .text = "Further arguments of rsync.", .example = "--acls --xattrs", .since = "1.4"},
};

constexpr Keyword docker[] = {
    {.name = "target",
     .type = Type::list,
     .text = "The nodes that get the data: `nodes`, `drpnodes` or both.",
     .candidates = target_words,
     .need = Need::required,
     .example = "nodes drpnodes",
     .since = "1.4"},
};

constexpr Keyword dds[] = {
    {.name = "src",
     .type = Type::list,
     .text = "The logical volume that is replicated.",
     .need = Need::required,
     .example = "/dev/vg_vm188/data",
     .since = "1.4"},
    {.name = "dst",
     .type = Type::word,
     .text = "The device that gets it. The default is `src`.",
     .example = "/dev/vg_drp/data",
     .since = "1.4"},
    {.name = "target",
     .type = Type::list,
     .text = "The nodes that get the data: `nodes`, `drpnodes` or both.",
     .candidates = target_words,
     .need = Need::required,
     .example = "nodes drpnodes",
     .since = "1.4"},
    {.name = "snap_size",
     .type = Type::word,
     .text = "How large the snapshot is made. The default is a tenth of the volume.",
     .example = "1g",
     .since = "1.4"},
};

constexpr Keyword zfs[] = {
    {.name = "src",
     .type = Type::list,
     .text = "The dataset that is replicated.",
     .need = Need::required,
     .example = "data/vm188",
     .since = "1.4"},
    {.name = "dst",
     .type = Type::word,
     .text = "The dataset that gets it.",
     .need = Need::required,
     .example = "data/vm188",
     .since = "1.4"},
    {.name = "target",
     .type = Type::list,
     .text = "The nodes that get the data: `nodes`, `drpnodes` or both.",
     .candidates = target_words,
     .need = Need::required,
     .example = "nodes drpnodes",
     .since = "1.4"},
    {.name = "recursive",
     .type = Type::boolean,
     .text = "Whether what is inside is replicated, too.",
     .default_value = "false",
     .since = "1.5"},
};

constexpr Keyword btrfs[] = {
    {.name = "src",
     .type = Type::list,
     .text = "The subvolume that is replicated, by its path. A read-only snapshot stays beside it for each node that gets it.",
     .need = Need::required,
     .example = "/srv/vm188",
     .since = "1.4"},
    {.name = "dst",
     .type = Type::word,
     .text = "The path of the subvolume that it becomes on the other node. What is there is replaced as a whole.",
     .need = Need::required,
     .example = "/srv/vm188",
     .since = "1.4"},
    {.name = "target",
     .type = Type::list,
     .text = "The nodes that get the data: `nodes`, `drpnodes` or both.",
     .candidates = target_words,
     .need = Need::required,
     .example = "nodes drpnodes",
     .since = "1.4"},
    {.name = "recursive",
     .type = Type::boolean,
     .text = "Whether what is inside is replicated, too.",
     .default_value = "false",
     .since = "1.5"},
};

constexpr Keyword btrfssnap[] = {
    {.name = "name",
     .type = Type::word,
     .text = "A word in the snapshots' names, so that several kinds can be kept apart.",
     .example = "weekly",
     .since = "1.6"},
    {.name = "subvol",
     .type = Type::list,
     .text = "The subvolumes, each as label:path.",
     .need = Need::required,
     .example = "data:vm188",
     .since = "1.6"},
    {.name = "keep", .type = Type::integer, .text = "How many snapshots are kept.", .default_value = "3", .since = "1.6"},
};

constexpr Keyword zfssnap[] = {
    {.name = "name",
     .type = Type::word,
     .text = "A word in the snapshots' names, so that several kinds can be kept apart.",
     .example = "weekly",
     .since = "1.6"},
    {.name = "dataset", .type = Type::list, .text = "The datasets.", .need = Need::required, .example = "data/vm188", .since = "1.6"},
    {.name = "keep", .type = Type::integer, .text = "How many snapshots are kept.", .default_value = "3", .since = "1.6"},
    {.name = "recursive",
     .type = Type::boolean,
     .text = "Whether what is inside is replicated, too.",
     .default_value = "false",
     .since = "1.5"},
};

constexpr Keyword s3[] = {
    {.name = "src", .type = Type::list, .text = "What is saved.", .need = Need::required, .example = "/srv/vm188", .since = "1.4"},
    {.name = "bucket",
     .type = Type::word,
     .text = "The bucket that gets it.",
     .need = Need::required,
     .example = "backup-vm188",
     .since = "1.8"},
    {.name = "full_schedule",
     .text = "When everything is saved rather than what changed.",
     .default_value = "@1441 sun",
     .example = "@1441 sun",
     .since = "1.8"},
    {.name = "options", .type = Type::command, .text = "Further arguments of tar.", .example = "--exclude *.pyc", .since = "1.8"},
    {.name = "snap", .type = Type::boolean, .text = "Whether it is read from a snapshot.", .default_value = "false", .since = "1.8"},
};

constexpr Keyword rados[] = {
    {.name = "images",
     .type = Type::list,
     .text = "The images that snapshots are taken of, each as pool/image.",
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
    {.name = "pairs",
     .type = Type::list,
     .text = "The images and their clones, each as pool/image:pool/image.",
     .example = "rbd/vm188:rbd/vm188_clone",
     .since = "1.8"},
};

constexpr SectionDriver drivers[] = {
    {"rsync", "Files, by rsync.", rsync},
    {"docker", "Images of Docker.", docker},
    {"dds", "A logical volume, by its snapshots' differences.", dds},
    {"zfs", "A dataset of ZFS.", zfs},
    {"btrfs", "A subvolume of Btrfs.", btrfs},
    {"btrfssnap", "Snapshots of Btrfs on the node itself.", btrfssnap},
    {"zfssnap", "Snapshots of ZFS on the node itself.", zfssnap},
    {"s3", "Files, into a bucket of S3.", s3},
    {"rados", "Snapshots and clones of Ceph images.", rados},
};

}  // namespace

Keywords sync_keywords() {
    return common;
}

std::span<const SectionDriver> sync_drivers() {
    static const std::vector<SectionDriver> all = [] {
        std::vector<SectionDriver> both(std::begin(drivers), std::end(drivers));
        const auto arrays = sync_array_drivers();
        both.insert(both.end(), arrays.begin(), arrays.end());
        return both;
    }();
    return all;
}

}  // namespace svcmgr
