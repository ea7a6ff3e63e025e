#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "drivers/hypervisor/copies.h"
#include "drivers/hypervisor/host_needs.h"
#include "drivers/hypervisor/hypervisor.h"
#include "drivers/hypervisor/live_migration.h"

namespace svcmgr::sim {

class Node;
class Process;
class SimWorld;

/// A guest on one hypervisor.
struct InstanceModel {
    GuestState::Value state = GuestState::Value::stopped;
    std::string reason = "shut off";
    std::vector<std::string> warnings;
    Moment since{};          ///< of its boot
    bool starting = false;   ///< a start was taken and is being carried out
    bool arriving = false;   ///< it comes from another node and has not left that yet: nothing of it runs here
    bool leaving = false;    ///< it is being sent to another node, and runs here until it is there
    std::uint64_t move = 0;  ///< another one each time that it begins to move, or stops doing so
    std::uint64_t run = 0;   ///< another one each time that something happens to it: what was planned for an earlier one does not happen
    bool exists() const;
};

/// The hypervisor of a node: what its daemon does, whoever asks. Modelled after libvirtd and QEMU: a request that was taken is carried out
/// even when nobody waits for it any more.
class HypervisorModel {
public:
    enum class Daemon {
        fine,
        hung,  ///< takes connections and answers nothing
        dead,  ///< refuses connections; guests go on
    };

    HypervisorModel(SimWorld& world, Node& node, std::string type);

    std::string name() const;
    Daemon daemon() const { return daemon_; }
    void set_daemon(Daemon daemon);
    std::map<std::string, InstanceModel>& guests() { return guests_; }

    Duration start_takes = std::chrono::milliseconds(400);
    std::set<std::string> cant_start;  ///< guests whose start fails
    std::set<std::string> cant_force;  ///< guests whose process can't be ended (a disk that hangs in the kernel)

    /// Requests; each returns at once, and what it asks for happens in virtual time.
    void begin_start(const std::string& guest);
    void ask(const std::string& guest);
    void force(const std::string& guest);
    /// Whether a host keeps something of a stopped guest, and how it lets go of it: as with zones.
    bool keeps_stopped_guests() const { return type_ == "zone"; }
    void release(const std::string& guest);
    bool moves_live() const { return type_ == "kvm"; }
    /// Whether each host has its own names for the disks of guests: as with hpvm.
    bool names_disks_itself() const { return type_ == "hpvm"; }

    /// Sends a guest to another node, as libvirt does peer to peer: it runs here until all is there, then waits there, paused. Whatever
    /// breaks the connection before that ends it: `alive` says whether there is one.
    void begin_move(const std::string& guest, HypervisorModel& there, std::function<bool()> alive);
    void abort_move(const std::string& guest);
    void resume(const std::string& guest);
    Duration move_takes = std::chrono::seconds(3);
    std::set<std::string> cant_come;  ///< guests that could not run here: their processor

    /// What happens by itself or through others.
    void set_state(const std::string& guest, GuestState::Value state, const std::string& reason);
    /// The guest's system begins to boot, now.
    void boot(const std::string& guest, const std::string& reason);
    /// It has run since a moment in the past.
    void run_since(const std::string& guest, Moment since);

private:
    void milestone(const std::string& guest, Duration after, const std::string& what);
    void go_on_moving(const std::string& guest, HypervisorModel& there, std::function<bool()> alive, Moment end);

    SimWorld& world_;
    Node& node_;
    std::string type_;
    Daemon daemon_ = Daemon::fine;
    std::map<std::string, InstanceModel> guests_;
};

/// The driver that a process is given.
class SimHypervisor : public Hypervisor, public CopiesGuests, public TellsNeeds, private LiveMigration {
public:
    SimHypervisor(Process& process, HypervisorModel& model) : process_(process), model_(model) {}

    Capabilities capabilities(Deadline deadline) override;
    std::vector<GuestState> look(std::span<const Guest> guests, Deadline deadline) override;
    void start(const Guest& guest, Deadline deadline) override;
    void stop(const Guest& guest, StopMode mode, Deadline deadline) override;
    SshOutcome run_inside(const Guest& guest, const Argv& argv, Deadline deadline) override;
    Disks disks(const Guest& guest, Deadline deadline) override;
    std::vector<Path> definition(const Guest& guest) override;
    std::vector<Path> definition_places(const Guest& guest) override;
    void release(const Guest& guest, Deadline deadline) override;
    /// Of a zone, as with the real ones.
    std::optional<Path> drp_flag(const Guest& guest) override;
    /// Of an hpvm, as with the real one: NAME.mksf has the device files that its disks need.
    std::string missing_devices(const Guest& guest, Deadline deadline) override;
    void restore_devices(const Guest& guest, Deadline deadline) override;
    void save_devices(const Guest& guest, Deadline deadline) override;
    /// Its bridges, and its processor, which `cant_come` says that a node has not.
    std::vector<HostNeed> needs(const Guest& guest, Deadline deadline) override;
    /// Of kvm, as with the real one.
    LiveMigration* live_migration() override { return model_.moves_live() ? this : nullptr; }
    std::optional<Error> copy_outlook(const Guest& guest, Deadline deadline) override;
    void make_copy(const Guest& guest, const GuestCopy& copy, Deadline deadline) override;
    /// Unlike libvirt's, a copy outlives a process that is killed: whoever cleans up has to find it.
    void start_copy(const Guest& guest, const GuestCopy& copy, Deadline deadline) override;
    void end_copy(const GuestCopy& copy, Deadline deadline) override;
    void remove_layers(const GuestCopy& copy, Deadline deadline) override;

private:
    std::string describe(const Guest& guest, Deadline deadline) override;
    std::optional<Error> obstacle(const Guest& guest, const std::string& description, Deadline deadline) override;
    void migrate(const Guest& guest, const WayThere& way, const Tell& tell, Deadline deadline) override;
    void go_on(const Guest& guest, Deadline deadline) override;
    void turn_away(const Guest& guest, Deadline deadline) override;
    Argv door() const override { return {"virt-ssh-helper"}; }

    /// Waits for the daemon's answer; the reason when there is none.
    std::optional<std::string> no_answer(Deadline deadline);
    /// The same for a request; throws Error.
    void need_answer(const Guest& guest, Deadline deadline);
    void wait_for(const Guest& guest, Deadline deadline, const std::function<bool()>& done);
    /// The recorded device files that this node lacks.
    std::vector<Path> devices_to_make(const Guest& guest) const;

    Process& process_;
    HypervisorModel& model_;
};

}  // namespace svcmgr::sim
