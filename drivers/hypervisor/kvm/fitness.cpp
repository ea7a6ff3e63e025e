#include "drivers/hypervisor/kvm/fitness.h"

#include <sstream>
#include <string_view>
#include <vector>

#include <pugixml.hpp>

namespace svcmgr::kvm {

namespace {

std::string text_of(const pugi::xml_node& node) {
    std::ostringstream text;
    node.print(text, "", pugi::format_raw);
    return text.str();
}

}  // namespace

ProcessorFit processor_fit(const Session& session, const pugi::xml_node& domain) {
    const pugi::xml_node cpu = domain.child("cpu");
    if (!cpu) return {};
    const pugi::xml_node type = domain.child("os").child("type");
    const std::string arch = type.attribute("arch").value(), machine = type.attribute("machine").value();
    const std::string virtualisation = domain.attribute("type").value(), model = text_of(cpu);
    const auto or_any = [](const std::string& text) { return text.empty() ? nullptr : text.c_str(); };
    const int result =
        session.ask(virConnectCompareHypervisorCPU, session.connection(), static_cast<const char*>(nullptr), or_any(arch), or_any(machine),
                    or_any(virtualisation), model.c_str(), static_cast<unsigned>(VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE));
    using enum ProcessorFit::Value;
    if (result == VIR_CPU_COMPARE_IDENTICAL || result == VIR_CPU_COMPARE_SUPERSET) return {fits};
    if (result == VIR_CPU_COMPARE_INCOMPATIBLE) return {lacks};
    if (virGetLastErrorCode() == VIR_ERR_CPU_INCOMPATIBLE) return {lacks, libvirt_words()};
    return {};
}

std::optional<std::uint64_t> available_memory(const Session& session) {
    int count = 0;
    const int all = VIR_NODE_MEMORY_STATS_ALL_CELLS;
    if (session.ask(virNodeGetMemoryStats, session.connection(), all, static_cast<virNodeMemoryStatsPtr>(nullptr), &count, 0U) < 0 ||
        count <= 0)
        return std::nullopt;
    std::vector<virNodeMemoryStats> values(static_cast<std::size_t>(count));
    if (session.ask(virNodeGetMemoryStats, session.connection(), all, values.data(), &count, 0U) < 0) return std::nullopt;
    std::uint64_t available = 0;
    for (const auto& value : values)
        for (const std::string_view part : {VIR_NODE_MEMORY_STATS_FREE, VIR_NODE_MEMORY_STATS_BUFFERS, VIR_NODE_MEMORY_STATS_CACHED})
            if (part == std::string_view(value.field)) available += value.value;
    return available;
}

}  // namespace svcmgr::kvm
