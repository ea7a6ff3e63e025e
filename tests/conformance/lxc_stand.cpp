#include "tests/conformance/lxc_stand.h"

#include <fmt/format.h>

#include "drivers/files/files.h"
#include "drivers/hypervisor/keywords/lxc.h"

namespace svcmgr::conformance {

LxcStand::LxcStand(const Path& module_directory) : node_(module_directory, "lxc", lxc_node_keywords(), "lxc-lab") {
    if (!world().files.facts("/sys/fs/cgroup/cgroup.procs")) throw Skipped{"this machine has no control groups of version 2"};
}

void LxcStand::restore() {
    lab({"restore"});
    node_.new_driver();
}

Guest LxcStand::make(GuestKind kind) {
    const auto name = fmt::format("ct{}", ++made_);
    Argv words = {"container", name};
    if (kind == GuestKind::deaf) words.push_back("--deaf");
    lab(words);
    return {name, name, false};
}

std::vector<Guest> LxcStand::make_many(int count) {
    std::vector<Guest> guests;
    for (int number = 1; number <= count; ++number) guests.push_back({fmt::format("many{}", number), "nowhere"});
    lab({"many", std::to_string(count)});
    return guests;
}

}  // namespace svcmgr::conformance
