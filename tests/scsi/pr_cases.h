#pragma once

#include <functional>
#include <string>
#include <vector>

#include "drivers/scsi/transport.h"

namespace svcmgr::sim {

/// A disk and two initiators that see it.
struct TwoInitiators {
    std::function<ScsiReply(const ScsiCommand& command)> first;
    std::function<ScsiReply(const ScsiCommand& command)> second;
};

/// A case of libiscsi's iscsi-test-cu about persistent reservations, written anew: what it is called there, and what it does. The result is
/// what is wrong; empty when nothing is.
struct PrCase {
    std::string name;
    std::function<std::string(const TwoInitiators& on)> run;
};
std::vector<PrCase> pr_cases();

}  // namespace svcmgr::sim
