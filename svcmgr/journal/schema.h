#pragma once

namespace svcmgr {

/// The schema that this version writes; kept in the database as `user_version`.
inline constexpr int schema_version = 4;

/// The statements that lead from schema `version` to the next one; 0 is an empty database.
const char* schema_step(int version);

}  // namespace svcmgr
