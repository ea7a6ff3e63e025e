#pragma once

#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "drivers/hypervisor/tools/tool_hypervisor.h"
#include "drivers/hypervisor/zone/zone_file.h"

namespace svcmgr::zone {

/// Zones of Solaris and illumos, through zoneadm, zonecfg and zlogin (contract.md 5.9). A zone that another node may run is detached here
/// once it is down; one that this node does not know is made from what a peer replicated: /etc/zones/NAME.xml, or the file that `zonecfg
/// export` wrote before the zone was deleted (`delete_on_stop`).
class Zone : public tools::ToolHypervisor {
public:
    Zone(const World& world, const Options& options);

    Capabilities capabilities(Deadline deadline) override;
    /// By zlogin, through a shell of the zone.
    SshOutcome run_inside(const Guest& guest, const Argv& argv, Deadline deadline) override;
    Disks disks(const Guest& guest, Deadline deadline) override;
    void release(const Guest& guest, Deadline deadline) override;
    std::optional<Path> drp_flag(const Guest& guest) override;

private:
    tools::GuestList list(std::span<const Guest> guests, Deadline deadline) override;
    void complete(GuestState& state, const Guest& guest) override;
    void define(const Guest& guest, Deadline deadline) override;
    void boot(const Guest& guest, const GuestState& state, Deadline deadline) override;
    void ask_to_stop(const Guest& guest, const GuestState& state, Deadline deadline) override;
    void take_power(const Guest& guest, const GuestState& state, Deadline deadline) override;
    std::vector<Path> definition_files(const Guest& guest) const override;

    void zoneadm(const Guest& guest, const Argv& words, Deadline deadline) const;
    void zonecfg(const Guest& guest, const Argv& words, Deadline deadline) const;
    void attach(const Guest& guest, Deadline deadline) const;
    void detach(const Guest& guest, Deadline deadline) const;
    tl::expected<ZoneFile, std::string> file_of(const Guest& guest) const;
    Path export_file(const Guest& guest) const;

    Path exports_;  ///< directory of the files that `zonecfg export` writes
};

}  // namespace svcmgr::zone
