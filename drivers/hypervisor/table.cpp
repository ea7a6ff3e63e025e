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

// Found by counting instructions (share/doc/performance.md): of all that libvirt and libcurl bring in Debian 12, these save the most.
constexpr const char* first_of_libvirt[] = {"libssh.so.4", "libcurl-gnutls.so.4"};
constexpr const char* first_of_libcurl[] = {"libssl.so.3", "libldap-2.5.so.0"};

}  // namespace

std::span<const HypervisorType> hypervisor_types() {
    static const std::array types = {
        HypervisorType{"kvm", "virtual machines of QEMU/KVM, through libvirt",
                       "It is asked through libvirt (`uri` of [kvm] in node.conf). A guest is started from /etc/libvirt/qemu/NAME.xml, "
                       "which sync#i0 replicates, or from a `template`. While libvirtd is dead, a guest that runs is found by its "
                       "process. `migrate` moves it while it runs, over svcmgr's own ssh. It can be rehearsed. Commands inside go over "
                       "ssh.",
                       kvm_keywords(), kvm_node_keywords(), Readiness::over_network, Origin::definition, kvm_problems, settle_kvm_guest,
                       first_of_libvirt},
        HypervisorType{"xen",
                       "virtual machines of Xen, through xl",
                       "It is asked through xl. Xen keeps no guests that are down: one is its configuration, `cf` or /etc/xen/NAME.cfg. "
                       "Without xenstored every call of xl hangs; each has a deadline. Commands inside go over ssh.",
                       xen_keywords(),
                       {},
                       Readiness::over_network},
        HypervisorType{"docker", "containers of Docker",
                       "It is asked through the Engine's socket. A container is made from its section, found by its labels whatever its "
                       "name, and made anew when the section has changed. Docker never restarts one by itself. Health checks count. It "
                       "can be rehearsed. It moves by stop and start.",
                       docker_keywords(), docker_node_keywords(), Readiness::by_itself, Origin::section, docker_problems, nullptr,
                       first_of_libcurl},
        HypervisorType{"lxc", "system containers of LXC",
                       "It is asked through liblxc; the configuration is `cf` or the one below lxcpath. A container whose monitor hangs "
                       "is undef. It can be rehearsed when its root file system is a directory. It moves by stop and start. Commands "
                       "inside go by lxc-attach.",
                       lxc_keywords(), lxc_node_keywords(), Readiness::by_command},
        HypervisorType{"zone", "zones of Solaris",
                       "It is asked through zoneadm, zonecfg and zlogin. A zone that another node may run is detached once it is down, "
                       "and attached by the start there.",
                       zone_keywords(), zone_node_keywords(), Readiness::by_command},
        HypervisorType{"hpvm", "virtual machines of HP Integrity VM",
                       "It is asked through hpvmstatus, hpvmstart and hpvmstop. A `vmdg` makes the device files of the guest's disks "
                       "where they are missing.",
                       hpvm_keywords(), hpvm_node_keywords(), Readiness::over_network},
        HypervisorType{"esx",
                       "virtual machines of VMware ESX",
                       "It is asked through vmware-cmd, or vim-cmd where there is none: a call for each guest of a look. What ESX starts "
                       "at boot is known of vim-cmd only.",
                       esx_keywords(),
                       {},
                       Readiness::over_network},
        HypervisorType{"ldom", "logical domains of Oracle VM for SPARC",
                       "It is asked through ldm. A domain's constraints are kept in a file after each start; a peer makes the domain "
                       "from it.",
                       ldom_keywords(), ldom_node_keywords(), Readiness::over_network},
        HypervisorType{"vbox",
                       "virtual machines of VirtualBox",
                       "It is asked through VBoxManage, about the machines of the user that svcmgr runs as.",
                       vbox_keywords(),
                       {},
                       Readiness::over_network},
        HypervisorType{"vz",
                       "containers of OpenVZ",
                       "It is asked through vzlist and vzctl. A container's name is its CTID. vzctl kills what has not ended within two "
                       "minutes.",
                       vz_keywords(),
                       {},
                       Readiness::by_command},
        HypervisorType{"jail",
                       "jails of FreeBSD",
                       "It is asked through jail, jls and jexec. A jail is made from its section and `jailroot`; it exists while it "
                       "runs.",
                       jail_keywords(),
                       {},
                       Readiness::by_command,
                       Origin::section},
        HypervisorType{"netns",
                       "network namespaces of the node",
                       "A named network namespace is the instance: it is there, with the forwarding and sysctls of its section, or it is "
                       "not. Its addresses are sections [ip#N]. Nothing runs in it.",
                       netns_keywords(),
                       {},
                       Readiness::by_itself,
                       Origin::section,
                       netns_problems},
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
    const HypervisorType* of_type = find_hypervisor_type(type);
    if (of_type == nullptr) throw Error(Error::Code::invalid, explain_unknown_hypervisor(type));
    const auto package = fmt::format("svcmgr-{}", type);
    const Module module(fmt::format("{}/{}.so", directory_, package), package, of_type->loaded_first);
    const auto make = reinterpret_cast<MakeHypervisor>(module.symbol("svcmgr_make_hypervisor"));
    auto made = std::unique_ptr<Hypervisor>(make(world_.value(), options_of_(type)));
    return *loaded_.emplace(type, std::move(made)).first->second;
}

}  // namespace svcmgr
