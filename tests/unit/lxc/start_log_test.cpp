#include "drivers/hypervisor/lxc/start_log.h"

#include <doctest/doctest.h>

namespace svcmgr::lxc {

// Recorded from lxc-start 5.0.2.
constexpr std::string_view no_bridge =
    "lxc-start c1 20261120192722.465 ERROR    network - ../src/lxc/network.c:netdev_configure_server_veth:711 - No such file or directory "
    "- "
    "Failed to attach \"vethRjmltQ\" to bridge \"nobr\", bridge interface doesn't exist\n"
    "lxc-start c1 20261120192722.503 ERROR    network - ../src/lxc/network.c:lxc_create_network_priv:3427 - No such file or directory - "
    "Failed to create network device\n";
constexpr std::string_view aborted =
    "lxc-start: c1: ../src/lxc/lxccontainer.c: wait_on_daemonized_start: 878 Received container state \"ABORTING\" instead of \"RUNNING\"\n"
    "lxc-start: c1: ../src/lxc/tools/lxc_start.c: main: 306 The container failed to start\n";
constexpr std::string_view unknown_key =
    "lxc-start: c1: ../src/lxc/confile.c: set_config_unsupported_key: 164 Invalid argument - Unsupported config key \"lxc.nonsense\"\n"
    "Failed to load config for c1\n";

TEST_CASE("the first error of the log is why a container did not start") {
    CHECK(reason_of_failure(no_bridge, aborted) ==
          "No such file or directory - Failed to attach \"vethRjmltQ\" to bridge \"nobr\", bridge interface doesn't exist");
}

TEST_CASE("an errno that says that nothing is wrong is left out") {
    CHECK(reason_of_failure("lxc-start c 20261120192722.465 ERROR    confile - ../src/lxc/confile.c:set:711 - Success - Invalid address\n",
                            "") == "Invalid address");
}

TEST_CASE("without a log, the first words of lxc-start are why") {
    CHECK(reason_of_failure("", aborted) == "Received container state \"ABORTING\" instead of \"RUNNING\"");
    CHECK(reason_of_failure("", unknown_key) == "Invalid argument - Unsupported config key \"lxc.nonsense\"");
    CHECK(reason_of_failure("", "sh: lxc-start: something else\n") == "sh: lxc-start: something else");
    CHECK(reason_of_failure("", "") == "");
}

TEST_CASE("what is not a log is read without harm, and nothing of it steers a terminal") {
    CHECK(reason_of_failure("x ERROR ", "") == "");
    CHECK(reason_of_failure("x ERROR  y - ", "lxc-start: \n") == "");
    CHECK(reason_of_failure("x ERROR a - b - \x1b[31mred", "") == " [31mred");
    CHECK(reason_of_failure("", "lxc-start: c: a.c: 123") == "");
    CHECK(reason_of_failure("", std::string(100000, 'x')).size() < 1000);
}

}  // namespace svcmgr::lxc
