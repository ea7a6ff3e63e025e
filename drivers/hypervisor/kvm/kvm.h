#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "drivers/hypervisor/copies.h"
#include "drivers/hypervisor/host_needs.h"
#include "drivers/hypervisor/hypervisor.h"
#include "drivers/hypervisor/kvm/copy.h"
#include "drivers/hypervisor/kvm/definition_file.h"
#include "drivers/hypervisor/kvm/domains.h"
#include "drivers/hypervisor/kvm/fitness.h"
#include "drivers/hypervisor/kvm/libvirt.h"
#include "drivers/hypervisor/kvm/migration.h"
#include "drivers/hypervisor/patient_signals.h"
#include "drivers/world.h"

namespace svcmgr::kvm {

/// Guests of libvirt's QEMU driver (contract.md 5.1). Looks use a read-only connection, changes another one; each is opened when it is
/// first needed, and kept.
class KvmHypervisor : public Hypervisor, public CopiesGuests, public TellsNeeds {
public:
    /// Throws Error when this process has too few descriptors left: GLib, which libvirt uses, ends a process that it can't open some in.
    KvmHypervisor(const World& world, const std::string& uri);

    Capabilities capabilities(Deadline deadline) override;
    /// While libvirtd does not run, a guest whose QEMU process is there is `running`, with a warning; one without is `unknown`, since its
    /// absence proves little. While libvirtd hangs, both are `unknown`, and the reason tells of the process.
    std::vector<GuestState> look(std::span<const Guest> guests, Deadline deadline) override;

    /// Whether the definition can be read, and what it boots from is here.
    StartOutlook outlook(const Guest& guest, Deadline deadline) override;
    void start(const Guest& guest, Deadline deadline) override;
    void stop(const Guest& guest, StopMode mode, Deadline deadline) override;
    SshOutcome run_inside(const Guest& guest, const Argv& argv, Deadline deadline) override;

    /// "Stored" is the file that the next start defines the guest from; libvirt's own copy where there is no such file.
    Disks disks(const Guest& guest, Deadline deadline) override;
    std::vector<Path> definition(const Guest& guest) override;
    std::vector<Path> definition_places(const Guest& guest) override;

    /// Bridges and adapters where libvirtd is on this machine; libvirt's networks, its comparison of processors, and memory.
    std::vector<HostNeed> needs(const Guest& guest, Deadline deadline) override;

    LiveMigration* live_migration() override { return &migration_; }
    /// Of the guest's definition as the next start has it. The copy ends with this process, however that ends (kvm/copy.h).
    std::optional<Error> copy_outlook(const Guest& guest, Deadline deadline) override;
    void make_copy(const Guest& guest, const GuestCopy& copy, Deadline deadline) override;
    void start_copy(const Guest& guest, const GuestCopy& copy, Deadline deadline) override;
    void end_copy(const GuestCopy& copy, Deadline deadline) override;
    void remove_layers(const GuestCopy& copy, Deadline deadline) override;

    /// Requests that looks sent over the present connection, for tests and benchmarks.
    std::uint64_t requests() { return looking_.calls(); }

private:
    Looked look_at_names(const Wanted& wanted, Deadline deadline);
    /// Guests that libvirt does not know by their names, and knows by the uuids of the definitions that a peer left here.
    void find_renamed(std::map<std::string, GuestState>& states, const Wanted& wanted, Deadline deadline);
    /// Those that libvirt, or this machine's kernel, knows of a guest with this definition. Leases are asked for by themselves: the state
    /// is known, and the daemon of libvirt's networks may be another one, which may hang.
    std::vector<std::string> addresses(const std::string& name, const std::string& stored, Deadline deadline);
    /// Not compared when libvirt does not answer.
    ProcessorFit fit_of(const std::string& xml, Deadline deadline);
    std::optional<DefinitionFile> usable_definition(const Guest& guest) const;
    /// The same for one that has to be there.
    DefinitionFile needed_definition(const Guest& guest) const;
    CopyDefinition copy_definition(const Guest& guest, const GuestCopy& copy) const;
    /// Nothing when libvirtd is on another machine.
    std::optional<std::map<std::string, int>> processes() const;
    /// What to say when no answer came although `given` was waited.
    std::string no_answer(Duration given) const;
    Error gave_up(const Guest& guest, Duration given) const;
    void change(const Guest& guest, Deadline deadline, std::function<void(const Session&)> work);
    /// The disks as `work` improves them; as they are when it does not answer in time.
    std::vector<GuestDisk> improved(std::vector<GuestDisk> disks, Deadline deadline,
                                    std::function<std::vector<GuestDisk>(const Session&, std::vector<GuestDisk>)> work);

    World world_;
    bool local_;  ///< libvirtd's guests are processes of this machine
    Libvirt looking_;
    PatientSignals patient_;
    Libvirt changing_;
    KvmMigration migration_;
    std::mutex mutex_;
    std::optional<Capabilities> capabilities_;  ///< once libvirt told them
};

}  // namespace svcmgr::kvm
