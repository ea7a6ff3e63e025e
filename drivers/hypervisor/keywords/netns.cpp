#include "drivers/hypervisor/keywords/netns.h"

#include <fmt/format.h>

#include <algorithm>

namespace svcmgr {

namespace {

using Type = Keyword::Type;

constexpr Keyword table[] = {
    {.name = "forwarding",
     .type = Type::boolean,
     .text = "Whether the namespace passes packets on from one of its adapters to another.",
     .default_value = "false",
     .since = "svcmgr"},
    {.name = "sysctls",
     .type = Type::list,
     .text = "Settings of the kernel for the namespace, each as net.NAME=value, made before it has any adapter but lo.",
     .example = "net.ipv4.conf.default.rp_filter=0",
     .since = "svcmgr"},
    {.name = "start_timeout",
     .type = Type::duration,
     .text = "How long making the namespace may take.",
     .default_value = "30s",
     .since = "svcmgr"},
    {.name = "stop_timeout",
     .type = Type::duration,
     .text = "How long processes that still run in the namespace have to end before they are killed.",
     .default_value = "10s",
     .since = "svcmgr"},
};

/// "net.ipv4.conf.eth0/1.forwarding" is the file net/ipv4/conf/eth0.1/forwarding: '/' and '.' change places (sysctl.d(5)).
std::string file_of(std::string name) {
    for (char& c : name)
        if (c == '.' || c == '/') c = c == '.' ? '/' : '.';
    return name;
}

/// It becomes part of a path.
bool is_setting(std::string_view name) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' || c == '/';
    };
    return name.starts_with("net.") && std::ranges::all_of(name, allowed) && file_of(std::string(name)).find("..") == std::string::npos;
}

}  // namespace

Keywords netns_keywords() {
    return table;
}

std::vector<SectionProblem> netns_problems(const Options& section) {
    std::vector<SectionProblem> problems;
    for (const std::string& setting : section.list("sysctls"))
        if (setting.find('=') == std::string::npos || !is_setting(std::string_view(setting).substr(0, setting.find('='))))
            problems.push_back({"sysctls", fmt::format("'{}' is no setting of a network: write net.NAME=value", setting)});
    return problems;
}

std::map<std::string, std::string> netns_settings(const Options& section) {
    std::map<std::string, std::string> settings;
    if (section.flag("forwarding")) settings = {{"net/ipv4/ip_forward", "1"}, {"net/ipv6/conf/all/forwarding", "1"}};
    for (const std::string& setting : section.list("sysctls")) {
        const auto equal = setting.find('=');
        settings[file_of(setting.substr(0, equal))] = equal == std::string::npos ? "" : setting.substr(equal + 1);
    }
    return settings;
}

}  // namespace svcmgr
