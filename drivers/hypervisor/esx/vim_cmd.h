#pragma once

#include <string>

#include "drivers/hypervisor/esx/vim.h"
#include "drivers/hypervisor/tools/tool_hypervisor.h"

namespace svcmgr::esx {

/// Machines of a host of VMware ESX that has vim-cmd and no vmware-cmd. They are known by their display names. A look costs a call, and one
/// more for each guest.
class VimCmd : public tools::ToolHypervisor {
public:
    /// `tool`: "vim-cmd", or "vmware-vim-cmd" in the service console of ESX 4.
    VimCmd(const World& world, std::string tool);

    Capabilities capabilities(Deadline deadline) override;
    Disks disks(const Guest& guest, Deadline deadline) override;

private:
    tools::GuestList list(std::span<const Guest> guests, Deadline deadline) override;
    void complete_one(GuestState& state, const Guest& guest, Deadline deadline) override;
    void boot(const Guest& guest, const GuestState& state, Deadline deadline) override;
    void ask_to_stop(const Guest& guest, const GuestState& state, Deadline deadline) override;
    void take_power(const Guest& guest, const GuestState& state, Deadline deadline) override;
    /// None: machines are on storage that hosts share.
    std::vector<Path> definition_files(const Guest& guest) const override;

    Argv call(const std::string& name) const { return {tool_, name}; }
    Argv call(const std::string& name, unsigned id) const { return {tool_, name, std::to_string(id)}; }
    tools::Answer all(Deadline deadline) const { return ask(call("vmsvc/getallvms"), deadline); }
    /// Otherwise why there is not exactly one of the name.
    Read<Registered> machine_of(const Guest& guest, Deadline deadline) const;
    GuestState state_of(unsigned id, Deadline deadline) const;
    void power(const Guest& guest, const std::string& verb, Deadline deadline) const;

    std::string tool_;
};

/// The driver for the tools that this host has.
std::unique_ptr<Hypervisor> make_esx(const World& world);

}  // namespace svcmgr::esx
