// What node.conf may say (contract.md 11.1).

#include "svcmgr/service/environments.h"
#include "svcmgr/service/keywords.h"

namespace svcmgr {

namespace {

using Type = Keyword::Type;

constexpr Keyword node[] = {
    {.name = "host_mode",
     .text = "What the node is for: services that are not PRD are refused on a PRD node. The default is the word in the file host_mode, "
             "else TST.",
     .candidates = environment_words,
     .example = "PRD",
     .since = "1.4"},
    {.name = "env",
     .text = "What OpenSVC calls `host_mode` since 1.8.",
     .candidates = environment_words,
     .since = "1.8",
     .replaced_by = "host_mode"},
    {.name = "prkey",
     .type = Type::word,
     .text = "The node's reservation key: 0x and up to 16 hexadecimal digits, another one on every node. It must never change while disks "
             "are reserved.",
     .example = "0x5e2a00000001",
     .since = "1.8"},
    {.name = "max_parallel",
     .type = Type::integer,
     .text = "How many services may act at once when an action is about several. 0, the default, lets svcmgr decide: two for each "
             "processor, fewer while the node is short of processors, disks or memory.",
     .default_value = "0",
     .since = "1.9"},
    {.name = "boot_wait",
     .type = Type::duration,
     .text = "How long `boot`, counted from its own begin, waits for hypervisors and peers that do not answer yet. What can't be started "
             "by then is not started.",
     .default_value = "5m",
     .since = "svcmgr"},
    {.name = "shutdown_timeout",
     .type = Type::duration,
     .text = "How long `shutdown` may take, counted from its begin. Services that it comes to late get less time for each step than they "
             "would have, but ten seconds; guests that have not ended by then are forced.",
     .default_value = "15m",
     .since = "svcmgr"},
    {.name = "look_timeout",
     .type = Type::duration,
     .text = "How long a hypervisor has to answer before its guests' status is undef.",
     .default_value = "2s",
     .since = "svcmgr"},
    {.name = "guest_timeout",
     .type = Type::duration,
     .text = "How long a command or a ping in a guest may take while a status is looked at.",
     .default_value = "5s",
     .since = "svcmgr"},
    {.name = "live_migration",
     .type = Type::boolean,
     .text =
         "Whether guests may come here while they run (`migrate`) from nodes whose key is limited to `svcmgr peer`. Such a key can then do "
         "what libvirt can, which is as much as root. Nodes whose key has no such limit need not be allowed.",
     .default_value = "false",
     .since = "svcmgr"},
    {.name = "accept_files",
     .type = Type::boolean,
     .text = "Whether nodes whose key is limited to `svcmgr peer` may replace env files, launchers and definitions of services here (`sync "
             "nodes`). What these say is run as root, so such a key is then as good as root's. Nodes whose key has no such limit need not "
             "be allowed.",
     .default_value = "false",
     .since = "svcmgr"},
    {.name = "peer_timeout",
     .type = Type::duration,
     .text = "How long a peer has to say what it knows of a service, from the first packet on. A peer that is gone costs this much.",
     .default_value = "2s",
     .since = "svcmgr"},
    {.name = "ruser",
     .type = Type::list,
     .text = "The user for commands on peers: one for all, or user@node.",
     .default_value = "root",
     .example = "opensvc root@node112",
     .since = "1.5"},
    {.name = "clusters",
     .type = Type::list,
     .text = "The clusters that the node is a member of; they label shared disks in the inventory.",
     .example = "cluster1",
     .since = "1.6"},
    {.name = "uuid",
     .type = Type::word,
     .text = "The node's identity in OpenSVC's collector. svcmgr has no collector.",
     .example = "6b5e2c1a-7f5c-4cf1-8d1d-6a1a2d2b9f70",
     .since = "1.8"},
    {.name = "dbopensvc",
     .type = Type::word,
     .text = "OpenSVC's collector. svcmgr has none and keeps its inventory in a local database.",
     .example = "https://collector/feed/default/call/xmlrpc",
     .since = "1.4"},
    {.name = "dbcompliance",
     .type = Type::word,
     .text = "OpenSVC's compliance database. svcmgr has none.",
     .example = "https://collector/init/compliance/call/xmlrpc",
     .since = "1.5"},
    {.name = "branch",
     .type = Type::word,
     .text = "The branch that OpenSVC's agent is updated from. svcmgr does nothing with it.",
     .example = "1.8",
     .since = "1.6"},
    {.name = "repo",
     .type = Type::word,
     .text = "Where OpenSVC's agent is updated from. svcmgr does nothing with it.",
     .example = "http://repo.example.com/opensvc",
     .since = "1.5"},
    {.name = "repopkg",
     .type = Type::word,
     .text = "Where OpenSVC's packages are. svcmgr does nothing with it.",
     .example = "http://repo.example.com/opensvc/packages",
     .since = "1.5"},
    {.name = "repocomp",
     .type = Type::word,
     .text = "Where OpenSVC's compliance modules are. svcmgr does nothing with it.",
     .example = "http://repo.example.com/opensvc/compliance",
     .since = "1.5"},
    {.name = "loc_country", .text = "The country that the node is in, for the inventory.", .example = "fr", .since = "1.5"},
    {.name = "loc_city", .text = "The city that the node is in.", .example = "Paris", .since = "1.5"},
    {.name = "loc_zip", .text = "The postal code of the node's place.", .example = "75017", .since = "1.5"},
    {.name = "loc_addr", .text = "The street that the node is in.", .example = "7 rue Blanche", .since = "1.5"},
    {.name = "loc_building", .text = "The building that the node is in.", .example = "Crystal", .since = "1.5"},
    {.name = "loc_floor", .text = "The floor that the node is on.", .example = "21", .since = "1.5"},
    {.name = "loc_room", .text = "The room that the node is in.", .example = "102", .since = "1.5"},
    {.name = "loc_rack", .text = "The rack that the node is in.", .example = "R42", .since = "1.5"},
    {.name = "team_responsible", .text = "The team that is responsible for the node.", .example = "storage", .since = "1.5"},
};

constexpr Keyword ssh[] = {
    {.name = "user", .type = Type::name, .text = "The user on peers and in guests.", .default_value = "root", .since = "svcmgr"},
    {.name = "port", .type = Type::integer, .text = "The port of their ssh servers.", .default_value = "22", .since = "svcmgr"},
    {.name = "identity",
     .type = Type::list,
     .text = "The file with the private key to log in with, or several. The default is the user's own standard keys.",
     .example = "/root/.ssh/id_ed25519",
     .since = "svcmgr"},
    {.name = "connect_timeout",
     .type = Type::duration,
     .text = "How long a connection may take to be established.",
     .default_value = "5s",
     .since = "svcmgr"},
};

constexpr Keyword journal[] = {
    {.name = "keep_days",
     .type = Type::integer,
     .text = "For how many days an action stays in the journal. One that was interrupted stays until another has completed it.",
     .default_value = "90",
     .since = "svcmgr"},
    {.name = "keep_actions",
     .type = Type::integer,
     .text = "How many actions of each service stay in the journal.",
     .default_value = "500",
     .since = "svcmgr"},
    {.name = "max_size",
     .type = Type::size,
     .text = "How much room the database may use. When there is more in it, the oldest actions are forgotten, but never the newest twenty.",
     .default_value = "64m",
     .since = "svcmgr"},
    {.name = "log_max_size",
     .type = Type::size,
     .text = "How large the log file of a service may grow before it is put aside and a new one begun. 0: it is never put aside.",
     .default_value = "10m",
     .since = "svcmgr"},
    {.name = "log_keep",
     .type = Type::integer,
     .text = "How many log files of a service that were put aside are kept, as NAME.log.1, NAME.log.2 and so on.",
     .default_value = "5",
     .since = "svcmgr"},
};

constexpr Keyword cni[] = {
    {.name = "plugins",
     .type = Type::list,
     .text = "The directories of the plugins of CNI. The first one that has a plugin counts.",
     .default_value = "/opt/cni/bin /usr/lib/cni",
     .since = "1.9"},
    {.name = "config",
     .type = Type::word,
     .text = "The directory of network configurations: *.conflist, *.conf and *.json.",
     .default_value = "/etc/cni/net.d",
     .since = "1.9"},
};

}  // namespace

Keywords node_section_keywords() {
    return node;
}
Keywords ssh_section_keywords() {
    return ssh;
}
Keywords journal_section_keywords() {
    return journal;
}
Keywords cni_section_keywords() {
    return cni;
}

}  // namespace svcmgr
