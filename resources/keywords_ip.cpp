// What [ip#n] may say (contract.md 2.7).

#include "resources/keywords.h"
#include "resources/keywords_drivers.h"

namespace svcmgr {

namespace {

using Type = Keyword::Type;
using Need = Keyword::Need;

constexpr Keyword common[] = {
    {.name = "type",
     .type = Type::word,
     .text = "How the address is made. Leave it out for an address inside a guest, and for one on an adapter of the node.",
     .example = "netns",
     .since = "1.6"},
    {.name = "ipname",
     .type = Type::word,
     .text = "The address, or a name that resolves to it. Of a guest it is checked: it has to answer ping, and the guest has to have it on "
             "`ipdev`.",
     .need = Need::required,
     .example = "vm188",
     .since = "1.4"},
    {.name = "ipdev",
     .type = Type::word,
     .text = "The adapter that has the address: of the guest for an address inside a guest, else of the node.",
     .need = Need::required,
     .example = "lan0",
     .since = "1.4"},
    {.name = "netmask",
     .type = Type::word,
     .text = "The netmask of an address on the node: dotted, hexadecimal or a prefix length. The default is that of the adapter's first "
             "address.",
     .example = "255.255.255.0",
     .since = "1.4"},
    {.name = "gateway",
     .type = Type::word,
     .text = "The default route that is set with the address, in a zone or a network namespace.",
     .example = "10.0.3.1",
     .since = "1.5"},
    {.name = "network", .type = Type::word, .text = "The network that the address is taken from.", .example = "backend", .since = "1.8"},
    {.name = "zone",
     .type = Type::name,
     .text = "The Solaris zone that gets the address from the global zone.",
     .example = "zone1",
     .since = "1.8"},
    {.name = "dns_update",
     .type = Type::boolean,
     .text = "Whether OpenSVC's collector registers the address in the name service after start. svcmgr has no collector and does nothing "
             "with it.",
     .default_value = "false",
     .since = "1.6"},
    {.name = "dns_name_suffix",
     .text = "What is added to the service's name in the record of `dns_update`.",
     .example = "-backup",
     .since = "1.6"},
    {.name = "provisioner",
     .type = Type::word,
     .text = "Who gives out the address when OpenSVC provisions it.",
     .example = "collector",
     .since = "1.9"},
    {.name = "check_carrier",
     .type = Type::boolean,
     .text = "Whether an adapter without a carrier makes the address a warning.",
     .default_value = "true",
     .since = "1.9"},
    {.name = "alias",
     .type = Type::boolean,
     .text = "Whether the address is put on an alias of the adapter rather than on the adapter itself.",
     .default_value = "true",
     .since = "1.9"},
    {.name = "expose",
     .type = Type::list,
     .text = "Ports that are published in the cluster's name service, each as port/protocol.",
     .example = "443/tcp",
     .since = "1.9"},
};

constexpr std::string_view mode_words[] = {"bridge", "dedicated", "macvlan", "ipvlan-l2", "ipvlan-l3", "ovs"};
constexpr std::string_view vlan_mode_words[] = {"access", "native-tagged", "native-untagged"};

constexpr Keyword docker[] = {
    {.name = "container_rid",
     .type = Type::word,
     .text = "The container that gets the address.",
     .need = Need::required,
     .example = "container#1",
     .since = "1.6"},
    {.name = "mode",
     .text = "How the adapter in the network namespace is connected to the node's.",
     .default_value = "bridge",
     .candidates = mode_words,
     .since = "1.9"},
    {.name = "nsdev",
     .type = Type::word,
     .text = "The name of the adapter in the network namespace. The default is the first free ethN.",
     .example = "front",
     .since = "1.9"},
    {.name = "vlan_tag", .type = Type::integer, .text = "The VLAN of the adapter, with Open vSwitch.", .example = "44", .since = "1.9"},
    {.name = "vlan_mode",
     .text = "How Open vSwitch handles the VLAN.",
     .default_value = "native-untagged",
     .candidates = vlan_mode_words,
     .since = "1.9"},
    {.name = "del_net_route",
     .type = Type::boolean,
     .text = "Whether the route to the address's own network is removed in the network namespace.",
     .default_value = "false",
     .since = "1.8"},
};

constexpr Keyword netns[] = {
    {.name = "netns",
     .type = Type::word,
     .text = "The container that gets the address.",
     .need = Need::required,
     .example = "container#1",
     .since = "1.9"},
    {.name = "container_rid", .type = Type::word, .text = "The name of `netns` up to OpenSVC 1.8.", .since = "1.8", .replaced_by = "netns"},
    {.name = "mode",
     .text = "How the adapter in the network namespace is connected to the node's.",
     .default_value = "bridge",
     .candidates = mode_words,
     .since = "1.9"},
    {.name = "nsdev",
     .type = Type::word,
     .text = "The name of the adapter in the network namespace. The default is the first free ethN.",
     .example = "front",
     .since = "1.9"},
    {.name = "vlan_tag", .type = Type::integer, .text = "The VLAN of the adapter, with Open vSwitch.", .example = "44", .since = "1.9"},
    {.name = "vlan_mode",
     .text = "How Open vSwitch handles the VLAN.",
     .default_value = "native-untagged",
     .candidates = vlan_mode_words,
     .since = "1.9"},
    {.name = "del_net_route",
     .type = Type::boolean,
     .text = "Whether the route to the address's own network is removed in the network namespace.",
     .default_value = "false",
     .since = "1.8"},
};

constexpr Keyword cni[] = {
    {.name = "ipname",
     .type = Type::word,
     .text = "The address. The network gives one out when it is left out.",
     .example = "10.22.0.7",
     .since = "1.9"},
    {.name = "ipdev",
     .type = Type::word,
     .text = "The name of the adapter in the container.",
     .default_value = "eth12",
     .example = "eth12",
     .since = "1.9"},
    {.name = "network",
     .type = Type::word,
     .text = "The network of the node's CNI configuration that the address is taken from.",
     .default_value = "default",
     .example = "weave",
     .since = "1.9"},
    {.name = "netns",
     .type = Type::word,
     .text = "The container that gets the address. The default is the node itself.",
     .example = "container#1",
     .since = "1.9"},
};

constexpr Keyword crossbow[] = {
    {.name = "ipdevext",
     .type = Type::word,
     .text = "What is added to the adapter's name for the address object.",
     .default_value = "v4",
     .since = "1.8"},
};

constexpr Keyword amazon[] = {
    {.name = "ipname",
     .type = Type::word,
     .text = "The address. The cloud gives one out when it is left out.",
     .example = "10.0.3.17",
     .since = "1.8"},
    {.name = "eip",
     .type = Type::word,
     .text = "The public address that is tied to the private one.",
     .example = "52.27.90.63",
     .since = "1.8"},
    {.name = "cascade_allocation",
     .type = Type::list,
     .text = "Keywords of other sections that are set to the address that the cloud gave out.",
     .example = "ip#1.ipname",
     .since = "1.8"},
    {.name = "docker_daemon_ip",
     .type = Type::boolean,
     .text = "Whether the service's own docker daemon publishes ports on this address.",
     .default_value = "false",
     .since = "1.8"},
};

constexpr Keyword gce[] = {
    {.name = "gce_zone",
     .type = Type::word,
     .text = "The zone of the cloud that has the route.",
     .example = "europe-west1-b",
     .since = "1.8"},
    {.name = "routename",
     .type = Type::word,
     .text = "The name of the route that leads to the address.",
     .example = "vm188-route",
     .since = "1.8"},
};

constexpr Keyword route[] = {
    {.name = "ipname", .type = Type::word, .text = "Not needed for a route.", .example = "10.22.0.7", .since = "2.0"},
    {.name = "ipdev", .type = Type::word, .text = "Not needed for a route.", .example = "eth12", .since = "2.0"},
    {.name = "netns",
     .type = Type::word,
     .text = "The container whose network namespace gets the route.",
     .need = Need::required,
     .example = "container#1",
     .since = "2.0"},
    {.name = "spec",
     .text = "The route, as `ip route` wants it.",
     .need = Need::required,
     .example = "default via 10.0.3.1 dev eth12",
     .since = "2.0"},
};

constexpr SectionDriver drivers[] = {
    {"netns", "An address in the network namespace of a container.", netns},
    {"docker", "An address in the network namespace of a Docker container.", docker},
    {"cni", "An address from a network of the node's CNI configuration.", cni},
    {"crossbow", "An address object of Solaris 11.", crossbow},
    {"amazon", "An address of Amazon's cloud.", amazon},
    {"gce", "An address of Google's cloud.", gce},
    {"route", "A route in the network namespace of a container.", route},
};

}  // namespace

Keywords ip_keywords() {
    return common;
}
std::span<const SectionDriver> ip_drivers() {
    return drivers;
}

}  // namespace svcmgr
