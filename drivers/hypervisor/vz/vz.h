#pragma once

#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "drivers/hypervisor/tools/tool_hypervisor.h"
#include "drivers/hypervisor/vz/containers.h"

namespace svcmgr::vz {

/// Containers of OpenVZ, through vzlist and vzctl (contract.md 5.8). A container's name is its CTID.
class Vz : public tools::ToolHypervisor {
public:
    explicit Vz(const World& world);

    Capabilities capabilities(Deadline deadline) override;
    /// By vzctl, through a shell of the container.
    SshOutcome run_inside(const Guest& guest, const Argv& argv, Deadline deadline) override;
    /// None: a container has directories of its host.
    Disks disks(const Guest& guest, Deadline deadline) override;
    std::optional<Path> drp_flag(const Guest& guest) override;

private:
    tools::GuestList list(std::span<const Guest> guests, Deadline deadline) override;
    void complete(GuestState& state, const Guest& guest) override;
    void boot(const Guest& guest, const GuestState& state, Deadline deadline) override;
    void ask_to_stop(const Guest& guest, const GuestState& state, Deadline deadline) override;
    void take_power(const Guest& guest, const GuestState& state, Deadline deadline) override;
    std::vector<Path> definition_files(const Guest& guest) const override;

    tl::expected<ContainerFile, std::string> file_of(const Guest& guest) const;
};

}  // namespace svcmgr::vz
