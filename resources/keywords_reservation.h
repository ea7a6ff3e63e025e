#pragma once

#include "drivers/options.h"

namespace svcmgr {

// The keywords of reservations, which several tables share (contract.md 2.5, 2.8).

inline constexpr Keyword scsireserv_keyword = {
    .name = "scsireserv",
    .type = Keyword::Type::boolean,
    .text =
        "Whether the disks are reserved by SCSI-3 persistent reservations while the resource is up on this node. Set it when the disks are "
        "shared between nodes, belong to this service alone and support the commands.",
    .default_value = "false",
    .since = "1.4"};

inline constexpr Keyword no_preempt_abort_keyword = {.name = "no_preempt_abort",
                                                     .type = Keyword::Type::boolean,
                                                     .text =
                                                         "Whether a foreign reservation is taken over by `preempt` instead of `preempt and "
                                                         "abort`. Some targets, VMware's among them, only know the first.",
                                                     .default_value = "false",
                                                     .since = "1.5"};

inline constexpr Keyword prkey_keyword = {.name = "prkey",
                                          .type = Keyword::Type::word,
                                          .text =
                                              "The reservation key of this node for these disks: 0x and up to 16 hexadecimal digits, "
                                              "another one on every node. The default is the node's key (node.conf).",
                                          .example = "0x5e2a00000001",
                                          .since = "1.8"};

inline constexpr std::string_view reservation_types[] = {"5", "7"};
inline constexpr Keyword prtype_keyword = {
    .name = "prtype",
    .text =
        "The type of the reservation: 5, which one node holds, or 7, which every registered path holds, "
        "so that the loss of one does not end it. Use 7 where the array asks for it.",
    .default_value = "5",
    .candidates = reservation_types,
    .since = "svcmgr"};

inline constexpr std::string_view fenced_actions[] = {"none", "stop", "reboot"};
inline constexpr Keyword fenced_action_keyword = {
    .name = "fenced_action",
    .text =
        "What `status --heal` does when another node has taken the disks of a guest that runs here: nothing but say so, take the "
        "guest's power away, or reboot this node at once.",
    .default_value = "none",
    .candidates = fenced_actions,
    .since = "svcmgr"};

inline constexpr Keyword promote_rw_keyword = {.name = "promote_rw",
                                               .type = Keyword::Type::boolean,
                                               .text = "Whether block devices that are read-only are made writable at start.",
                                               .default_value = "false",
                                               .since = "2.1"};

}  // namespace svcmgr
