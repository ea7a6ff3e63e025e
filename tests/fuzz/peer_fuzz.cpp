// What a peer says of its services, and of a start that it may be asked for: foreign bytes that decide whether a guest is started here.

#include "svcmgr/cluster/outlook.h"
#include "svcmgr/cluster/peer_report.h"
#include "tests/fuzz/support.h"

using namespace svcmgr;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto outlook = parse_outlook(text))
        fuzz::require(parse_outlook(to_json(*outlook)).has_value(), "an outlook that was read can be written and read again");
    const auto report = parse_peer_report(text);
    if (!report) {
        fuzz::require(!report.error().empty(), "what is no report has a reason");
        return 0;
    }
    const auto again = parse_peer_report(to_json(*report));
    fuzz::require(again.has_value(), "a report that was read can be written and read again");
    fuzz::require(again->instances.size() == report->instances.size(), "no service is lost on the way");
    for (const auto& [name, instance] : report->instances) {
        fuzz::require(!(instance.runs() && instance.surely_not()), "nothing runs that surely does not");
        fuzz::require(again->instances.at(name).runs() == instance.runs(), "what runs, runs");
    }
    return 0;
}
