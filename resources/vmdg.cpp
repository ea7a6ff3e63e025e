#include "resources/vmdg.h"

#include <fmt/format.h>

namespace svcmgr {

namespace {

Error no_reservations(const Rid& rid, const Options& options) {
    return Error(Error::Code::refused, "scsireserv = true asks for disk reservations, which this version can't take",
                 fmt::format("{}: {}", options.place_of("scsireserv").to_string(), rid.text()),
                 "set scsireserv = false only when no other node can use these disks");
}

}  // namespace

Vmdg::Vmdg(Rid rid, Options options, const Container& container)
    : Resource(std::move(rid), Group::disk, "disk.vmdg", std::move(options)), container_(container) {}

ResourceObservation Vmdg::look(Looking&) const {
    ResourceObservation seen;
    seen.status = Status::not_applicable;
    if (options().flag("scsireserv")) {
        const Error error = no_reservations(rid(), options());
        seen.say(LogLine::Level::warn, error.message());
        seen.unstartable = error;
    }
    return seen;
}

Intent Vmdg::intend(Goal goal, const ResourceObservation& observation) const {
    Intent intent = Intent::leave("no reservation is asked for (scsireserv = false)");
    if (goal == Goal::up) intent.refusal = observation.unstartable;
    return intent;
}

void Vmdg::perform(const std::string& verb, Doing&) const {
    throw Error(Error::Code::failed, fmt::format("a vmdg has no verb '{}'", verb), rid().text());
}

}  // namespace svcmgr
