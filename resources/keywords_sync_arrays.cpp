// What [sync#n] may say for the replication and the snapshots of storage arrays (contract.md 2.11).

#include "resources/keywords.h"
#include "resources/keywords_drivers.h"

namespace svcmgr {

namespace {

using Type = Keyword::Type;
using Need = Keyword::Need;

constexpr std::string_view hp3par_modes[] = {"async", "sync"};
constexpr std::string_view hp3par_methods[] = {"ssh", "cli"};

constexpr Keyword netapp[] = {
    {.name = "filer",
     .type = Type::word,
     .text = "The filer that has the data.",
     .need = Need::required,
     .example = "filer1",
     .since = "1.4"},
    {.name = "path",
     .type = Type::word,
     .text = "The volume or qtree.",
     .need = Need::required,
     .example = "/vol/vm188/data",
     .since = "1.4"},
    {.name = "user", .type = Type::name, .text = "The user on the filers.", .default_value = "nasadm", .example = "nasadm", .since = "1.4"},
};

constexpr Keyword nexenta[] = {
    {.name = "name",
     .type = Type::word,
     .text = "The name of the replication on the appliance.",
     .need = Need::required,
     .example = "vm188",
     .since = "1.4"},
    {.name = "path",
     .type = Type::word,
     .text = "The dataset that is replicated.",
     .need = Need::required,
     .example = "data/vm188",
     .since = "1.4"},
    {.name = "filer",
     .type = Type::word,
     .text = "The appliance that has the data.",
     .need = Need::required,
     .example = "nexenta1",
     .since = "1.4"},
    {.name = "reversible",
     .type = Type::boolean,
     .text = "Whether the direction may be turned round.",
     .default_value = "false",
     .since = "1.4"},
};

constexpr Keyword symclone[] = {
    {.name = "symid",
     .type = Type::word,
     .text = "The array that has the devices.",
     .need = Need::required,
     .example = "0000183",
     .since = "1.4"},
    {.name = "pairs",
     .type = Type::list,
     .text = "The pairs of devices, each as source:destination.",
     .need = Need::required,
     .example = "00B60:00B63",
     .since = "1.4"},
    {.name = "precopy",
     .type = Type::boolean,
     .text = "Whether copying begins before the devices are split.",
     .default_value = "true",
     .since = "1.4"},
    {.name = "consistent",
     .type = Type::boolean,
     .text = "Whether the devices are split at one moment.",
     .default_value = "true",
     .since = "1.4"},
    {.name = "restore_timeout", .type = Type::duration, .text = "How long a restore may take.", .default_value = "300", .since = "1.4"},
};

constexpr Keyword symsrdfs[] = {
    {.name = "symdg", .type = Type::word, .text = "The device group.", .need = Need::required, .example = "dg_vm188", .since = "1.4"},
    {.name = "rdfg", .type = Type::integer, .text = "The RDF group.", .need = Need::required, .example = "5", .since = "1.4"},
    {.name = "symid",
     .type = Type::word,
     .text = "The array that has the devices.",
     .need = Need::required,
     .example = "0000183",
     .since = "1.4"},
};

constexpr Keyword hp3par[] = {
    {.name = "array",
     .type = Type::word,
     .text = "The array that has the data.",
     .need = Need::required,
     .example = "hp3par1",
     .since = "1.4"},
    {.name = "rcg", .type = Type::word, .text = "The remote copy group.", .need = Need::required, .example = "rcg_vm188", .since = "1.4"},
    {.name = "mode",
     .text = "Whether a write waits for the other array.",
     .candidates = hp3par_modes,
     .need = Need::required,
     .example = "async",
     .since = "1.4"},
    {.name = "method", .text = "How the array is talked to.", .default_value = "ssh", .candidates = hp3par_methods, .since = "1.8"},
};

constexpr Keyword hp3parsnap[] = {
    {.name = "array",
     .type = Type::word,
     .text = "The array that has the data.",
     .need = Need::required,
     .example = "hp3par1",
     .since = "1.8"},
    {.name = "vv_names",
     .type = Type::list,
     .text = "The snapshots that are renewed.",
     .need = Need::required,
     .example = "vm188_snap1 vm188_snap2",
     .since = "1.8"},
};

constexpr Keyword evasnap[] = {
    {.name = "eva_name",
     .type = Type::word,
     .text = "The array that has the data.",
     .need = Need::required,
     .example = "eva1",
     .since = "1.5"},
    {.name = "snap_name",
     .type = Type::word,
     .text = "The name of the snapshot. The default is the service's.",
     .example = "vm188",
     .since = "1.5"},
    {.name = "pairs",
     .text = "The disks and where their snapshots go, in the form that OpenSVC's driver reads.",
     .need = Need::required,
     .example = "src:dst",
     .since = "1.5"},
};

constexpr Keyword ibmdssnap[] = {
    {.name = "pairs",
     .type = Type::list,
     .text = "The pairs of devices, each as source:destination.",
     .need = Need::required,
     .example = "0065:0073",
     .since = "1.6"},
    {.name = "array",
     .type = Type::word,
     .text = "The array that has them.",
     .need = Need::required,
     .example = "IBM.2243-12ABC00",
     .since = "1.6"},
    {.name = "bgcopy",
     .type = Type::boolean,
     .text = "Whether everything is copied in the background.",
     .default_value = "true",
     .since = "1.6"},
    {.name = "recording",
     .type = Type::boolean,
     .text = "Whether changes are recorded, so that the next copy is short.",
     .default_value = "true",
     .since = "1.6"},
};

constexpr Keyword dcs_keyword = {.name = "dcs",
                                 .type = Type::list,
                                 .text = "The servers of the storage domain.",
                                 .need = Need::required,
                                 .example = "dcs1 dcs2",
                                 .since = "1.5"};
constexpr Keyword dcs_manager_keyword = {.name = "manager",
                                         .type = Type::word,
                                         .text = "The node that runs their command line.",
                                         .need = Need::required,
                                         .example = "dcsmanager",
                                         .since = "1.5"};

constexpr Keyword dcssnap[] = {
    {.name = "snapname",
     .type = Type::list,
     .text = "The snapshots that are renewed.",
     .need = Need::required,
     .example = "snap_vm188",
     .since = "1.5"},
    dcs_keyword,
    dcs_manager_keyword,
};

constexpr Keyword dcsckpt[] = {
    {.name = "pairs",
     .text = "The disks and their checkpoints, in the form that OpenSVC's driver reads.",
     .need = Need::required,
     .example = "src:dst",
     .since = "1.5"},
    dcs_keyword,
    dcs_manager_keyword,
};

constexpr Keyword necism[] = {
    {.name = "array",
     .type = Type::word,
     .text = "The array that has the data.",
     .need = Need::required,
     .example = "nec1",
     .since = "1.6"},
    {.name = "devs",
     .type = Type::list,
     .text = "The pairs of devices, each as source:destination.",
     .need = Need::required,
     .example = "LD_L:0042:0043",
     .since = "1.6"},
};

constexpr SectionDriver drivers[] = {
    {"netapp", "A volume of NetApp, by snapmirror.", netapp},   {"nexenta", "A dataset of Nexenta.", nexenta},
    {"symclone", "Devices of Symmetrix, by clones.", symclone}, {"symsnap", "Devices of Symmetrix, by snapshots.", symclone},
    {"symsrdfs", "Devices of Symmetrix, by SRDF/S.", symsrdfs}, {"hp3par", "Volumes of 3PAR, by remote copy.", hp3par},
    {"hp3parsnap", "Snapshots of 3PAR.", hp3parsnap},           {"evasnap", "Snapshots of EVA.", evasnap},
    {"ibmdssnap", "Snapshots of IBM DS.", ibmdssnap},           {"dcssnap", "Snapshots of DataCore.", dcssnap},
    {"dcsckpt", "Checkpoints of DataCore.", dcsckpt},           {"necism", "Snapshots of NEC.", necism},
};

}  // namespace

std::span<const SectionDriver> sync_array_drivers() {
    return drivers;
}

}  // namespace svcmgr
