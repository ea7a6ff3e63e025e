#include "tests/conformance/xen_stand.h"

#include <fmt/format.h>

#include <map>

namespace svcmgr::conformance {

std::string XenStand::lacks(const std::string& test_case) const {
    static const std::map<std::string, std::string> reasons = {
        {"change with the hypervisor dead", no_restart},
        {"look with the hypervisor dead", no_restart},
        {"hypervisor restarted between calls", no_restart},
        {"hypervisor restarted during a change", no_restart},
        {"told of the disaster recovery site", "no flag is known for guests of Xen (contract.md 5.2)"},
        {"look while one guest's process hangs", "a paravirtual guest of Xen is no process"},
        {"definition moved to another node", "Xen knows a guest that is down by its configuration only"},
    };
    const auto found = reasons.find(test_case);
    return found == reasons.end() ? std::string() : found->second;
}

void XenStand::begin(const std::string& test_case) {
    if (test_case == "change with the hypervisor hung")
        throw Skipped{"the lab drives xl over ssh: a call that was given up here goes on there"};
}

void XenStand::restore() {
    lab({"restore"});
    node_.new_driver();
}

Guest XenStand::make(GuestKind kind) {
    const auto name = fmt::format("vm{}", ++made_);
    Argv words = {"guest", name, "--disk"};
    if (kind == GuestKind::deaf) words.push_back("--deaf");
    lab(words);
    return {name, name, false};
}

std::vector<Guest> XenStand::make_many(int count) {
    std::vector<Guest> guests;
    for (int number = 1; number <= count; ++number) guests.push_back({fmt::format("many{}", number), "nowhere"});
    lab({"many", std::to_string(count)});
    return guests;
}

}  // namespace svcmgr::conformance
