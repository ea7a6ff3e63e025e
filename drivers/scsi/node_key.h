#pragma once

#include <string_view>

#include "drivers/scsi/key.h"

namespace svcmgr {

/// The reservation key of a node that was given none: the upper half comes of its name, so that its peers recognise it, the lower half of
/// its machine id, so that two nodes of different clusters with the same name have different ones. Never 0.
ReservationKey generated_key(std::string_view nodename, std::string_view machine_id);
/// Whether a key is one that was generated for a node of this name.
bool was_generated_for(ReservationKey key, std::string_view nodename);

}  // namespace svcmgr
