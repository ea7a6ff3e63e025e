#include "drivers/hypervisor/keywords/kvm_instance.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/string_generator.hpp>
#include <boost/uuid/uuid_io.hpp>

namespace svcmgr {

namespace {

using Uuid = boost::uuids::uuid;

/// Of uuids that are made of a service's name (RFC 4122, 4.3). It must never change: guests would get other uuids.
constexpr std::string_view own_namespace = "5f1a1c0e-6a5b-4f3c-9d0e-2b8f6f0c7a51";
constexpr std::size_t suffix_length = 5;

/// "5f1a1c0e-6a5b-4f3c-9d0e-2b8f6f0c7a51" in any case, and nothing else that Boost would read.
std::optional<Uuid> parse_uuid(std::string_view text) {
    constexpr std::string_view shape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); };
    const auto fits = [&](char c, char wanted) { return wanted == 'x' ? is_digit(c) : c == wanted; };
    if (!std::ranges::equal(text, shape, fits)) return std::nullopt;
    return boost::uuids::string_generator()(text.begin(), text.end());
}

Uuid uuid_of_name(const Uuid& space, const std::string& name) {
    return boost::uuids::name_generator_sha1(space)(name);
}

/// The names of the node's adapters and of libvirt's networks.
bool is_name(std::string_view text) {
    const auto allowed = [](unsigned char c) { return std::isalnum(c) || c == '.' || c == '_' || c == '-'; };
    return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, allowed);
}

}  // namespace

tl::expected<KvmNetwork, std::string> parse_kvm_network(std::string_view word) {
    using enum KvmNetwork::Kind;
    constexpr std::array<std::pair<std::string_view, KvmNetwork::Kind>, 3> kinds = {
        {{"bridge:", bridge}, {"network:", network}, {"direct:", direct}}};
    if (word == "ethernet") return KvmNetwork{ethernet, {}};
    for (const auto& [prefix, kind] : kinds)
        if (word.starts_with(prefix) && is_name(word.substr(prefix.size())))
            return KvmNetwork{kind, std::string(word.substr(prefix.size()))};
    return tl::unexpected(fmt::format("'{}' is no network: bridge:NAME, network:NAME, direct:ADAPTER and ethernet are", word));
}

bool is_kvm_instance(const Options& section) {
    return section.keywords().find("template") != nullptr && !section.text("template").empty();
}

std::string kvm_instance_uuid(const Options& section, const std::string& service, const std::string& service_id) {
    if (const auto own = parse_uuid(section.text("uuid"))) return boost::uuids::to_string(*own);
    if (const auto id = parse_uuid(service_id)) return boost::uuids::to_string(uuid_of_name(*id, section.section()));
    const std::string& unique = service_id.empty() ? service : service_id;
    return boost::uuids::to_string(uuid_of_name(*parse_uuid(own_namespace), unique + "/" + section.section()));
}

Guest settle_kvm_guest(Guest guest, const std::string& service_id) {
    if (guest.section == nullptr || !is_kvm_instance(*guest.section)) return guest;
    guest.uuid = kvm_instance_uuid(*guest.section, guest.labels["svcmgr.service"], service_id);
    guest.name += "-" + guest.uuid.substr(0, suffix_length);
    return guest;
}

std::vector<SectionProblem> kvm_problems(const Options& section) {
    std::vector<SectionProblem> problems;
    if (const auto uuid = section.text("uuid"); !uuid.empty() && !parse_uuid(uuid))
        problems.push_back({"uuid", fmt::format("'{}' is no uuid", uuid)});
    for (const auto& word : section.list("networks"))
        if (const auto network = parse_kvm_network(word); !network) problems.push_back({"networks", network.error()});
    if (is_kvm_instance(section)) return problems;
    for (const char* keyword : {"uuid", "networks"})
        if (section.said(keyword))
            problems.push_back({keyword,
                                fmt::format("'{}' means something with a `template` only: the guest's definition says it", keyword),
                                SectionProblem::Level::warning});
    return problems;
}

}  // namespace svcmgr
