#pragma once

#include <optional>
#include <string>
#include <vector>

#include "drivers/network/namespace_view.h"
#include "resources/cni_kept.h"
#include "resources/outside_ip.h"

namespace svcmgr {

/// What an attachment was told otherwise than its section says by now: network, address, ports, arguments. A sentence each, without values
/// of arguments, which may be secret.
std::vector<std::string> changes_since(const cni::Attachment& then, const cni::Attachment& now);

/// `ip#n` with `type = cni`: an adapter and its addresses in a container's network, made by the plugins of a network configuration (CNI
/// specification 1.0; contract.md 6.3).
///
/// The start runs ADD, and DEL before it when something is left of an earlier one; the stop runs DEL, also when the container is gone. What
/// is needed for DEL is on the disk before ADD begins: nothing that a plugin has given out is lost when svcmgr is killed.
///
/// Up when all that ADD returned is in the container's network and CHECK agrees. A missing adapter or address is down, also where the
/// container has another network namespace than the one that was given them; everything else that is missing is a warning, and so is a
/// section that says otherwise than when the container was connected.
class CniIp : public OutsideIp {
public:
    /// `container` outlives this. `service` is the service's name.
    CniIp(Rid rid, Options options, const Container& container, const std::string& service, cni::Places places);
    /// Why a section can't be one; empty when it can.
    static std::string problem_of(const Options& options);

    std::string label() const override { return network_ + "@" + interface_; }
    int place(Goal goal) const override { return goal == Goal::down ? 1 : 0; }

    ResourceObservation look(Looking& looking) const override;
    Intent intend(Goal goal, const ResourceObservation& observation) const override;
    void perform(const std::string& verb, Doing& doing) const override;

private:
    using Kept = cni::Kept;
    cni::Caller caller(const World& world) const { return {world, places_.plugins}; }
    /// As its section says it now; of the network only the name is known.
    cni::Attachment wanted() const;
    cni::Attachment attachment(cni::Network network, Path network_namespace) const;

    void look_without_container(const GuestState& guest, const std::optional<Kept>& kept, ResourceObservation& seen) const;
    void judge(Looking& looking, const Kept& kept, const Path& network_namespace, ResourceObservation& seen) const;
    void look_startable(Looking& looking, ResourceObservation& seen) const;

    void start(Doing& doing) const;
    void add(Kept& kept, Doing& doing) const;
    void claim(const cni::Result& result, const Path& network_namespace, Doing& doing) const;
    void stop(Doing& doing) const;
    /// What of it is as it should be, found out anew.
    bool is_up(const Kept& kept, const Path& network_namespace, Doing& doing) const;
    std::optional<Kept> kept_for_change(Doing& doing) const;

    std::string network_;
    std::string interface_;
    std::string container_id_;
    std::string service_;
    std::string kept_name_;
    cni::Places places_;
    cni::KeptAttachments kept_;
};

}  // namespace svcmgr
