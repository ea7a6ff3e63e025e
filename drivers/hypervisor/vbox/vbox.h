#pragma once

#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "drivers/hypervisor/host_needs.h"
#include "drivers/hypervisor/tools/tool_hypervisor.h"
#include "drivers/hypervisor/vbox/machines.h"

namespace svcmgr::vbox {

/// Machines of VirtualBox, through VBoxManage (contract.md 5.6): those of the user that svcmgr runs as.
class Vbox : public tools::ToolHypervisor, public TellsNeeds {
public:
    explicit Vbox(const World& world);

    Capabilities capabilities(Deadline deadline) override;
    Disks disks(const Guest& guest, Deadline deadline) override;
    /// Adapters of a host with Linux that interfaces are bridged to. Host-only ones are made by VirtualBox as they are needed.
    std::vector<HostNeed> needs(const Guest& guest, Deadline deadline) override;

private:
    tools::GuestList list(std::span<const Guest> guests, Deadline deadline) override;
    void complete_one(GuestState& state, const Guest& guest, Deadline deadline) override;
    void define(const Guest& guest, Deadline deadline) override;
    void boot(const Guest& guest, const GuestState& state, Deadline deadline) override;
    void ask_to_stop(const Guest& guest, const GuestState& state, Deadline deadline) override;
    void take_power(const Guest& guest, const GuestState& state, Deadline deadline) override;
    /// The machine's own file, which its section says (`cf`).
    std::vector<Path> definition_files(const Guest& guest) const override;
};

}  // namespace svcmgr::vbox
