#pragma once

#include "svcmgr/config/schema.h"

namespace svcmgr {

/// Everything that an env file may say, from the tables of keywords.
Schema env_schema();
/// Everything that node.conf may say.
Schema node_schema();

}  // namespace svcmgr
