#include "tests/scenario/sim_isolation.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace svcmgr::sim {

std::optional<IpDone> run_ip(MemoryFiles& files, const Argv& argv, const std::string& node) {
    if (argv.size() < 4 || argv.front() != "ip") return std::nullopt;
    const bool adapter = argv[1] == "link";
    if (!adapter && argv[1] != "netns") return IpDone{};
    const Path path = (adapter ? "/sys/class/net/" : "/run/netns/") + argv[3];
    const bool there = files.facts(path).has_value();
    const std::string what = fmt::format("{} {}", adapter ? argv.size() > 5 ? argv[5] : "adapter" : "network", argv[3]);
    if (argv[2] == "add") {
        if (there) return IpDone{2, "RTNETLINK answers: File exists\n", ""};
        files.put(path, "", 0644);
        return IpDone{0, "", fmt::format("{} is on {}", what, node)};
    }
    if (!there) return IpDone{1, fmt::format("Cannot find device \"{}\"\n", argv[3]), ""};
    if (argv[2] != "delete") return IpDone{};
    files.remove_tree(path);
    return IpDone{0, "", fmt::format("{} is no longer on {}", what, node)};
}

}  // namespace svcmgr::sim
