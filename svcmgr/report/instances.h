#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "svcmgr/report/json.h"
#include "svcmgr/service/observation.h"

namespace svcmgr {

/// "given", "unreachable" …: stable, as in JSON.
std::string_view to_string(PeerInstance::Answer answer) noexcept;

/// What there is to say of an instance beside its status, one sentence each: who acts on it, what was killed there, that it is frozen. Of
/// one that nobody could ask: why.
std::vector<LogLine> remarks_of(const PeerInstance& instance);

/// An object: `answer`, then what was answered, or the `reason` why nothing was.
void write_instance(JsonWriter& json, const PeerInstance& instance);

}  // namespace svcmgr
