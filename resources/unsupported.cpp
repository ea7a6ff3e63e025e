#include "resources/unsupported.h"

#include <utility>

namespace svcmgr {

Unsupported::Unsupported(Rid rid, Group group, std::string type, Options options, std::string reason)
    : Resource(std::move(rid), group, std::move(type), std::move(options)), reason_(std::move(reason)) {}

Error Unsupported::error() const {
    return Error(Error::Code::refused, reason_, options().place().to_string(), "set disable = true in its section to go on without it");
}

ResourceObservation Unsupported::look(Looking&) const {
    ResourceObservation seen;
    seen.status = Status::undef;
    seen.say(LogLine::Level::error, reason_);
    seen.unstartable = error();
    return seen;
}

Intent Unsupported::intend(Goal goal, const ResourceObservation& observation) const {
    Intent intent = Intent::leave(reason_);
    if (goal == Goal::up) intent.refusal = observation.unstartable;
    return intent;
}

void Unsupported::perform(const std::string&, Doing&) const {
    throw error();
}

}  // namespace svcmgr
