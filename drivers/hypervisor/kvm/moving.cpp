#include "drivers/hypervisor/kvm/moving.h"

#include <fmt/format.h>

#include <thread>

#include <pugixml.hpp>

#include "drivers/hypervisor/kvm/fitness.h"
#include "drivers/hypervisor/kvm/handles.h"
#include "drivers/hypervisor/kvm/states.h"

namespace svcmgr::kvm {

namespace {

GuestState state_of(const Session& session, const DomainHandle& domain, const std::string& name) {
    int state = VIR_DOMAIN_NOSTATE;
    int reason = 0;
    if (session.ask(virDomainGetState, domain.get(), &state, &reason, 0U) < 0)
        throw failure("libvirt did not tell its state", where_of(name));
    return guest_state(state, reason);
}

DomainHandle must_find(const Session& session, const std::string& name) {
    DomainHandle domain = find(session, name);
    if (!domain) throw Error(Error::Code::failed, "libvirt knows no such guest", where_of(name));
    return domain;
}

bool moves(const Session& session, const DomainHandle& domain) {
    virDomainJobInfo info{};
    return session.ask(virDomainGetJobInfo, domain.get(), &info) == 0 && info.type != VIR_DOMAIN_JOB_NONE;
}

Error in_the_way(std::string what, const Guest& guest, std::string hint) {
    return {Error::Code::refused, std::move(what), where_of(guest.name), std::move(hint)};
}

/// A guest of this name, or of this uuid, that the one that comes is not, or that is here already.
std::optional<Error> namesake(const Session& session, const Guest& guest, const std::string& uuid) {
    if (const DomainHandle same_uuid{session.ask(virDomainLookupByUUIDString, session.connection(), uuid.c_str())};
        same_uuid && guest.name != virDomainGetName(same_uuid.get()))
        return in_the_way(fmt::format("libvirt's guest {} has its uuid, {}", virDomainGetName(same_uuid.get()), uuid), guest,
                          "was it renamed? make the definitions of both nodes the same");
    const DomainHandle known = find(session, guest.name);
    if (!known) return std::nullopt;
    if (uuid_of(known.get()) != uuid)
        return in_the_way(fmt::format("its guest of this name has the uuid {}, and the one that would come {}", uuid_of(known.get()), uuid),
                          guest,
                          "make the definitions of both nodes the same: svcmgr sync nodes, then start it here once, or virsh undefine");
    if (const GuestState state = state_of(session, known, guest.name); state.exists_here())
        return in_the_way(fmt::format("it is there already: {}", state.describe()), guest, "end it there first: svcmgr stop, on that node");
    return std::nullopt;
}

std::optional<Error> unfit_cpu(const Session& session, const Guest& guest, const pugi::xml_node& domain) {
    const ProcessorFit fit = processor_fit(session, domain);
    if (fit.value != ProcessorFit::Value::lacks) return std::nullopt;
    return in_the_way(fmt::format("its processors can't run what the guest was started on{}{}", fit.words.empty() ? "" : ": ", fit.words),
                      guest,
                      "give the guest a processor that all nodes have (<cpu mode='custom'>), and start it anew; switch moves it now");
}

std::optional<Error> too_little_memory(const Session& session, const Guest& guest, const pugi::xml_node& domain) {
    const std::uint64_t needed = domain.child("memory").text().as_ullong();  // of a live definition: always in KiB
    const auto available = available_memory(session);
    constexpr std::uint64_t mib = 1024;
    if (!available || *available >= needed) return std::nullopt;
    return in_the_way(fmt::format("it needs {} MiB of memory, and {} MiB are free", needed / mib, *available / mib), guest,
                      "move another guest away first");
}

}  // namespace

std::string migratable_text(const Session& session, const std::string& name) {
    return text_of(session, must_find(session, name), VIR_DOMAIN_XML_MIGRATABLE, name);
}

std::optional<Error> obstacle_of(const Session& session, const Guest& guest, const std::string& description) {
    pugi::xml_document document;
    if (!document.load_buffer(description.data(), description.size())) return in_the_way("its description can't be read", guest, "");
    const pugi::xml_node domain = document.document_element();
    if (auto problem = namesake(session, guest, domain.child_value("uuid"))) return problem;
    if (auto problem = unfit_cpu(session, guest, domain)) return problem;
    return too_little_memory(session, guest, domain);
}

void move_domain(const Session& session, const std::string& name, const std::string& destination) {
    if (session.attempt() == Attempt::second)
        throw Error(Error::Code::failed, "libvirtd ended while it moved", where_of(name),
                    "see where it is now: virsh list --all, on both nodes");
    const DomainHandle domain = must_find(session, name);
    constexpr unsigned how = VIR_MIGRATE_LIVE | VIR_MIGRATE_PEER2PEER | VIR_MIGRATE_TUNNELLED | VIR_MIGRATE_PERSIST_DEST |
                             VIR_MIGRATE_PAUSED | VIR_MIGRATE_AUTO_CONVERGE | VIR_MIGRATE_ABORT_ON_ERROR;
    if (session.ask(virDomainMigrateToURI3, domain.get(), destination.c_str(), static_cast<virTypedParameterPtr>(nullptr), 0U, how) == 0)
        return;
    throw failure("libvirt did not move it", where_of(name), fmt::format("see /var/log/libvirt/qemu/{}.log on both nodes", name));
}

void abort_move(const Session& session, const std::string& name) {
    const DomainHandle domain = find(session, name);
    if (!domain || !moves(session, domain)) return;
    if (session.ask(virDomainAbortJob, domain.get()) < 0 && moves(session, domain))
        throw failure("libvirt could not break its move off", where_of(name), fmt::format("virsh domjobabort {}", name));
}

std::optional<MoveProgress> progress_of(const Session& session, const std::string& name) {
    const DomainHandle domain = find(session, name);
    if (!domain) return std::nullopt;
    int type = VIR_DOMAIN_JOB_NONE;
    virTypedParameterPtr list = nullptr;
    int count = 0;
    if (session.ask(virDomainGetJobStats, domain.get(), &type, &list, &count, 0U) < 0) return std::nullopt;
    const auto number = [&](const char* field) {
        unsigned long long value = 0;
        virTypedParamsGetULLong(list, count, field, &value);
        return static_cast<std::uint64_t>(value);
    };
    const MoveProgress progress{number(VIR_DOMAIN_JOB_DATA_PROCESSED), number(VIR_DOMAIN_JOB_DATA_REMAINING),
                                number(VIR_DOMAIN_JOB_MEMORY_BPS)};
    virTypedParamsFree(list, count);
    return type == VIR_DOMAIN_JOB_NONE ? std::nullopt : std::optional(progress);
}

void resume_domain(const Session& session, const std::string& name) {
    abort_move(session, name);
    const DomainHandle domain = must_find(session, name);
    for (;; std::this_thread::sleep_for(std::chrono::milliseconds(100))) {
        const GuestState state = state_of(session, domain, name);
        if (state.value == GuestState::Value::running) return;
        if (!state.exists_here())
            throw Error(Error::Code::failed, fmt::format("it is not there to go on: {}", state.describe()), where_of(name));
        // libvirt itself runs it again when it has broken a move off.
        if (moves(session, domain)) continue;
        if (session.insist(virDomainResume, domain.get()) == 0) return;
        if (state_of(session, domain, name).value != GuestState::Value::running)
            throw failure("libvirt could not let it go on", where_of(name), fmt::format("virsh resume {}", name));
    }
}

void end_paused_domain(const Session& session, const std::string& name) {
    const DomainHandle domain = find(session, name);
    if (!domain) return;
    const GuestState state = state_of(session, domain, name);
    if (!state.exists_here()) return;
    if (state.value == GuestState::Value::running)
        throw Error(Error::Code::refused, "it runs: it is no guest that came here and has not gone on", where_of(name));
    if (session.insist(virDomainDestroy, domain.get()) != 0 && !is_gone(session, domain))
        throw failure("libvirt could not end it", where_of(name), fmt::format("virsh destroy {}", name));
}

}  // namespace svcmgr::kvm
