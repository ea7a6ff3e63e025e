#pragma once

#include <string>
#include <vector>

#include "drivers/hypervisor/tools/tool_hypervisor.h"

namespace svcmgr::ldom {

/// Logical domains of Oracle VM for SPARC, through ldm (contract.md 5.5). A domain's constraints are written to a file after each start; a
/// peer that gets it makes the domain from there.
class Ldom : public tools::ToolHypervisor {
public:
    Ldom(const World& world, const Options& options);

    Capabilities capabilities(Deadline deadline) override;
    Disks disks(const Guest& guest, Deadline deadline) override;
    void release(const Guest& guest, Deadline deadline) override;

private:
    tools::GuestList list(std::span<const Guest> guests, Deadline deadline) override;
    void complete_one(GuestState& state, const Guest& guest, Deadline deadline) override;
    void define(const Guest& guest, Deadline deadline) override;
    void boot(const Guest& guest, const GuestState& state, Deadline deadline) override;
    void ask_to_stop(const Guest& guest, const GuestState& state, Deadline deadline) override;
    void take_power(const Guest& guest, const GuestState& state, Deadline deadline) override;
    std::vector<Path> definition_files(const Guest& guest) const override;
    Path constraints_file(const Guest& guest) const;

    Path directory_;  ///< of the files of constraints
};

}  // namespace svcmgr::ldom
