#pragma once

#include <optional>
#include <string>
#include <vector>

#include "drivers/error.h"
#include "drivers/hypervisor/host_needs.h"
#include "drivers/hypervisor/hypervisor.h"
#include "drivers/hypervisor/xen/config_file.h"
#include "drivers/hypervisor/xen/domain_list.h"
#include "drivers/world.h"

namespace svcmgr::xen {

/// Guests of Xen, through `xl` (contract.md 5.2 has libvirt instead; share/doc/decisions.md says why). Xen keeps no guests that are down:
/// such a one is its configuration, `cf` of its section or /etc/xen/NAME.cfg. Without xenstored every call of xl hangs for ever, and each
/// has a deadline therefore.
class XenHypervisor : public Hypervisor, public TellsNeeds {
public:
    explicit XenHypervisor(const World& world) : world_(world) {}

    Capabilities capabilities(Deadline deadline) override;
    /// One `xl list -v` for all. A guest that is not in a list with a line that can't be read is `unknown`. A look at
    /// one guest asks for its details, too.
    std::vector<GuestState> look(std::span<const Guest> guests, Deadline deadline) override;

    void start(const Guest& guest, Deadline deadline) override;
    /// Asking ends after some seconds also when the guest does not acknowledge: what it was told stays written in the xenstore.
    void stop(const Guest& guest, StopMode mode, Deadline deadline) override;
    SshOutcome run_inside(const Guest& guest, const Argv& argv, Deadline deadline) override;

    /// Bridges of this domain that the script vif-bridge connects interfaces to, memory, and processors on which the guest has to run. Of
    /// memory nothing is certain where xl takes it from the host's own domain.
    std::vector<HostNeed> needs(const Guest& guest, Deadline deadline) override;

    Disks disks(const Guest& guest, Deadline deadline) override;
    std::vector<Path> definition(const Guest& guest) override;
    std::vector<Path> definition_places(const Guest& guest) override;

private:
    CommandResult xl(const Argv& words, Deadline deadline);
    /// What to say when xl failed: "xl list did not answer within 2 s …".
    std::string describe(const std::string& verb, const CommandResult& result, Duration given) const;
    Error failure(const Guest& guest, const std::string& verb, const CommandResult& result, Duration given) const;

    /// Those that its configuration gives it, otherwise those under which this host knows its MAC addresses. No more than is known: it is
    /// not asked itself.
    std::vector<std::string> addresses(const Guest& guest, Deadline deadline);

    Path config_of(const Guest& guest) const;
    GuestState state_of(const Guest& guest, const DomainList& list) const;
    /// Of a guest that the list does not have by its name.
    GuestState not_listed(const Guest& guest, const Path& path, const std::optional<GuestConfig>& config, const DomainList& list) const;
    std::optional<Path> autostart_of(const Guest& guest, const Path& config) const;

    World world_;
};

}  // namespace svcmgr::xen
