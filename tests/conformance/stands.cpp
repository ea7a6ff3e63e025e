#include "tests/conformance/stands.h"

#include <algorithm>

#include "drivers/error.h"
#include "tests/conformance/docker_stand.h"
#include "tests/conformance/kvm_stand.h"
#include "tests/conformance/lxc_stand.h"
#include "tests/conformance/netns_stand.h"
#include "tests/conformance/replay_stand.h"
#include "tests/conformance/xen_stand.h"

namespace svcmgr::conformance {

namespace {

template <typename Real>
std::unique_ptr<Stand> real(const Path& module_directory) {
    return std::make_unique<Real>(module_directory);
}

constexpr StandType types[] = {
    {"kvm", {}, real<KvmStand>},
    {"xen", {}, real<XenStand>},
    {"docker", {}, real<DockerStand>},
    {"lxc", {}, real<LxcStand>},
    {"netns", {}, real<NetnsStand>},
    {"zone", {.disk_kind = GuestDisk::Kind::block, .disk_details = false}, nullptr},
    {"hpvm", {.disk_kind = GuestDisk::Kind::block, .disk_details = false}, nullptr},
    {"esx", {.disk_details = false}, nullptr},
    {"esx-vim", {.disk_details = false}, nullptr},
    {"ldom", {.disk_kind = GuestDisk::Kind::block, .disk_details = false}, nullptr},
    {"vbox", {.disk_details = false}, nullptr},
    {"vz", {}, nullptr},
    {"jail", {}, nullptr},
};

}  // namespace

const StandType& stand_type(std::string_view technology) {
    const auto type = std::find_if(std::begin(types), std::end(types), [&](const StandType& one) { return one.technology == technology; });
    if (type == std::end(types)) throw Error(Error::Code::invalid, "there is no stand for this technology", std::string(technology));
    return *type;
}

std::unique_ptr<Stand> make_stand(std::string_view technology, const Path& module_directory) {
    const StandType& type = stand_type(technology);
    if (type.make != nullptr) return type.make(module_directory);
    return std::make_unique<ReplayStand>(std::string(technology), type.promises, module_directory);
}

std::span<const StandType> stand_types() {
    return types;
}

}  // namespace svcmgr::conformance
