#pragma once

#include <memory>
#include <string>
#include <vector>

#include "resources/cni_kept.h"
#include "resources/resource.h"

namespace svcmgr {

/// An address of CNI that a section had once, and no section has any more: it was renamed, or taken out of the env file, while the address
/// was there. A warning until the next start or stop has given it back; one that can't be given back holds up neither.
class LeftCniIp : public Resource {
public:
    /// `name` is the one that it is kept under.
    LeftCniIp(Rid rid, std::string name, cni::Places places);

    std::string label() const override { return "of an earlier env file"; }
    /// Before any other of the group: somebody may be about to ask for the same address.
    int place(Goal) const override { return -1; }
    ResourceObservation look(Looking& looking) const override;
    Intent intend(Goal goal, const ResourceObservation& observation) const override;
    void perform(const std::string& verb, Doing& doing) const override;

    static constexpr std::string_view give_back_verb = "give back";

private:
    std::string name_;
    cni::Places places_;
};

/// Those that this node keeps for a service and that are of none of its resources.
std::vector<std::unique_ptr<Resource>> left_cni_addresses(const Files& files, const std::string& service, const cni::Places& places,
                                                          const std::vector<std::unique_ptr<Resource>>& resources);

}  // namespace svcmgr
