// Any bytes as a cluster engine's configuration: nothing may crash or hang, what is no CIB is said to be none, and what is read has a
// shape.

#include <cstdint>
#include <string_view>

#include "svcmgr/cluster/engine_config.h"
#include "tests/fuzz/require.h"

using namespace svcmgr;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto score = parse_score(text)) {
        require(*score >= -infinite_score && *score <= infinite_score, "a score is between the infinities");
        require(parse_score(score_text(*score)) == score, "a score can be read again");
    }
    if (const auto time = parse_cib_duration(text)) require(*time >= Duration::zero(), "no time is negative");
    const auto cib = parse_cib(text);
    if (!cib) {
        require(!cib.error().empty(), "why it is no CIB is said");
        return 0;
    }
    EngineConfig nothing_wanted;
    for (const EngineDifference& one : engine_differences(nothing_wanted, *cib, services_in(*cib)))
        require(one.kind == "leftover", "what nobody wants is left over");
    for (const CibLocation& one : cib->constraints.locations) require(one.other_than.empty() || one.rule.empty(), "a rule is of one kind");
    return 0;
}
