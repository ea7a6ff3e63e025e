// The simulated disk, by the cases of iscsi-test-cu: what is proven on it is worth as much as it is like a disk.

#include "tests/scsi/pr_disk.h"

#include <doctest/doctest.h>

#include "tests/scsi/pr_cases.h"

using namespace svcmgr;
using namespace svcmgr::sim;

TEST_CASE("the simulated disk passes every case about PR IN, REGISTER, RESERVE, RELEASE, CLEAR and PREEMPT") {
    for (const PrCase& one : pr_cases()) {
        PrDisk disk;
        const TwoInitiators on{[&](const ScsiCommand& command) {
                                   return disk.execute({"one", 1}, command);
                               },
                               [&](const ScsiCommand& command) {
                                   return disk.execute({"two", 1}, command);
                               }};
        CAPTURE(one.name);
        CHECK(one.run(on) == "");
    }
}
