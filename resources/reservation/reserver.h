#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "drivers/error.h"
#include "drivers/world.h"
#include "resources/reservation/shared_disk.h"
#include "resources/resource.h"

namespace svcmgr {

/// With which key and in which way disks are taken.
struct Claim {
    ReservationKey key;
    ReservationType type = ReservationType::write_exclusive_registrants;  ///< or write_exclusive_all
    enum class Preempting { with_abort, without_abort } preempting = Preempting::with_abort;
    std::set<ReservationKey> preempt = {};  ///< whose reservations may be taken over
    /// "node2 (0x5e2a00000002)"; the key alone when nobody knows whose it is.
    std::function<std::string(ReservationKey)> name = [](ReservationKey whose) { return whose.text(); };
};

/// Takes and gives back the reservations of several disks: all of them or none (faults.md C.3, C.8). Every change is verified by reading.
///
/// - Everybody takes the disk with the smallest id first, and the others at once only when he has got that one: of two nodes that race for
///   the same disks one gets all of them and the other none.
/// - The disks are looked at before anything is registered: who registers with a disk that all registrants hold becomes a holder.
/// - A reservation of type 7 is taken as type 5, which only one gets, and made type 7 then.
///
/// Its functions throw Error, except that those which only look never do. What they change is safe to be killed in: taking again completes
/// it, giving up again removes it.
class Reserver {
public:
    /// `note` and `changing` are those of Doing. `disks` in the order of their ids.
    Reserver(Doing& doing, Claim claim, std::vector<SharedDisk> disks);

    /// Registers and reserves all disks. Throws Error `failed` after having given back what was taken.
    void take();
    /// Gives up what this node holds or is registered with, also registrations of paths that are gone. Others' stay.
    void give_up();
    /// The same, unless one of those whom `may_arrive` knows is registered beside this node, which holds the disk: a guest may be on its
    /// way there, and who releases the disk leaves it to anybody.
    void give_up_unless(const std::function<bool(ReservationKey)>& may_arrive);
    /// Registers paths that came later, and takes what nobody holds any more. Only while the guest runs here; throws when somebody else is
    /// registered.
    void heal();
    /// Removes registrations that this node left under an earlier identity, without a moment in which a working path has none.
    void repair();

    // The hand-over of a running guest: the new node registers before, the guest moves, the new node takes the reservations from the old
    // one's key in one command for each disk, the old node gives up what is left of its own. At every moment one of the two holds every
    // disk.

    /// Registers, beside those who hold the disks: all of whom `may_hand_over` has to know.
    void join(const std::function<bool(ReservationKey)>& may_hand_over);
    /// Takes the reservations over from `holders`, which are then registered no more. Throws unless this node has joined.
    void adopt(const std::set<ReservationKey>& holders);

private:
    using Indices = std::vector<std::size_t>;  ///< of disks
    Indices all() const;
    Indices all_but_first() const;
    /// Calls `work` for several disks side by side; throws the Error of the first of them that had one, when all have ended.
    void each(const Indices& which, const std::function<void(std::size_t)>& work);

    Deadline soon() const;
    void look();
    void look_again(std::size_t i);
    DiskVerdict verdict(std::size_t i) const { return judge(states_[i], claim_.key); }
    /// Throws unless the disk may be taken as it was last seen.
    void check_takeable(std::size_t i) const;
    void check_registered(std::size_t i) const;
    void check_taken(std::size_t i) const;

    /// The number of a path that works. Throws when there is none.
    std::size_t any_path(std::size_t i) const;
    ReservationChange command(ReservationChange::Action action, ReservationKey service_key = ReservationKey()) const;
    void change(std::size_t i, std::size_t path, const ReservationChange& change);
    /// Gives all working paths a key, whatever they had; key 0 takes it away.
    void register_paths(std::size_t i, ReservationKey key);
    void seize(std::size_t i);
    void preempt(std::size_t i, ReservationKey victim);
    void register_with(std::size_t i);
    void settle(std::size_t i);
    void wait_for_others_to_withdraw(std::size_t i);

    void give_back(const std::vector<DiskVerdict>& before);
    void withdraw(std::size_t i);
    void heal(std::size_t i);
    void repair(std::size_t i);

    Error error(std::size_t i, std::string message, std::string hint = {}) const;
    std::string names(const std::vector<ReservationKey>& keys) const;
    void tell_of_disks();
    void tell_multipathd_of(ReservationKey key);

    Doing& doing_;
    Claim claim_;
    std::vector<SharedDisk> disks_;
    std::vector<DiskState> states_;
    std::vector<ReservationCapabilities> capabilities_;
};

/// The key under which `repair` keeps this node's paths meanwhile.
ReservationKey repair_key(ReservationKey own);

}  // namespace svcmgr
