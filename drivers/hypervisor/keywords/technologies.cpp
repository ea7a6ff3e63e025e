#include "drivers/hypervisor/keywords/technologies.h"

#include <algorithm>

#include "drivers/hypervisor/keywords/clouds.h"
#include "drivers/hypervisor/keywords/docker.h"
#include "drivers/hypervisor/keywords/esx.h"
#include "drivers/hypervisor/keywords/hpvm.h"
#include "drivers/hypervisor/keywords/jail.h"
#include "drivers/hypervisor/keywords/kvm.h"
#include "drivers/hypervisor/keywords/ldom.h"
#include "drivers/hypervisor/keywords/lxc.h"
#include "drivers/hypervisor/keywords/netns.h"
#include "drivers/hypervisor/keywords/ovm.h"
#include "drivers/hypervisor/keywords/srp.h"
#include "drivers/hypervisor/keywords/vbox.h"
#include "drivers/hypervisor/keywords/vz.h"
#include "drivers/hypervisor/keywords/xen.h"
#include "drivers/hypervisor/keywords/zone.h"

namespace svcmgr {

std::span<const Technology> technologies() {
    static const Technology table[] = {
        {"kvm", "virtual machines of QEMU/KVM, through libvirt", kvm_keywords()},
        {"xen", "virtual machines of Xen", xen_keywords()},
        {"docker", "containers of Docker", docker_keywords()},
        {"lxc", "containers of LXC", lxc_keywords()},
        {"zone", "zones of Solaris", zone_keywords()},
        {"hpvm", "virtual machines of HP Integrity VM", hpvm_keywords()},
        {"esx", "virtual machines of VMware ESX", esx_keywords()},
        {"ldom", "logical domains of Oracle VM for SPARC", ldom_keywords()},
        {"vbox", "virtual machines of VirtualBox", vbox_keywords()},
        {"vz", "containers of OpenVZ", vz_keywords()},
        {"ovm", "virtual machines of Oracle VM for x86", ovm_keywords()},
        {"jail", "jails of FreeBSD", jail_keywords()},
        {"netns", "network namespaces of the node, through iproute2", netns_keywords()},
        {"srp", "containers of HP-UX (Secure Resource Partitions)", srp_keywords()},
        {"lxd", "containers of LXD", lxd_keywords()},
        {"podman", "containers of Podman", docker_keywords()},
        {"vcloud", "virtual machines of VMware vCloud", vcloud_keywords()},
        {"openstack", "virtual machines of OpenStack", cloud_keywords()},
        {"amazon", "virtual machines of Amazon's cloud", cloud_keywords()},
    };
    return table;
}

const Technology* find_technology(std::string_view name) {
    const auto all = technologies();
    const auto found = std::find_if(all.begin(), all.end(), [&](const Technology& technology) { return technology.name == name; });
    return found == all.end() ? nullptr : &*found;
}

}  // namespace svcmgr
