#include "resources/vmdg.h"

#include <fmt/format.h>

namespace svcmgr {

namespace {

/// It has nothing to undo: device files are names, and what they name was there before.
constexpr const char* make_devices_verb = "make device files";

}  // namespace

Vmdg::Vmdg(Rid rid, Options options, const Container& container)
    : Resource(std::move(rid), Group::disk, "disk.vmdg", std::move(options)), container_(container) {}

ResourceObservation Vmdg::look(Looking& looking) const {
    ResourceObservation seen;
    seen.status = Status::not_applicable;
    if (looking.purpose() == Purpose::start) seen.preparation = container_.missing_devices(looking);
    return seen;
}

Intent Vmdg::intend(Goal goal, const ResourceObservation& observation) const {
    if (goal == Goal::up && !observation.preparation.empty()) {
        Intent intent;
        intent.verbs.push_back({make_devices_verb, observation.preparation, container_.options().duration("start_timeout"), ""});
        return intent;
    }
    return Intent::leave(options().flag("scsireserv") ? fmt::format("{}pr is about its disks", rid().text())
                                                      : "no reservation is asked for (scsireserv = false)");
}

void Vmdg::perform(const std::string& verb, Doing& doing) const {
    if (verb != make_devices_verb) throw Error(Error::Code::failed, fmt::format("a vmdg has no verb '{}'", verb), rid().text());
    container_.make_devices(doing);
}

}  // namespace svcmgr
