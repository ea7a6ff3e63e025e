#pragma once

#include <string>
#include <vector>

#include "drivers/hypervisor/host_needs.h"
#include "drivers/hypervisor/hpvm/device_files.h"
#include "drivers/hypervisor/tools/tool_hypervisor.h"

namespace svcmgr::hpvm {

/// Guests of HP Integrity VM, through its commands (contract.md 5.4).
class Hpvm : public tools::ToolHypervisor, public TellsNeeds {
public:
    Hpvm(const World& world, const Options& options);

    Capabilities capabilities(Deadline deadline) override;
    Disks disks(const Guest& guest, Deadline deadline) override;
    /// Virtual switches. A guest that boots while one is down does not get its network (HP-UX vPars and Integrity VM administrator guide,
    /// "Guest AVIO interface behavior").
    std::vector<HostNeed> needs(const Guest& guest, Deadline deadline) override;

    /// Of the files in NAME.mksf; the device database is not asked.
    std::string missing_devices(const Guest& guest, Deadline deadline) override;
    /// Writes NAME.mksf and NAME.share, for a peer, of the disks of a guest. Throws Error.
    void save_devices(const Guest& guest, Deadline deadline) override;
    /// Makes the device files and the entries of the device database that those two files ask for, where they are missing here. Does
    /// nothing without the files. Throws Error: also when this host does not see a disk.
    void restore_devices(const Guest& guest, Deadline deadline) override;

private:
    tools::GuestList list(std::span<const Guest> guests, Deadline deadline) override;
    void boot(const Guest& guest, const GuestState& state, Deadline deadline) override;
    void ask_to_stop(const Guest& guest, const GuestState& state, Deadline deadline) override;
    void take_power(const Guest& guest, const GuestState& state, Deadline deadline) override;
    std::vector<Path> definition_files(const Guest& guest) const override;

    HostNeed need_of_vswitch(const std::string& name, Deadline deadline) const;
    Path mksf_file(const Guest& guest) const;
    Path share_file(const Guest& guest) const;
    std::vector<Argv> missing_devices(const Guest& guest, const std::string& mksf, Deadline deadline) const;
    std::vector<Argv> missing_shares(const Guest& guest, const std::string& shares, Deadline deadline) const;

    Path directory_;  ///< of NAME.mksf and NAME.share
};

}  // namespace svcmgr::hpvm
