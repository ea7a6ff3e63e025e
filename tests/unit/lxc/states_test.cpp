#include "drivers/hypervisor/lxc/states.h"

#include <doctest/doctest.h>

namespace svcmgr::lxc {

using Value = GuestState::Value;

TEST_CASE("every state of lxc(7) has its meaning") {
    CHECK(guest_state("STOPPED").value == Value::stopped);
    CHECK(guest_state("STARTING").value == Value::changing);
    CHECK(guest_state("RUNNING").value == Value::running);
    CHECK(guest_state("STOPPING").value == Value::changing);
    CHECK(guest_state("ABORTING").value == Value::changing);
    CHECK(guest_state("FREEZING").value == Value::changing);
    CHECK(guest_state("FROZEN").value == Value::paused);
    CHECK(guest_state("FROZEN").reason == "frozen");
    CHECK(guest_state("THAWED").value == Value::changing);
}

TEST_CASE("a word that LXC does not have is unknown, with the word") {
    for (const char* word : {"", "running", "DANCING"}) {
        CHECK(guest_state(word).value == Value::unknown);
        CHECK(guest_state(word).reason.find(word) != std::string::npos);
    }
}

}  // namespace svcmgr::lxc
