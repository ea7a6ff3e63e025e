// What a guest takes from this host.

#include <fmt/format.h>

#include <map>

#include <pugixml.hpp>

#include "drivers/hypervisor/kvm/domains.h"
#include "drivers/hypervisor/kvm/fitness.h"
#include "drivers/hypervisor/kvm/host_wants.h"
#include "drivers/hypervisor/kvm/kvm.h"

namespace svcmgr::kvm {

namespace {

using Answer = HostNeed::Answer;

/// What libvirt says of what a definition wants.
struct Told {
    std::string xml;  ///< the definition; empty when there is none
    HostWants wants;
    std::string problem;                       ///< why the definition can't be read
    std::map<std::string, HostNeed> networks;  ///< by name
    std::optional<std::uint64_t> memory_kib;
};

HostNeed need_of_network(const Session& session, const std::string& name) {
    HostNeed need{fmt::format("network {}", name)};
    const std::unique_ptr<virNetwork, int (*)(virNetworkPtr)> network(
        session.ask(virNetworkLookupByName, session.connection(), name.c_str()), virNetworkFree);
    const bool absent = !network && virGetLastErrorCode() == VIR_ERR_NO_NETWORK;
    const int active = network ? session.ask(virNetworkIsActive, network.get()) : -1;
    if (absent)
        return {need.what, Answer::missing, "libvirt has no such network on this node",
                "define it as on the other nodes: virsh net-define"};
    if (active < 0) return {need.what, Answer::unknown, libvirt_words(), ""};
    if (active == 0)
        return {need.what, Answer::missing, "it is not active", fmt::format("virsh net-start {}, and virsh net-autostart {}", name, name)};
    return need;
}

Told ask_all(const Session& session, const std::string& name, std::string xml) {
    Told told{.xml = xml.empty() ? domain_texts(session, name, Stored::wanted).stored : std::move(xml)};
    if (told.xml.empty()) return told;
    const auto wants = wants_of(told.xml);
    if (!wants) {
        told.problem = wants.error();
        return told;
    }
    told.wants = *wants;
    for (const std::string& network : told.wants.networks) told.networks.emplace(network, need_of_network(session, network));
    told.memory_kib = available_memory(session);
    return told;
}

ProcessorFit compare_processor(const Session& session, const std::string& xml) {
    pugi::xml_document document;
    document.load_buffer(xml.data(), xml.size());
    return processor_fit(session, document.document_element());
}

HostNeed need_of_memory(const Told& told) {
    constexpr std::uint64_t mib = 1024;
    if (!told.memory_kib) return {"memory", Answer::unknown, "libvirt does not tell how much is free", ""};
    if (*told.memory_kib >= told.wants.memory_kib) return {"memory"};
    return {"memory", Answer::missing,
            fmt::format("it needs {} MiB, and {} MiB are free", told.wants.memory_kib / mib, *told.memory_kib / mib),
            "move another guest away"};
}

/// Nothing when libvirt does not compare it.
std::vector<HostNeed> need_of_processor(const ProcessorFit& fit) {
    if (fit.value == ProcessorFit::Value::not_compared) return {};
    if (fit.value == ProcessorFit::Value::fits) return {{"processor"}};
    return {{"processor", Answer::missing, fmt::format("this node's can't run it{}{}", fit.words.empty() ? "" : ": ", fit.words),
             "give the guest a processor that all nodes have (<cpu mode='custom'>)"}};
}

}  // namespace

ProcessorFit KvmHypervisor::fit_of(const std::string& xml, Deadline deadline) {
    try {
        // Nothing is changed: a connection that only looks may not compare.
        return changing_.ask(deadline, [xml](const Session& session) { return compare_processor(session, xml); }).value_or(ProcessorFit{});
    } catch (const Error&) {
        return {};
    }
}

std::vector<HostNeed> KvmHypervisor::needs(const Guest& guest, Deadline deadline) {
    const Duration given = deadline.remaining(world_.clock);
    const auto file = definition_of(world_.files, guest);
    std::optional<Told> told;
    try {
        told = looking_.ask(deadline, [name = guest.name, xml = file ? file->xml : std::string()](const Session& session) {
            return ask_all(session, name, xml);
        });
    } catch (const Error& error) {
        return {{"definition", Answer::unknown, error.message(), error.hint()}};
    }
    if (!told) return {{"definition", Answer::unknown, no_answer(given), ""}};
    if (told->xml.empty()) return {};
    if (!told->problem.empty())
        return {{"definition", Answer::missing, told->problem, "correct it, or copy it from a node on which it starts"}};
    std::vector<HostNeed> needs;
    if (local_) {
        const auto add = [&](std::string_view kind, const std::vector<std::string>& names) {
            for (const std::string& name : names) needs.push_back(need_of_interface(world_.files, kind, name, "definition"));
        };
        add("bridge", told->wants.bridges);
        add("adapter", told->wants.adapters);
    }
    for (auto& [name, need] : told->networks) needs.push_back(std::move(need));
    for (HostNeed& need : need_of_processor(fit_of(told->xml, deadline))) needs.push_back(std::move(need));
    if (told->wants.memory_kib != 0) needs.push_back(need_of_memory(*told));
    return needs;
}

}  // namespace svcmgr::kvm
