#include "resources/vmdg.h"

#include <fmt/format.h>

namespace svcmgr {

Vmdg::Vmdg(Rid rid, Options options, const Container& container)
    : Resource(std::move(rid), Group::disk, "disk.vmdg", std::move(options)), container_(container) {}

ResourceObservation Vmdg::look(Looking&) const {
    ResourceObservation seen;
    seen.status = Status::not_applicable;
    return seen;
}

Intent Vmdg::intend(Goal, const ResourceObservation&) const {
    return Intent::leave(options().flag("scsireserv") ? fmt::format("{}pr is about its disks", rid().text())
                                                      : "no reservation is asked for (scsireserv = false)");
}

void Vmdg::perform(const std::string& verb, Doing&) const {
    throw Error(Error::Code::failed, fmt::format("a vmdg has no verb '{}'", verb), rid().text());
}

}  // namespace svcmgr
