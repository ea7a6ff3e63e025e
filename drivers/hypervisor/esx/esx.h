#pragma once

#include <string>
#include <vector>

#include "drivers/hypervisor/esx/machines.h"
#include "drivers/hypervisor/tools/tool_hypervisor.h"

namespace svcmgr::esx {

/// Machines of VMware ESX, through vmware-cmd (contract.md 5.7). It lists all of them, and says of one at a time whether it runs: a look
/// costs a call, and one more for each guest.
class Esx : public tools::ToolHypervisor {
public:
    explicit Esx(const World& world);

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

    Read<std::vector<Path>> registered(Deadline deadline) const;
    /// The machine's file. Otherwise why there is not exactly one.
    Read<Path> file_of(const Guest& guest, Deadline deadline) const;
    GuestState state_of(const Path& vmx, Deadline deadline) const;
    void vmware_cmd(const Guest& guest, const Argv& words, Deadline deadline) const;
};

}  // namespace svcmgr::esx
