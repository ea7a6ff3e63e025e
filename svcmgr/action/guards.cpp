#include "svcmgr/action/guards.h"

#include <fmt/format.h>

namespace svcmgr {

std::optional<Error> refusal_of_frozen(const std::string& service, const Observation& observation) {
    if (!observation.frozen && !observation.node_frozen) return std::nullopt;
    std::string what = observation.frozen ? "the service is frozen here" : "this node is frozen";
    if (!observation.frozen_note.empty()) what += " " + observation.frozen_note;
    return Error(Error::Code::refused, std::move(what), service,
                 fmt::format("svcmgr -s {} thaw ends that; --force acts all the same", service));
}

}  // namespace svcmgr
