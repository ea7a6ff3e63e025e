#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/hypervisor/hypervisor.h"
#include "drivers/hypervisor/table.h"
#include "drivers/options.h"

namespace svcmgr {

/// What an interface of a guest is connected to: a word of `networks`.
struct KvmNetwork {
    enum class Kind {
        bridge,    ///< a bridge of the node
        network,   ///< a network of libvirt
        direct,    ///< an adapter of the node, through macvtap
        ethernet,  ///< nothing: somebody else connects the guest's device on the node
    } kind = Kind::ethernet;
    std::string source;  ///< its name; empty for ethernet

    bool operator==(const KvmNetwork&) const = default;
};

/// "bridge:br0", "network:default", "direct:eth0", "ethernet"; else why it is no network.
tl::expected<KvmNetwork, std::string> parse_kvm_network(std::string_view word);

/// Whether a container's section has a `template`: the guest is then made from it at each start, and called a service instance.
bool is_kvm_instance(const Options& section);

/// The uuid of a service instance: the section's own, else one that is made of the service's id, or of its name where it has none, and of
/// the resource. It is the same on every node and at every start.
std::string kvm_instance_uuid(const Options& section, const std::string& service, const std::string& service_id);

/// Gives a service instance its uuid, and a name that ends with the first five digits of it. The hostname stays.
Guest settle_kvm_guest(Guest guest, const std::string& service_id);

std::vector<SectionProblem> kvm_problems(const Options& section);

}  // namespace svcmgr
