#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "resources/scsi_reservation.h"
#include "svcmgr/cluster/node.h"
#include "svcmgr/service/service.h"

namespace svcmgr {

/// `prhandover`: the reserved disks of a service's guests while these move to another node and go on running (design.md 6, promise 2). For
/// whoever moves them, on the node that they leave and under its lock of the service:
///
///     DiskHandover disks(node, service, "node2");
///     disks.prepare(doing);   // node2 registers beside this node, which goes on holding the disks
///     … the guests move …
///     disks.complete(doing);  // node2 takes the disks over, one command each; this node's keys go with that
///     or, when they have not moved: disks.cancel(doing);
///
/// At every moment one of the two holds every disk, and nobody else may write. Killed at any call, one of them holds every disk still: each
/// function may be called again, from a new process, too, and says so when what it was to do is done. When nobody calls `complete` any
/// more, `status --heal` of the node that has the guest takes the disks over; until then neither node gives them up.
///
/// The other node does its part by the verbs pr-join, pr-take and pr-leave of `svcmgr peer`, each under its own lock of the service:
/// whoever holds that lock for the mover has to give it back around these calls.
///
/// All throw Error: `unreachable` when the other node does not answer, `refused` when it will not, `failed` else. Without reserved disks
/// they do nothing.
class DiskHandover {
public:
    /// All but the name outlive this.
    DiskHandover(const Node& node, const Service& service, std::string destination);

    bool needed() const { return !reservations_.empty(); }
    /// Before the guests move. Throws, having taken back what it did, unless the other node is registered with every disk of theirs.
    void prepare(Doing& doing) const;
    /// Once they are seen there.
    void complete(Doing& doing) const;
    /// When they are here still.
    void cancel(Doing& doing) const;

private:
    /// Has the other node do its part; the keys with which it does.
    std::set<ReservationKey> call(std::string_view verb, const std::vector<std::string>& keys, Doing& doing) const;
    void check_registered(const std::set<ReservationKey>& theirs, Doing& doing) const;
    void check_taken(const std::set<ReservationKey>& theirs, Doing& doing) const;

    const Node& node_;
    const Service& service_;
    std::string destination_;
    std::vector<const ScsiReservation*> reservations_;
};

/// What a node says of its part: `svcmgr.peer.reservations/1`.
struct HandoverAnswer {
    std::string node;
    std::set<ReservationKey> keys;  ///< with which it is, or was, registered
    std::string problem;            ///< why it did not do its part; empty when it did
};
std::string to_json(const HandoverAnswer& answer);
/// Foreign bytes: anything that is no such answer is a sentence that says what is wrong with it.
tl::expected<HandoverAnswer, std::string> parse_handover_answer(std::string_view text);

/// Those of a service's reservations whose disks go where a guest goes.
std::vector<const ScsiReservation*> moving_reservations(const Service& service);

}  // namespace svcmgr
