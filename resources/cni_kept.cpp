#include "resources/cni_kept.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <vector>

#include "drivers/fingerprint.h"
#include "drivers/host.h"

namespace svcmgr {

/// The kernel gives a namespace's number to the next one as soon as it is free. What tells them apart besides is the process that the path
/// is of, and the time at which a name was given: the one of a process has none that lasts.
std::uint64_t identity_of_namespace(const Files& files, const Path& path) {
    const auto facts = files.facts(path);
    if (!facts) return 0;
    const auto made = path.starts_with("/proc/") ? 0 : facts->modified.time_since_epoch().count();
    return fingerprint(fmt::format("{} {} {}", path, facts->identity, made));
}

bool is_current(World& world, const cni::Kept& kept, const Path& network_namespace) {
    return kept.boot_id == world.host.boot_id() && kept.namespace_identity != 0 &&
           kept.namespace_identity == identity_of_namespace(world.files, network_namespace);
}

/// One whose interface is not said is on the adapter itself.
bool is_inside(const cni::Result& result, const cni::Result::Address& address) {
    return !address.interface || !result.interfaces[*address.interface].sandbox.empty();
}

std::string adapter_of(const cni::Result& result, const cni::Result::Address& address, const std::string& otherwise) {
    return address.interface ? result.interfaces[*address.interface].name : otherwise;
}

std::string label_of(const cni::Result& result, const std::string& interface) {
    std::vector<std::string> addresses;
    for (const cni::Result::Address& address : result.addresses)
        if (is_inside(result, address)) addresses.push_back(fmt::format("{}/{}", address.address, address.prefix));
    return fmt::format("{}@{}", addresses.empty() ? "no address" : fmt::format("{}", fmt::join(addresses, ",")), interface);
}

std::string plain_word(const std::string& text) {
    std::string word = text;
    std::ranges::replace(word, '#', '.');
    const auto strange = [](unsigned char c) { return std::isalnum(c) == 0 && c != '_' && c != '-' && c != '.'; };
    if (std::ranges::none_of(word, strange)) return word;
    std::ranges::replace_if(word, strange, '_');
    return fmt::format("{}-{:x}", word, fingerprint(text));
}

std::string kept_name(const std::string& service, const Rid& rid) {
    return fmt::format("{}.{}", service, plain_word(rid.text()));
}

void give_back(const cni::Places& places, const std::string& name, cni::Kept kept, Doing& doing) {
    if (!is_current(doing.world, kept, kept.attachment.network_namespace)) kept.attachment.network_namespace.clear();
    cni::Caller(doing.world, places.plugins).remove(kept.attachment, kept.result, doing.deadline);
    cni::KeptAttachments(places.kept).forget(doing.world.files, name);
}

}  // namespace svcmgr
