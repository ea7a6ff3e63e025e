#pragma once

#include <string>
#include <vector>

#include "svcmgr/report/status.h"
#include "svcmgr/report/text.h"

namespace svcmgr {

// What the tree and the page both show of a service.

/// The colour of a status (contract.md 3.5).
Ink ink_of(Status status);

/// The resources that were looked at, in the order of the tree: those that the service is made of, or its replications and tasks. Without
/// disabled ones where its env file has show_disabled = false.
enum class Part { main, accessory };
std::vector<const Resource*> looked_at(const ServiceView& view, Part part);

/// What a resource is called, with the addresses of a container.
std::string label_of(const Resource& resource, const ResourceObservation& seen);

/// "frozen", "node frozen", or empty.
std::string frozen_word(const Observation& observation);

/// What there is to say of the whole service: an action that runs or was killed, who froze it, how old the look is, a journal that can't be
/// asked.
std::vector<LogLine> remarks_of(const ServiceView& view);

}  // namespace svcmgr
