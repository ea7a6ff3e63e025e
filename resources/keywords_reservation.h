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

inline constexpr Keyword promote_rw_keyword = {.name = "promote_rw",
                                               .type = Keyword::Type::boolean,
                                               .text = "Whether block devices that are read-only are made writable at start.",
                                               .default_value = "false",
                                               .since = "2.1"};

}  // namespace svcmgr
