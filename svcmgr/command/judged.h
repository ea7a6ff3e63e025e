#pragma once

#include "svcmgr/command/command.h"
#include "svcmgr/report/history.h"

namespace svcmgr {

/// A record of the journal, and whether who wrote it still lives.
JournaledAction judged(Context& context, ActionHistory history);

}  // namespace svcmgr
