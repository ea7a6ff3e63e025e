#include "tests/conformance/netns_stand.h"

#include <fmt/format.h>

#include "drivers/hypervisor/keywords/netns.h"

namespace svcmgr::conformance {

namespace {

Guest namespace_guest(const std::string& name) {
    Guest guest{name, name, false};
    auto section = std::make_shared<Options>("container#1", Place(), netns_keywords());
    section->set("forwarding", {"true", {}});
    guest.section = section;
    return guest;
}

}  // namespace

NetnsStand::NetnsStand(const Path& module_directory) : node_(module_directory, "netns", {}, "netns-lab") {}

std::string NetnsStand::lacks(const std::string& test_case) const {
    if (test_case == "sizes") return "a network namespace has neither processors nor memory";
    if (test_case == "addresses") return "its addresses are resources of their own: sections [ip#N]";
    if (test_case == "told of the disaster recovery site") return "nothing runs in a namespace that could be told";
    if (test_case.starts_with("definition")) return "a network namespace is made of its section: there is no file";
    return {};
}

void NetnsStand::restore() {
    node_.run({"restore"});
    deaf_.clear();
    node_.new_driver();
}

Guest NetnsStand::make(GuestKind kind) {
    const Guest guest = namespace_guest(fmt::format("ns{}", ++made_));
    if (kind == GuestKind::deaf) deaf_.insert(guest.name);
    return guest;
}

std::vector<Guest> NetnsStand::make_many(int count) {
    std::vector<Guest> guests;
    for (int number = 1; number <= count; ++number) guests.push_back(namespace_guest(fmt::format("many{}", number)));
    return guests;
}

void NetnsStand::wait_ready(const Guest& guest) {
    if (deaf_.contains(guest.name)) node_.run({"deaf", guest.name});
}

}  // namespace svcmgr::conformance
