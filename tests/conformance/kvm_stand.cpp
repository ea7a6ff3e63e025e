#include "tests/conformance/kvm_stand.h"

#include <fmt/format.h>

#include "drivers/hypervisor/keywords/kvm.h"

namespace svcmgr::conformance {

KvmStand::KvmStand(const Path& module_directory) : node_(module_directory, "kvm", kvm_node_keywords(), "kvm-lab") {}

void KvmStand::restore() {
    lab({"restore"});
    node_.new_driver();
}

Guest KvmStand::make(GuestKind kind) {
    const auto name = fmt::format("vm{}", ++made_);
    Argv words = {"guest", name};
    if (kind == GuestKind::deaf) words.push_back("--deaf");
    lab(words);
    return {name, name, false};
}

std::vector<Guest> KvmStand::make_many(int count) {
    std::vector<Guest> guests;
    for (int number = 1; number <= count; ++number) guests.push_back({fmt::format("many{}", number), "nowhere"});
    lab({"many", std::to_string(count)});
    return guests;
}

}  // namespace svcmgr::conformance
