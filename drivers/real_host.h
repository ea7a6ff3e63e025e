#pragma once

#include "drivers/host.h"

namespace svcmgr {

/// This machine and this process's session.
class RealHost : public Host {
public:
    std::string nodename() const override;
    std::string boot_id() const override;
    Caller caller() const override;
    std::uint32_t user_id() const override;
    std::optional<std::string> environment(const std::string& name) const override;
};

}  // namespace svcmgr
