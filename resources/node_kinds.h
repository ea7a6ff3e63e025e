#pragma once

#include <memory>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "resources/kinds.h"
#include "resources/resource.h"

namespace svcmgr {

/// What the node itself carries: makes the resource of a section whose driver is `driver` ("app", "fs", "ip", "loop" …), or says why
/// nothing here can act on it. `sections` are all of the service's.
tl::expected<std::unique_ptr<Resource>, std::string> make_node_resource(const Options& section, const std::string& driver,
                                                                        const std::vector<Options>& sections, const ServicePart& part);

}  // namespace svcmgr
