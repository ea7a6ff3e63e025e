#include "drivers/hypervisor/kvm/domains.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <span>

#include "drivers/hypervisor/kvm/handles.h"
#include "drivers/hypervisor/kvm/site.h"
#include "drivers/hypervisor/kvm/states.h"

namespace svcmgr::kvm {

namespace {

struct FreeRecords {
    void operator()(virDomainStatsRecordPtr* records) const { virDomainStatsRecordListFree(records); }
};

/// What the lookup said; asks nobody.
bool existed_when_found(const DomainHandle& domain) {
    return virDomainGetID(domain.get()) != static_cast<unsigned>(-1);
}

GuestState state_of(const virDomainStatsRecord& record) {
    int state = VIR_DOMAIN_NOSTATE;
    int reason = 0;
    virTypedParamsGetInt(record.params, record.nparams, "state.state", &state);
    virTypedParamsGetInt(record.params, record.nparams, "state.reason", &reason);
    return guest_state(state, reason);
}

void add_sizes(const Session& session, virDomainPtr domain, GuestState& state) {
    virDomainInfo info;
    // It may have gone meanwhile; then its sizes are not known.
    if (session.ask(virDomainGetInfo, domain, &info) < 0) return;
    state.vcpus = info.nrVirtCpu;
    state.memory_kib = info.memory;
}

std::set<std::string> autostarted(const Session& session) {
    virDomainPtr* list = nullptr;
    const int count =
        session.ask(virConnectListAllDomains, session.connection(), &list, static_cast<unsigned>(VIR_CONNECT_LIST_DOMAINS_AUTOSTART));
    if (count < 0) throw failure("libvirt did not say which guests it starts by itself", {});
    std::set<std::string> names;
    for (const virDomainPtr domain : std::span(list, static_cast<std::size_t>(count)))
        names.insert(virDomainGetName(DomainHandle(domain).get()));
    std::free(list);
    return names;
}

GuestState renamed_or_absent(const std::string& other) {
    GuestState state;
    if (other.empty())
        state = {GuestState::Value::absent, "libvirt knows no guest of this name", {}};
    else
        state.reason = fmt::format("libvirt's guest {} has its uuid: was it renamed?", other);
    return state;
}

GuestState another_one(const std::string& name, const std::string& uuid, const std::string& wanted) {
    GuestState state;
    state.reason = fmt::format("libvirt's guest {} has the uuid {} and not {}: it is another one", name, uuid, wanted);
    return state;
}

void warn_of_autostart(const std::string& name, GuestState& state) {
    state.warnings.push_back(
        fmt::format("autostart is on: libvirt would start it by itself at boot; turn it off with: virsh autostart --disable {}", name));
}

/// The name of the guest with this uuid; empty when there is none.
std::string name_of(const Session& session, const std::string& uuid) {
    if (uuid.empty()) return {};
    const DomainHandle domain(session.ask(virDomainLookupByUUIDString, session.connection(), uuid.c_str()));
    if (!domain && virGetLastErrorCode() != VIR_ERR_NO_DOMAIN)
        throw failure("libvirt did not find out whether it knows the uuid " + uuid, {});
    return domain ? virDomainGetName(domain.get()) : "";
}

GuestState state_of(const Session& session, const DomainHandle& domain, const std::string& name, const std::string& uuid) {
    if (!domain) return renamed_or_absent(name_of(session, uuid));
    if (const std::string found = uuid_of(domain.get()); !uuid.empty() && found != uuid) return another_one(name, found, uuid);
    int value = VIR_DOMAIN_NOSTATE;
    int reason = 0;
    int automatic = 0;
    if (session.ask(virDomainGetState, domain.get(), &value, &reason, 0U) < 0) {
        if (virGetLastErrorCode() == VIR_ERR_NO_DOMAIN) return renamed_or_absent({});
        throw failure("libvirt did not tell its state", where_of(name));
    }
    GuestState state = guest_state(value, reason);
    if (session.ask(virDomainGetAutostart, domain.get(), &automatic) == 0 && automatic != 0) warn_of_autostart(name, state);
    add_sizes(session, domain.get(), state);
    return state;
}

Looked look_at_one(const Session& session, const std::string& name, const std::string& uuid) {
    const DomainHandle domain = find(session, name);
    Looked looked{{{name, state_of(session, domain, name, uuid)}}, {}};
    if (looked.states.at(name).value != GuestState::Value::running) return looked;
    if (const Text stored(session.ask(virDomainGetXMLDesc, domain.get(), VIR_DOMAIN_XML_INACTIVE)); stored) looked.stored = stored.get();
    return looked;
}

DomainHandle define(const Session& session, const DefinitionFile& file) {
    DomainHandle domain(session.ask(virDomainDefineXML, session.connection(), file.xml.c_str()));
    if (!domain)
        throw failure("libvirt refuses this definition", file.path, "correct it, or copy it from a node on which the guest starts");
    return domain;
}

struct FreePool {
    void operator()(virStoragePoolPtr pool) const { virStoragePoolFree(pool); }
};
struct FreeVolume {
    void operator()(virStorageVolPtr volume) const { virStorageVolFree(volume); }
};

/// A volume's source is "POOL/VOLUME"; neither has a slash.
void resolve_volume(const Session& session, GuestDisk& disk) {
    const auto slash = disk.source.find('/');
    const auto pool_name = disk.source.substr(0, slash);
    const std::unique_ptr<virStoragePool, FreePool> pool(session.ask(virStoragePoolLookupByName, session.connection(), pool_name.c_str()));
    if (!pool) return;
    const auto volume_name = disk.source.substr(slash + 1);
    const std::unique_ptr<virStorageVol, FreeVolume> volume(session.ask(virStorageVolLookupByName, pool.get(), volume_name.c_str()));
    if (!volume) return;
    virStorageVolInfo info;
    if (session.ask(virStorageVolGetInfo, volume.get(), &info) == 0) disk.size = info.capacity;
    if (const Text path(session.ask(virStorageVolGetPath, volume.get())); path) disk.source = path.get();
}

/// At the disaster recovery site as its definition says but for the site's mark, which is the running guest's alone.
bool create(const Session& session, const DomainHandle& domain, const std::string& name, Site site) {
    if (site == Site::production) return session.insist(virDomainCreate, domain.get()) == 0;
    const std::string defined = text_of(session, domain, VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_SECURE, name);
    const std::string told = told_site(defined, site);
    if (told == defined) return session.insist(virDomainCreate, domain.get()) == 0;
    return static_cast<bool>(DomainHandle(session.ask(virDomainCreateXML, session.connection(), told.c_str(), 0U)));
}

}  // namespace

Looked look_at(const Session& session, const Wanted& wanted) {
    if (wanted.size() == 1) return look_at_one(session, wanted.begin()->first, wanted.begin()->second);
    virDomainStatsRecordPtr* list = nullptr;
    const int count =
        session.ask(virConnectGetAllDomainStats, session.connection(), static_cast<unsigned>(VIR_DOMAIN_STATS_STATE), &list, 0U);
    if (count < 0) throw failure("libvirt did not tell the guests' states", {});
    const std::unique_ptr<virDomainStatsRecordPtr, FreeRecords> owner(list);
    const auto automatic = autostarted(session);

    Looked looked;
    auto& states = looked.states;
    std::map<std::string, std::string> names;  // by uuid
    for (const auto* record : std::span(list, static_cast<std::size_t>(count))) {
        const std::string name = virDomainGetName(record->dom);
        const std::string uuid = uuid_of(record->dom);
        names[uuid] = name;
        const auto found = wanted.find(name);
        if (found == wanted.end()) continue;
        auto& state = states[name];
        if (!found->second.empty() && found->second != uuid) {
            state = another_one(name, uuid, found->second);
            continue;
        }
        state = state_of(*record);
        if (automatic.contains(name)) warn_of_autostart(name, state);
    }
    for (const auto& [name, uuid] : wanted) {
        const auto [entry, missing] = states.try_emplace(name);
        if (!missing) continue;
        const auto other = names.find(uuid);
        entry->second = renamed_or_absent(uuid.empty() || other == names.end() ? std::string() : other->second);
    }
    return looked;
}

std::vector<std::string> leases_of(const Session& session, const std::string& name) {
    std::vector<std::string> addresses;
    const auto domain = find(session, name);
    if (!domain) return addresses;
    virDomainInterfacePtr* list = nullptr;
    const auto source = static_cast<unsigned>(VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE);
    const int count = session.ask(virDomainInterfaceAddresses, domain.get(), &list, source, 0U);
    for (const virDomainInterfacePtr interface : std::span(list, static_cast<std::size_t>(std::max(count, 0)))) {
        for (const auto& address : std::span(interface->addrs, interface->naddrs)) addresses.emplace_back(address.addr);
        virDomainInterfaceFree(interface);
    }
    std::free(list);
    return addresses;
}

void start_domain(const Session& session, const std::string& name, const std::optional<DefinitionFile>& file, Site site) {
    auto domain = find(session, name);
    if (domain && existed_when_found(domain)) {
        if (session.attempt() == Attempt::second) return;
        throw Error(Error::Code::failed, "libvirt says that it is started already", where_of(name),
                    fmt::format("see what it does: virsh domstate --reason {}", name));
    }
    if (file) domain = define(session, *file);
    if (!domain)
        throw Error(Error::Code::failed, fmt::format("libvirt does not know it, and there is no {}", definition_path(name)), where_of(name),
                    "copy this file from a node that has it");
    if (create(session, domain, name, site)) return;
    throw failure("libvirt could not start it", where_of(name), fmt::format("see /var/log/libvirt/qemu/{}.log", name));
}

void stop_domain(const Session& session, const std::string& name, StopMode mode) {
    const auto domain = find(session, name);
    if (!domain) return;
    const int result =
        mode == StopMode::ask ? session.insist(virDomainShutdownFlags, domain.get(), 0U) : session.insist(virDomainDestroy, domain.get());
    if (result == 0) return;
    const auto error =
        failure(mode == StopMode::ask ? "libvirt could not ask it to shut down" : "libvirt could not end it", where_of(name));
    if (is_gone(session, domain)) return;
    throw error;
}

void start_passing(const Session& session, const std::string& name, const std::string& xml) {
    const auto flags = static_cast<unsigned>(VIR_DOMAIN_START_AUTODESTROY);
    const DomainHandle domain(session.ask(virDomainCreateXML, session.connection(), xml.c_str(), flags));
    if (!domain) throw failure("libvirt could not start it", where_of(name), fmt::format("see /var/log/libvirt/qemu/{}.log", name));
}

void end_passing(const Session& session, const std::string& name, const std::string& uuid) {
    const DomainHandle domain(session.ask(virDomainLookupByUUIDString, session.connection(), uuid.c_str()));
    if (!domain && virGetLastErrorCode() != VIR_ERR_NO_DOMAIN)
        throw failure("libvirt did not find out whether it knows it", where_of(name));
    if (!domain || session.insist(virDomainDestroy, domain.get()) == 0 || is_gone(session, domain)) return;
    throw failure("libvirt could not end it", where_of(name));
}

DomainTexts domain_texts(const Session& session, const std::string& name, Stored stored) {
    DomainTexts texts;
    const auto domain = find(session, name);
    if (!domain) return texts;
    texts.known = true;
    if (existed_when_found(domain)) texts.live = text_of(session, domain, 0, name);
    if (stored == Stored::wanted) texts.stored = text_of(session, domain, VIR_DOMAIN_XML_INACTIVE, name);
    return texts;
}

std::vector<GuestDisk> with_paths(const Session& session, std::vector<GuestDisk> disks) {
    for (auto& disk : disks)
        if (disk.kind == GuestDisk::Kind::volume) resolve_volume(session, disk);
    return disks;
}

std::vector<GuestDisk> with_sizes(const Session& session, const std::string& name, std::vector<GuestDisk> disks) {
    const auto domain = find(session, name);
    for (auto& disk : disks) {
        if (disk.source.empty() || disk.size != 0 || !domain) continue;
        virDomainBlockInfo info;
        if (session.ask(virDomainGetBlockInfo, domain.get(), disk.target.c_str(), &info, 0U) == 0) disk.size = info.capacity;
    }
    return disks;
}

std::string capabilities_text(const Session& session) {
    const Text text(session.ask(virConnectGetCapabilities, session.connection()));
    if (!text) throw failure("libvirt did not tell what this host can run", {});
    return text.get();
}

}  // namespace svcmgr::kvm
