#include "tests/conformance/stands.h"

#include "tests/conformance/docker_stand.h"
#include "tests/conformance/kvm_stand.h"
#include "tests/conformance/lxc_stand.h"
#include "tests/conformance/xen_stand.h"

namespace svcmgr::conformance {

namespace {

template <typename Real>
std::unique_ptr<Stand> real(const Path& module_directory) {
    return std::make_unique<Real>(module_directory);
}

constexpr StandType types[] = {
    {"kvm", real<KvmStand>},
    {"xen", real<XenStand>},
    {"docker", real<DockerStand>},
    {"lxc", real<LxcStand>},
};

}  // namespace

std::span<const StandType> stand_types() {
    return types;
}

}  // namespace svcmgr::conformance
