#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "svcmgr/journal/journal.h"
#include "svcmgr/journal/watch.h"
#include "svcmgr/service/observation.h"
#include "svcmgr/service/service.h"

namespace svcmgr {

/// What `resource monitor` thinks of a resource with `restart` or `monitor` (contract.md 4.8).
struct Judgement {
    enum class Verdict {
        well,       ///< up, or nothing that could be
        unknown,    ///< its state is not known, or is neither up nor down: nothing is done
        meant,      ///< down, and nobody expects it to be up
        restart,    ///< it went down by itself, and may be started again
        exhausted,  ///< it went down by itself, and may not be started again
    } verdict = Verdict::well;
    const Resource* resource = nullptr;
    std::string reason;  ///< of all but `well`
    int tries_left = 0;  ///< of `restart`
};

/// What one look has to be judged by.
struct Look {
    const Observation& observation;
    std::map<Rid, Watched> before;       ///< what was remembered
    std::vector<ActionHistory> actions;  ///< the service's, newest first
};

/// Of the service's resources that ask for it, in the service's order. A resource is expected to be up when the last look saw it up and the
/// last action on it since then, if there was any, brought it up. Pure.
std::vector<Judgement> judge(const Service& service, const Look& look);

/// What to remember after a look. The tries of a resource that has been up for `settled` since the last one are forgotten: it is well
/// again. One whose state is not known is remembered as it was.
std::map<Rid, Watched> remember(const Service& service, const Look& look);
inline constexpr std::chrono::minutes settled{10};

}  // namespace svcmgr
