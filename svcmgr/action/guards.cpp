#include "svcmgr/action/guards.h"

#include <fmt/format.h>

namespace svcmgr {

std::optional<Error> refusal_of_frozen(const std::string& service, const Observation& observation) {
    if (!observation.frozen && !observation.node_frozen) return std::nullopt;
    return Error(Error::Code::refused, observation.frozen ? "the service is frozen here" : "this node is frozen", service,
                 fmt::format("svcmgr -s {} thaw ends that; --force acts all the same", service));
}

}  // namespace svcmgr
