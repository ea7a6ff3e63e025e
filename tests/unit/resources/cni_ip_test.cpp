#include "resources/cni_ip.h"

#include <doctest/doctest.h>

using namespace svcmgr;

namespace {

cni::Attachment attachment() {
    cni::Attachment one;
    one.network.name = "net1";
    one.arguments = "IgnoreUnknown=1;IP=10.22.0.7;MAC=02:00:0a:16:00:07";
    one.capabilities = {{"ips", {"10.22.0.7"}}, {"portMappings", {{{"hostPort", 8080}, {"containerPort", 80}, {"protocol", "tcp"}}}}};
    return one;
}

std::string change(const cni::Attachment& now) {
    std::string all;
    for (const std::string& one : changes_since(attachment(), now)) all += one + "\n";
    return all;
}

}  // namespace

// A section was changed and the container went on with what it had, and its status said up.
TEST_CASE("an attachment that its section does not describe any more says what differs") {
    CHECK(change(attachment()) == "");
    cni::Attachment now = attachment();
    now.network.name = "net2";
    CHECK(change(now) == "it is in the network net1, and its section says net2\n");
    now = attachment();
    now.capabilities["ips"] = {"10.22.0.8"};
    now.arguments = "IgnoreUnknown=1;IP=10.22.0.8;MAC=02:00:0a:16:00:07";
    CHECK(change(now) == "its address was to be 10.22.0.7, and its section says 10.22.0.8\n");
    now.capabilities.erase("ips");
    now.arguments = "IgnoreUnknown=1;MAC=02:00:0a:16:00:07";
    CHECK(change(now) == "its address was to be 10.22.0.7, and its section says one that the network gives out\n");
    now = attachment();
    now.capabilities.erase("portMappings");
    CHECK(change(now) == "it has other `ports` than its section says\n");
    now = attachment();
    now.arguments = "IgnoreUnknown=1;IP=10.22.0.7;TOKEN=hunter2";
    CHECK(change(now) == "it was connected with other `cni_args` than its section says\n");
}
