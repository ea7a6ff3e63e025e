#pragma once

#include <cstdlib>
#include <memory>
#include <string>

#include "drivers/hypervisor/kvm/connection.h"

/// libvirt's objects, each owned by one pointer, and the questions about a domain that all who have one ask.
namespace svcmgr::kvm {

struct FreeDomain {
    void operator()(virDomainPtr domain) const { virDomainFree(domain); }
};
using DomainHandle = std::unique_ptr<virDomain, FreeDomain>;

struct FreeText {
    void operator()(char* text) const { std::free(text); }
};
using Text = std::unique_ptr<char, FreeText>;

/// "guest vm188"
std::string where_of(const std::string& guest);
/// With libvirt's words about the last call of this thread.
Error failure(const std::string& what, const std::string& where, const std::string& hint = {});

/// Null when libvirt knows no such guest.
DomainHandle find(const Session& session, const std::string& name);
/// Whether libvirt says so; false also when it can't be asked.
bool is_gone(const Session& session, const DomainHandle& domain);
/// Empty when libvirt does not tell it; asks nobody.
std::string uuid_of(virDomainPtr domain);
/// Its XML; `flags` are virDomainXMLFlags.
std::string text_of(const Session& session, const DomainHandle& domain, unsigned flags, const std::string& name);

}  // namespace svcmgr::kvm
