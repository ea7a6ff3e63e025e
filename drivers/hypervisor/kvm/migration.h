#pragma once

#include <functional>
#include <memory>
#include <string>

#include "drivers/hypervisor/kvm/libvirt.h"
#include "drivers/hypervisor/live_migration.h"
#include "drivers/no_signals.h"
#include "drivers/world.h"

namespace svcmgr::kvm {

/// Live migration by libvirt: peer to peer and tunnelled, over one connection to the other libvirtd that goes through our ssh, with the
/// guest left paused there (share/doc/decisions.md). It waits on whatever signal is pending, but for `migrate`, which breaks the move off.
class KvmMigration : public LiveMigration {
public:
    /// `clock` and the other parts of the world outlive it.
    KvmMigration(const World& world, std::string uri);

    std::string describe(const Guest& guest, Deadline deadline) override;
    std::optional<Error> obstacle(const Guest& guest, const std::string& description, Deadline deadline) override;
    void migrate(const Guest& guest, const WayThere& way, const Tell& tell, Deadline deadline) override;
    void go_on(const Guest& guest, Deadline deadline) override;
    void turn_away(const Guest& guest, Deadline deadline) override;
    Argv door() const override;

private:
    /// Throws Error when no answer comes in time.
    void ask(const Guest& guest, Deadline deadline, std::function<void(const Session&)> work);
    /// Tells how far the move is; silent when libvirt does not say.
    void report(const Guest& guest, const Tell& tell);

    World world_;
    const std::string uri_;
    NoSignals no_signals_;
    Libvirt libvirt_;
};

}  // namespace svcmgr::kvm
