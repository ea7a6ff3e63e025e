// What a peer says of its services, and of a start that it may be asked for: foreign bytes that decide whether a guest is started here.

#include "svcmgr/cluster/drill_document.h"
#include "svcmgr/cluster/handover.h"
#include "svcmgr/cluster/outlook.h"
#include "svcmgr/cluster/peer_report.h"
#include "svcmgr/cluster/replication/site_history.h"
#include "tests/fuzz/support.h"

using namespace svcmgr;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto outlook = parse_outlook(text))
        fuzz::require(parse_outlook(to_json(*outlook)).has_value(), "an outlook that was read can be written and read again");
    if (const auto history = parse_site_history(text)) {
        fuzz::require(parse_site_history(to_json(*history))->started == history->started, "a history that was read can be read again");
        why_not_newer(*history, *history, "drp1");
    }
    if (const auto answer = parse_handover_answer(text)) {
        const auto again = parse_handover_answer(to_json(*answer));
        fuzz::require(again && again->keys == answer->keys, "keys that were read can be written and read again");
    }
    if (const auto drill = parse_drill(text)) {
        const auto again = parse_drill(to_json(*drill));
        fuzz::require(again && again->services.size() == drill->services.size(), "a drill that was read can be written and read again");
        for (const auto& [name, service] : drill->services)
            fuzz::require(again->services.at(name).possible_everywhere() == service.possible_everywhere(), "what is possible stays so");
    }
    const auto report = parse_peer_report(text);
    if (!report) {
        fuzz::require(!report.error().reason.empty(), "what is no report has a reason");
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
