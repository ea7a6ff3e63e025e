#include "drivers/hypervisor/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "drivers/error.h"
#include "drivers/hypervisor/keywords/docker.h"
#include "drivers/hypervisor/keywords/docker_run.h"
#include "drivers/hypervisor/keywords/esx.h"
#include "drivers/hypervisor/keywords/hpvm.h"
#include "drivers/hypervisor/keywords/jail.h"
#include "drivers/hypervisor/keywords/kvm.h"
#include "drivers/hypervisor/keywords/kvm_instance.h"
#include "drivers/hypervisor/keywords/ldom.h"
#include "drivers/hypervisor/keywords/lxc.h"
#include "drivers/hypervisor/keywords/netns.h"
#include "drivers/hypervisor/keywords/technologies.h"
#include "drivers/hypervisor/keywords/vbox.h"
#include "drivers/hypervisor/keywords/vz.h"
#include "drivers/hypervisor/keywords/xen.h"
#include "drivers/hypervisor/keywords/zone.h"
#include "drivers/module.h"

namespace svcmgr {

namespace {

std::string names_of_drivers() {
    std::string names;
    for (const auto& type : hypervisor_types()) names += (names.empty() ? "" : ", ") + std::string(type.name);
    return names;
}

}  // namespace

std::span<const HypervisorType> hypervisor_types() {
    static const std::array types = {
        HypervisorType{"kvm", "virtual machines of QEMU/KVM, through libvirt", kvm_keywords(), kvm_node_keywords(), Readiness::over_network,
                       Origin::definition, kvm_problems, settle_kvm_guest},
        HypervisorType{"xen", "virtual machines of Xen, through xl", xen_keywords(), {}, Readiness::over_network},
        HypervisorType{"docker", "containers of Docker", docker_keywords(), docker_node_keywords(), Readiness::by_itself, Origin::section,
                       docker_problems},
        HypervisorType{"lxc", "system containers of LXC", lxc_keywords(), lxc_node_keywords(), Readiness::by_command},
        HypervisorType{"zone", "zones of Solaris", zone_keywords(), zone_node_keywords(), Readiness::by_command},
        HypervisorType{"hpvm", "virtual machines of HP Integrity VM", hpvm_keywords(), hpvm_node_keywords(), Readiness::over_network},
        HypervisorType{"esx", "virtual machines of VMware ESX", esx_keywords(), {}, Readiness::over_network},
        HypervisorType{"ldom", "logical domains of Oracle VM for SPARC", ldom_keywords(), ldom_node_keywords(), Readiness::over_network},
        HypervisorType{"vbox", "virtual machines of VirtualBox", vbox_keywords(), {}, Readiness::over_network},
        HypervisorType{"vz", "containers of OpenVZ", vz_keywords(), {}, Readiness::by_command},
        HypervisorType{"jail", "jails of FreeBSD", jail_keywords(), {}, Readiness::by_command, Origin::section},
        HypervisorType{
            "netns", "network namespaces of the node", netns_keywords(), {}, Readiness::by_itself, Origin::section, netns_problems},
    };
    return types;
}

const HypervisorType* find_hypervisor_type(std::string_view name) {
    const auto types = hypervisor_types();
    const auto found = std::find_if(types.begin(), types.end(), [&](const HypervisorType& type) { return type.name == name; });
    return found == types.end() ? nullptr : &*found;
}

std::string explain_unknown_hypervisor(std::string_view name) {
    if (find_technology(name) != nullptr)
        return fmt::format("svcmgr {} has no driver for {}; it has: {}", SVCMGR_VERSION, name, names_of_drivers());
    return fmt::format("'{}' is no technology that svcmgr knows; it has drivers for: {}", name, names_of_drivers());
}

ModuleHypervisors::ModuleHypervisors(Path module_directory, std::function<Options(std::string_view type)> options_of)
    : directory_(std::move(module_directory)), options_of_(std::move(options_of)) {}

ModuleHypervisors::~ModuleHypervisors() = default;

void ModuleHypervisors::set_world(const World& world) {
    world_.emplace(world);
}

Hypervisor& ModuleHypervisors::get(std::string_view type) {
    const std::lock_guard lock(mutex_);
    if (const auto loaded = loaded_.find(type); loaded != loaded_.end()) return *loaded->second;
    if (find_hypervisor_type(type) == nullptr) throw Error(Error::Code::invalid, explain_unknown_hypervisor(type));
    const auto package = fmt::format("svcmgr-{}", type);
    const Module module(fmt::format("{}/{}.so", directory_, package), package);
    const auto make = reinterpret_cast<MakeHypervisor>(module.symbol("svcmgr_make_hypervisor"));
    auto made = std::unique_ptr<Hypervisor>(make(world_.value(), options_of_(type)));
    return *loaded_.emplace(type, std::move(made)).first->second;
}

}  // namespace svcmgr
