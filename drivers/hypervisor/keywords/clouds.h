#pragma once

#include "drivers/options.h"

namespace svcmgr {

/// What a container section of the types openstack and amazon may say beyond what every container section may (contract.md 2.6).
Keywords cloud_keywords();
/// What a container section of type vcloud may say beyond what every container section may (contract.md 2.6).
Keywords vcloud_keywords();

}  // namespace svcmgr
