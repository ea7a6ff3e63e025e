// What a guest takes from this host, as `xl create` and Xen's own scripts ask for it.

#include <fmt/format.h>

#include "drivers/hypervisor/xen/host_info.h"
#include "drivers/hypervisor/xen/xen.h"

namespace svcmgr::xen {

namespace {

using Answer = HostNeed::Answer;

constexpr const char* settings_file = "/etc/xen/xl.conf";

/// The bridge that the script vif-bridge would connect the interface to; empty when another script, or another domain, has to do with it.
std::string bridge_of(const GuestConfig::Vif& vif, const XlSettings& settings) {
    const auto either = [](const std::string& said, const std::string& otherwise) { return said.empty() ? otherwise : said; };
    const std::string backend = either(vif.backend, settings.vif.backend);
    if (!backend.empty() && backend != "0" && backend != "Domain-0") return {};
    const std::string script = either(vif.script, settings.vif.script);
    if (!script.empty() && script.substr(script.rfind('/') + 1) != "vif-bridge") return {};
    return either(vif.bridge, either(settings.vif.bridge, "xenbr0"));
}

/// Where there is no xenbr1, the script takes eth1 if that is a bridge.
bool stands_for(const Files& files, const std::string& bridge) {
    constexpr std::string_view old = "xenbr";
    return bridge.starts_with(old) && files.facts(fmt::format("/sys/class/net/eth{}/bridge", bridge.substr(old.size()))).has_value();
}

/// What Xen takes for a guest besides its memory, at most: its page tables, by the formula of libxl (a MiB for each processor, 8 KiB for
/// each MiB), and some slack.
std::uint64_t overhead_mib(const GuestConfig& config) {
    constexpr std::uint64_t slack = 2, per_mib = 128;
    return slack + config.vcpus + *config.memory_mib / per_mib;
}

HostNeed need_of_memory(const HostInfo& host, const GuestConfig& config, XlSettings::Ballooning ballooning) {
    const std::uint64_t wanted_mib = *config.memory_mib;
    if (!host.free_mib) return {"memory", Answer::unknown, "xl info does not tell how much is free"};
    if (host.total_mib && wanted_mib > *host.total_mib)
        return {"memory", Answer::missing, fmt::format("it needs {} MiB, and the host has {} MiB", wanted_mib, *host.total_mib),
                "give the guest less"};
    if (wanted_mib <= *host.free_mib && overhead_mib(config) <= *host.free_mib - wanted_mib) return {"memory"};
    const std::string lacks = fmt::format("it needs {} MiB, and {} MiB are free", wanted_mib, *host.free_mib);
    if (wanted_mib <= *host.free_mib)
        return {"memory", Answer::unknown, lacks + ", which may be too little for what Xen needs besides", ""};
    const bool balloons = ballooning == XlSettings::Ballooning::on ||
                          (ballooning == XlSettings::Ballooning::automatic && !fixes_own_memory(host.command_line));
    if (balloons)
        return {"memory", Answer::unknown, lacks + "; xl would ask Domain-0 for the rest, which may give it or not",
                "give Domain-0 a fixed size (dom0_mem= of Xen's command line), or move another guest away"};
    return {"memory", Answer::missing, lacks, "move another guest away"};
}

/// Nothing where it may run on any, or where that can't be compared.
std::vector<HostNeed> need_of_processors(const HostInfo& host, const std::vector<std::string>& specs) {
    if (specs.empty()) return {};
    if (!host.highest_processor) return {{"processor", Answer::unknown, "xl info does not tell which there are"}};
    for (const std::string& spec : specs) {
        const auto named = processors_of(spec, *host.highest_processor);
        if (!named) return {};
        // Of those that it names one is enough.
        if (named->empty())
            return {{"processor", Answer::missing, fmt::format("it has to run on {}, and there are 0-{}", spec, *host.highest_processor),
                     "correct `cpus`"}};
    }
    return {{"processor"}};
}

}  // namespace

std::vector<HostNeed> XenHypervisor::needs(const Guest& guest, Deadline deadline) {
    const Duration given = deadline.remaining(world_.clock);
    const Path path = config_of(guest);
    const auto text = world_.files.read(path);
    if (!text && text.error().absent()) return {};
    const auto config = text ? parse_config(*text) : tl::unexpected(text.error().reason);
    if (!config)
        return {{"definition", Answer::missing, fmt::format("{}: {}", path, config.error()),
                 "correct it, or copy it from a node on which it starts"}};

    std::vector<HostNeed> needs;
    const auto said = world_.files.read(settings_file);
    auto settings = said ? parse_xl_settings(*said) : XlSettings();
    if (!said && !said.error().absent()) settings = tl::unexpected(said.error().reason);
    if (!settings)
        needs.push_back({"settings of xl", Answer::unknown, fmt::format("{}: {}", settings_file, settings.error()), "correct it"});
    for (const GuestConfig::Vif& vif : config->vifs) {
        const std::string bridge = bridge_of(vif, settings.value_or(XlSettings()));
        if (bridge.empty()) continue;
        HostNeed need = need_of_interface(world_.files, "bridge", bridge, "configuration");
        if (need.answer == Answer::missing && stands_for(world_.files, bridge)) need = {need.what};
        add_once(needs, std::move(need));
    }

    if (!config->memory_mib && config->cpus.empty()) return needs;
    const auto info = xl({"info"}, deadline);
    if (!info.ok()) {
        needs.push_back({config->memory_mib ? "memory" : "processor", Answer::unknown, describe("info", info, given)});
        return needs;
    }
    const HostInfo host = parse_host_info(info.out);
    for (HostNeed& need : need_of_processors(host, config->cpus)) needs.push_back(std::move(need));
    if (config->memory_mib) needs.push_back(need_of_memory(host, *config, settings.value_or(XlSettings()).ballooning));
    return needs;
}

}  // namespace svcmgr::xen
