#pragma once

#include <map>
#include <string>
#include <vector>

#include "drivers/hypervisor/tools/tool_hypervisor.h"

namespace svcmgr::netns {

/// Named network namespaces as instances: what `ip netns` makes. It is there or it is not; what it forwards and how is in its section.
/// Adapters and routes come from sections [ip#N].
class Netns : public tools::ToolHypervisor {
public:
    explicit Netns(const World& world);

    Capabilities capabilities(Deadline deadline) override;
    /// In the namespace, and otherwise where we are.
    SshOutcome run_inside(const Guest& guest, const Argv& argv, Deadline deadline) override;
    Disks disks(const Guest& guest, Deadline deadline) override;
    tl::expected<Path, std::string> network_namespace(const Guest& guest, Deadline deadline) override;

private:
    tools::GuestList list(std::span<const Guest> guests, Deadline deadline) override;
    /// Settings that are not as its section says.
    void complete_one(GuestState& state, const Guest& guest, Deadline deadline) override;
    /// Whatever of it fails, nothing of it stays.
    void boot(const Guest& guest, const GuestState& state, Deadline deadline) override;
    /// Asks what still runs in it to end, and removes it when nothing does.
    void ask_to_stop(const Guest& guest, const GuestState& state, Deadline deadline) override;
    void take_power(const Guest& guest, const GuestState& state, Deadline deadline) override;
    std::vector<Path> definition_files(const Guest& guest) const override;

    std::vector<int> processes_in(const Guest& guest, Deadline deadline) const;
    void signal(const std::string& name, const std::vector<int>& processes, Deadline deadline) const;
    void set(const Guest& guest, const std::string& file, const std::string& value, Deadline deadline) const;
    std::map<std::string, std::string> settings_of(const Guest& guest) const;
};

}  // namespace svcmgr::netns
