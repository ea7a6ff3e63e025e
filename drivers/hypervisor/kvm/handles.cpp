#include "drivers/hypervisor/kvm/handles.h"

#include <fmt/format.h>

#include <array>

namespace svcmgr::kvm {

std::string where_of(const std::string& guest) {
    return "guest " + guest;
}

Error failure(const std::string& what, const std::string& where, const std::string& hint) {
    return {Error::Code::failed, fmt::format("{}: {}", what, libvirt_words()), where, hint};
}

DomainHandle find(const Session& session, const std::string& name) {
    DomainHandle domain(session.ask(virDomainLookupByName, session.connection(), name.c_str()));
    if (!domain && virGetLastErrorCode() != VIR_ERR_NO_DOMAIN)
        throw failure("libvirt did not find out whether it knows it", where_of(name));
    return domain;
}

bool is_gone(const Session& session, const DomainHandle& domain) {
    const int active = session.ask(virDomainIsActive, domain.get());
    // One without a stored definition is forgotten when it ends.
    return active == 0 || (active < 0 && virGetLastErrorCode() == VIR_ERR_NO_DOMAIN);
}

std::string uuid_of(virDomainPtr domain) {
    std::array<char, VIR_UUID_STRING_BUFLEN> text{};
    return virDomainGetUUIDString(domain, text.data()) == 0 ? text.data() : "";
}

std::string text_of(const Session& session, const DomainHandle& domain, unsigned flags, const std::string& name) {
    const Text text(session.ask(virDomainGetXMLDesc, domain.get(), flags));
    if (!text) throw failure("libvirt did not tell its definition", where_of(name));
    return text.get();
}

}  // namespace svcmgr::kvm
