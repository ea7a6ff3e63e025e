#pragma once

#include <optional>
#include <string>
#include <vector>

#include "drivers/network/network.h"
#include "resources/resource.h"

namespace svcmgr {

/// `ip#n` of the node: an address that is on the adapter `ipdev` while the service is up (contract.md 6.2).
///
/// The start asks first whether another machine has the address (a ping when the action is planned, ARP probes or the kernel's own IPv6
/// check when it is done), adds it, and tells the link that it moved. A duplicate is never kept. The stop takes it away.
///
/// Up when the address is on the adapter. On another adapter, without a carrier, with another netmask than the section says, or claimed by
/// somebody else too, it is a warning; a name that can't be resolved is undef.
class NodeIp : public Resource {
public:
    NodeIp(Rid rid, Options options);

    std::string label() const override { return name_ + "@" + device_; }
    ResourceObservation look(Looking& looking) const override;
    Intent intend(Goal goal, const ResourceObservation& observation) const override;
    void perform(const std::string& verb, Doing& doing) const override;
    /// OPENSVC_IPNAME, OPENSVC_IPDEV, OPENSVC_MASK and, for a numeric name, OPENSVC_IPADDR (contract.md 2.7).
    std::vector<std::string> environment() const override;

private:
    bool tagged(std::string_view tag) const;
    /// The length of the network prefix: what the section says, else that of the adapter's first address of the family. Or why there is
    /// none.
    tl::expected<int, std::string> prefix(const AddressTable& table, const std::string& address) const;
    std::string label_for(const AddressTable& table, const std::string& address) const;
    void judge(const AddressTable& table, const AdapterAddress& held, ResourceObservation& seen) const;
    void look_startable(Looking& looking, const AddressTable& table, const std::string& address, ResourceObservation& seen) const;
    std::string address_for(Doing& doing) const;
    void start(Doing& doing) const;
    void refuse_duplicate(const std::string& address, Doing& doing) const;
    /// Of IPv6: until the kernel has asked whether somebody else has it.
    void wait_until_usable(const AdapterAddress& address, Doing& doing) const;
    void stop(Doing& doing) const;

    std::string name_;
    std::string device_;
};

}  // namespace svcmgr
