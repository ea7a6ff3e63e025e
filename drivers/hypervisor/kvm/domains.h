#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "drivers/hypervisor/hypervisor.h"
#include "drivers/hypervisor/kvm/connection.h"
#include "drivers/hypervisor/kvm/definition_file.h"
#include "drivers/hypervisor/kvm/site.h"

/// What svcmgr asks of libvirt. These functions block as long as libvirt does, and throw Error with libvirt's words.
namespace svcmgr::kvm {

/// Names of guests, each with the uuid that it has to have; empty for any.
using Wanted = std::map<std::string, std::string>;

/// What a look saw.
struct Looked {
    std::map<std::string, GuestState> states;
    std::string stored;  ///< empty when several were asked for, when it does not run, or when libvirt does not tell it
};

/// The states of `wanted`, with two requests however many they are. One is asked for by itself, with four requests, five when it runs:
/// what they cost does not grow with the guests that libvirt has.
///
/// They come without asking any guest's QEMU, so that one that hangs keeps back nothing. libvirt has vcpus and memory in bulk too, but
/// asks each running QEMU for them: 0.7 ms each, and the first such query hangs with the first QEMU that does, even with
/// VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT. Therefore they are told when one guest is asked for, by the request that needs no QEMU.
///
/// One guest that is asked for alone and runs also has its stored definition, which leads to its addresses: the live one would ask QEMU.
///
/// A guest of a wanted name with another uuid is another guest, and one of a wanted uuid with another name was renamed: the one that was
/// wanted is then unknown.
Looked look_at(const Session& session, const Wanted& wanted);

/// The addresses that libvirt's own DHCP gave a guest that runs. Its agent is not asked: QEMU may hang.
std::vector<std::string> leases_of(const Session& session, const std::string& name);

/// Defines the guest from `file`, where there is one, and starts it, told of its site. That is not in its definition, which stays what
/// other nodes have. One that exists already is an Error, and its definition is left alone.
void start_domain(const Session& session, const std::string& name, const std::optional<DefinitionFile>& file, Site site);

/// A guest that does not run, or that libvirt does not know, is stopped.
void stop_domain(const Session& session, const std::string& name, StopMode mode);

/// Starts a guest that libvirt ends as soon as this connection ends, and then forgets: one that svcmgr was killed beside is gone with it.
void start_passing(const Session& session, const std::string& name, const std::string& xml);
/// Ends the guest of this uuid and lets libvirt forget it; one that is not there is no error.
void end_passing(const Session& session, const std::string& name, const std::string& uuid);

/// A guest's definitions as libvirt has them.
struct DomainTexts {
    bool known = false;
    std::string live;    ///< of a guest that exists now; empty when it does not
    std::string stored;  ///< what the next start takes; empty when it was not asked for
};
enum class Stored { wanted, not_wanted };
DomainTexts domain_texts(const Session& session, const std::string& name, Stored stored);

/// The disks with their volumes' pool and name replaced by their path, as far as libvirt can tell.
std::vector<GuestDisk> with_paths(const Session& session, std::vector<GuestDisk> disks);
/// The disks with their sizes filled in, as far as libvirt can tell. Asks the QEMU of a running guest, which may hang.
std::vector<GuestDisk> with_sizes(const Session& session, const std::string& name, std::vector<GuestDisk> disks);

/// The XML of what this host can run.
std::string capabilities_text(const Session& session);

}  // namespace svcmgr::kvm
