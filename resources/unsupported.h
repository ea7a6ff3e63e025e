#pragma once

#include <string>

#include "resources/resource.h"

namespace svcmgr {

/// A section that can be read and that nothing here can act on: its kind has no driver, or what it needs is missing. It is shown as undef
/// with the reason, keeps the service from being started, and hides no other resource.
class Unsupported : public Resource {
public:
    Unsupported(Rid rid, Group group, std::string type, Options options, std::string reason);

    std::string label() const override { return type(); }
    ResourceObservation look(Looking& looking) const override;
    Intent intend(Goal goal, const ResourceObservation& observation) const override;
    void perform(const std::string& verb, Doing& doing) const override;

private:
    Error error() const;
    std::string reason_;
};

}  // namespace svcmgr
