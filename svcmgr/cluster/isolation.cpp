#include "svcmgr/cluster/isolation.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "drivers/error.h"
#include "drivers/files/files.h"
#include "drivers/fingerprint.h"
#include "drivers/network/address.h"
#include "drivers/process/processes.h"

namespace svcmgr {

namespace {

constexpr const char* inside = "rehearsal0";

std::string prefixed(const std::string& address) {
    return fmt::format("{}/{}", address, address.find(':') == std::string::npos ? 32 : 128);
}

}  // namespace

std::string neighbour_of(const std::string& guest, const std::vector<std::string>& taken) {
    const auto bytes = address_bytes(guest);
    if (!bytes) return {};
    // The nearest ones first: they are in the guest's network, however small it is. 0 and 255 may be no address of a machine.
    for (const unsigned turned : {1U, 2U, 3U, 4U, 5U, 6U, 7U}) {
        AddressBytes candidate = *bytes;
        candidate.back() = static_cast<std::uint8_t>(candidate.back() ^ turned);
        const std::string text = address_text(candidate);
        if (candidate.back() != 0 && candidate.back() != 255 && std::ranges::find(taken, text) == taken.end()) return text;
    }
    return {};
}

Isolation::Isolation(World world, const std::string& service)
    : world_(world),
      bridge_(fmt::format("svcr{:08x}", static_cast<std::uint32_t>(fingerprint(service)))),
      outside_(fmt::format("svcv{:08x}", static_cast<std::uint32_t>(fingerprint(service)))),
      network_("svcmgr-rehearsal-" + service) {}

void Isolation::ip(const std::vector<std::string>& words, Deadline deadline) const {
    Argv argv{"ip"};
    argv.insert(argv.end(), words.begin(), words.end());
    const CommandResult result = world_.processes.run(argv, deadline);
    if (result.ok()) return;
    throw Error(Error::Code::failed, fmt::format("{}: {}", fmt::join(argv, " "), result.describe()), network_,
                "is iproute2 installed, and does svcmgr run as root?");
}

bool Isolation::has_adapter(const std::string& name) const {
    return world_.files.facts("/sys/class/net/" + name).has_value();
}

void Isolation::make(const std::vector<std::string>& guests, Deadline deadline) const {
    remove(deadline);
    ip({"link", "add", bridge_, "type", "bridge", "forward_delay", "0", "mcast_snooping", "0"}, deadline);
    // In one command it would be up, and have an address of its own, before it is told to have none.
    ip({"link", "set", bridge_, "addrgenmode", "none"}, deadline);
    ip({"link", "set", bridge_, "up"}, deadline);
    ip({"netns", "add", network_}, deadline);
    ip({"link", "add", outside_, "type", "veth", "peer", "name", inside, "netns", network_}, deadline);
    ip({"link", "set", outside_, "addrgenmode", "none", "master", bridge_}, deadline);
    ip({"link", "set", outside_, "up"}, deadline);
    ip({"-n", network_, "link", "set", inside, "up"}, deadline);
    std::vector<std::string> taken = guests;
    for (const std::string& guest : guests) {
        const std::string from = neighbour_of(guest, taken);
        if (from.empty()) continue;
        taken.push_back(from);
        const bool ipv6 = from.find(':') != std::string::npos;
        std::vector<std::string> add{"-n", network_, "address", "add", prefixed(from), "dev", inside};
        if (ipv6) add.emplace_back("nodad");
        ip(add, deadline);
        ip({"-n", network_, "route", "add", prefixed(guest), "dev", inside, "src", from}, deadline);
    }
}

void Isolation::remove(Deadline deadline) const {
    // The namespace would take its end of the way along, at a moment of its own.
    for (const std::string& adapter : {outside_, bridge_})
        if (has_adapter(adapter)) ip({"link", "delete", adapter}, deadline);
    if (world_.files.link_facts("/run/netns/" + network_)) ip({"netns", "delete", network_}, deadline);
}

}  // namespace svcmgr
