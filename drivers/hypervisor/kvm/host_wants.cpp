#include "drivers/hypervisor/kvm/host_wants.h"

#include <algorithm>
#include <limits>

#include <pugixml.hpp>

#include "drivers/hypervisor/kvm/domain_xml.h"

namespace svcmgr::kvm {

namespace {

/// Bytes of the units of <memory>; KiB is libvirt's default.
std::uint64_t bytes_of(std::string_view unit) {
    struct Unit {
        std::string_view name;
        std::uint64_t bytes;
    };
    constexpr std::uint64_t k = 1000, ki = 1024;
    constexpr Unit units[] = {{"b", 1},
                              {"bytes", 1},
                              {"KB", k},
                              {"k", ki},
                              {"KiB", ki},
                              {"MB", k * k},
                              {"M", ki * ki},
                              {"MiB", ki * ki},
                              {"GB", k * k * k},
                              {"G", ki * ki * ki},
                              {"GiB", ki * ki * ki},
                              {"TB", k * k * k * k},
                              {"T", ki * ki * ki * ki},
                              {"TiB", ki * ki * ki * ki}};
    const auto* found = std::ranges::find(units, unit, &Unit::name);
    return found == std::end(units) ? ki : found->bytes;
}

std::uint64_t memory_kib(const pugi::xml_node& memory) {
    const std::uint64_t amount = memory.text().as_ullong(), unit = bytes_of(memory.attribute("unit").as_string("KiB"));
    if (amount > std::numeric_limits<std::uint64_t>::max() / unit) return std::numeric_limits<std::uint64_t>::max() / 1024;
    return amount * unit / 1024;
}

void add(std::vector<std::string>& names, std::string name) {
    if (!name.empty() && std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
}

}  // namespace

tl::expected<HostWants, std::string> wants_of(std::string_view xml) {
    if (std::string problem = why_no_domain(xml); !problem.empty()) return tl::unexpected(std::move(problem));
    pugi::xml_document document;
    document.load_buffer(xml.data(), xml.size());
    const pugi::xml_node domain = document.document_element();
    HostWants wants;
    if (!domain.child("memoryBacking").child("hugepages")) wants.memory_kib = memory_kib(domain.child("memory"));
    for (const auto& interface : domain.child("devices").children("interface")) {
        const pugi::xml_node source = interface.child("source");
        const std::string_view type = interface.attribute("type").value();
        if (type == "bridge") add(wants.bridges, source.attribute("bridge").value());
        if (type == "network") add(wants.networks, source.attribute("network").value());
        if (type == "direct") add(wants.adapters, source.attribute("dev").value());
    }
    return wants;
}

}  // namespace svcmgr::kvm
