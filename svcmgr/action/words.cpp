#include "svcmgr/action/words.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "resources/scsi_reservation.h"

namespace svcmgr {

namespace {

using Standby = Request::Standby;
using Targets = Request::Targets;

constexpr Group start_order[] = {Group::ip, Group::disk, Group::fs, Group::share, Group::container, Group::app};

constexpr ActionWord words[] = {
    {"start", Goal::up, {}, Standby::kept, "Bring the service up: guards, guest, then its apps; undone when it fails."},
    {"stop", Goal::down, {}, Standby::kept, "Bring it down: apps, then the guest, asked first and forced at its deadline."},
    {"shutdown", Goal::down, {}, Standby::included, "stop, and standby resources with it: the node goes down."},
    {"startstandby", Goal::up, {}, Standby::only, "Only what stays up while the service is stopped: resources with standby or always_on."},
    {"stopstandby", Goal::down, {}, Standby::only, "Only these."},
    {"startcontainer", Goal::up, Group::container, Standby::kept, "Only the containers."},
    {"stopcontainer", Goal::down, Group::container, Standby::kept, "Only the containers."},
    {"startapp", Goal::up, Group::app, Standby::kept, "Only the launchers: S* in /svc/etc/init.d of the guest, and apps of the node."},
    {"stopapp", Goal::down, Group::app, Standby::kept, "Only the launchers: K*, and apps of the node."},
    {"startip", Goal::up, Group::ip, Standby::kept, "Only the addresses; those of a guest are checked, not set."},
    {"stopip", Goal::down, Group::ip, Standby::kept, "Only the addresses."},
    {"startdisk", Goal::up, Group::disk, Standby::kept, "Only the disks."},
    {"stopdisk", Goal::down, Group::disk, Standby::kept, "Only the disks."},
    {"startfs", Goal::up, Group::fs, Standby::kept, "Only the file systems and directories."},
    {"stopfs", Goal::down, Group::fs, Standby::kept, "Only the file systems."},
    {"startshare", Goal::up, Group::share, Standby::kept, "Only the shares."},
    {"stopshare", Goal::down, Group::share, Standby::kept, "Only the shares."},
    {"prstart", Goal::up, Group::disk, Standby::kept, "Only the reservations of disks: registers every path and reserves, all or none.",
     ScsiReservation::resource_type},
    {"prstop", Goal::down, Group::disk, Standby::kept, "Only the reservations: given up, once what uses the disks is seen stopped.",
     ScsiReservation::resource_type},
    {"sync nodes", Goal::sync, Group::sync, Standby::kept,
     "Bring the replicas on the other nodes up to date: env file, launchers, definitions, data.", "", Targets::nodes},
    {"sync drp", Goal::sync, Group::sync, Standby::kept, "The same for the nodes of the disaster recovery site.", "", Targets::drpnodes},
    {"sync all", Goal::sync, Group::sync, Standby::kept, "Both."},
    {"sync update", Goal::sync, Group::sync, Standby::kept, "The same as sync all; --rid chooses what is replicated."},
    {"run", Goal::run, Group::task, Standby::kept, "Run the tasks, or those that --rid names; --force confirms those that ask for it."},
};

/// Words of older versions, and what they are today.
constexpr std::pair<std::string_view, std::string_view> old_words[] = {
    {"mount", "startfs"},        {"umount", "stopfs"},     {"diskstart", "startdisk"}, {"diskstop", "stopdisk"},
    {"startvg", "startdisk"},    {"stopvg", "stopdisk"},   {"startloop", "startdisk"}, {"stoploop", "stopdisk"},
    {"startpool", "startdisk"},  {"stoppool", "stopdisk"}, {"scsireserv", "prstart"},  {"scsirelease", "prstop"},
    {"syncnodes", "sync nodes"}, {"syncdrp", "sync drp"},  {"syncall", "sync all"},    {"syncupdate", "sync update"},
};

}  // namespace

std::span<const ActionWord> action_words() {
    return words;
}

const ActionWord* find_action_word(std::string_view word) {
    const auto old = std::ranges::find(old_words, word, &std::pair<std::string_view, std::string_view>::first);
    const auto found = std::ranges::find(words, old == std::end(old_words) ? word : old->second, &ActionWord::word);
    return found == std::end(words) ? nullptr : found;
}

std::set<Group> groups_until(Goal goal, Group last) {
    std::vector<Group> order(std::begin(start_order), std::end(start_order));
    if (goal == Goal::down) std::ranges::reverse(order);
    const auto end = std::ranges::find(order, last);
    return {order.begin(), end == order.end() ? end : end + 1};
}

std::optional<Group> startable_group(std::string_view word) {
    for (const Group group : start_order)
        if (to_string(group) == word) return group;
    return {};
}

}  // namespace svcmgr
