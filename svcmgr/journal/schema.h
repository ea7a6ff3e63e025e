#pragma once

#include <span>

namespace svcmgr {

/// What a database is to have: the statements that lead from each version to the next one, beginning with an empty database. The version,
/// which is the number of steps that were made, is kept in the database as `user_version`.
using Schema = std::span<const char* const>;

/// The version of the journal's schema that this svcmgr writes.
inline constexpr int schema_version = 5;
/// Of the journal, the inventory and what `resource monitor` remembers.
Schema journal_schema();
/// Of what was seen of all services last (kept_status.h).
Schema kept_schema();

}  // namespace svcmgr
