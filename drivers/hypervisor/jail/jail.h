#pragma once

#include <string>
#include <vector>

#include "drivers/hypervisor/tools/tool_hypervisor.h"

namespace svcmgr::jail {

/// Jails of FreeBSD, through jail, jls and jexec (contract.md 5.12). A jail exists while it runs; one that does not is its section, and the
/// directory that its `jailroot` names.
class Jail : public tools::ToolHypervisor {
public:
    explicit Jail(const World& world);

    Capabilities capabilities(Deadline deadline) override;
    /// By jexec, without a shell.
    SshOutcome run_inside(const Guest& guest, const Argv& argv, Deadline deadline) override;
    /// None: a jail has a directory of its host.
    Disks disks(const Guest& guest, Deadline deadline) override;

private:
    tools::GuestList list(std::span<const Guest> guests, Deadline deadline) override;
    void complete_one(GuestState& state, const Guest& guest, Deadline deadline) override;
    void boot(const Guest& guest, const GuestState& state, Deadline deadline) override;
    void ask_to_stop(const Guest& guest, const GuestState& state, Deadline deadline) override;
    void take_power(const Guest& guest, const GuestState& state, Deadline deadline) override;
    std::vector<Path> definition_files(const Guest& guest) const override;
};

}  // namespace svcmgr::jail
