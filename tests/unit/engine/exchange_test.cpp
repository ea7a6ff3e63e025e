#include "svcmgr/cluster/replication/exchange.h"

#include <doctest/doctest.h>

using namespace svcmgr;

namespace {

using What = Exchange::What;

FileStates files(std::initializer_list<std::pair<std::string, std::string>> entries) {
    FileStates states;
    for (const auto& [name, digest] : entries) states[name] = {digest, false, 0644};
    return states;
}

constexpr Partner node{};
constexpr Partner drpnode{Partner::Site::drpnode, Partner::Force::no};
constexpr Partner forced{Partner::Site::node, Partner::Force::overwrite};

/// What is done about `name`; the env file is alike.
std::optional<What> about(const std::string& name, const std::string& here, const std::string& there, const std::string& agreed,
                          const Partner& partner) {
    FileStates ours = files({{"env", "same"}});
    FileStates theirs = ours;
    if (!here.empty()) ours[name] = {here, false, 0644};
    if (!there.empty()) theirs[name] = {there, false, 0644};
    Agreement agreement;
    if (!agreed.empty()) agreement[name] = agreed;
    const auto exchanges = reconcile(ours, theirs, agreement, partner);
    if (exchanges.empty()) return std::nullopt;
    CHECK(exchanges.size() == 1);
    CHECK(exchanges.front().file == name);
    CHECK(exchanges.front().there == there);
    return exchanges.front().what;
}

}  // namespace

// If this fails, an edit is lost, or a conflict is decided by chance.
TEST_CASE("who has changed what decides, and nothing else") {
    for (const std::string name : {"env", "launcher/S01db"}) {
        CAPTURE(name);
        CHECK_FALSE(about(name, "a", "a", "", node));
        CHECK_FALSE(about(name, "b", "b", "a", node));
        CHECK(about(name, "b", "a", "a", node) == What::send);
        CHECK(about(name, "a", "b", "a", node) == What::fetch);
        CHECK(about(name, "b", "c", "a", node) == What::conflict);
        CHECK(about(name, "a", "b", "", node) == What::conflict);
        CHECK(about(name, "b", "c", "a", forced) == What::send);
        CHECK(about(name, "a", "b", "a", forced) == What::send);
    }
}

// If this fails, the disaster recovery site rules production.
TEST_CASE("nothing is taken from a drpnode") {
    CHECK(about("env", "a", "b", "a", drpnode) == What::newer_there);
    CHECK(about("launcher/S01db", "a", "b", "a", drpnode) == What::newer_there);
    CHECK(about("launcher/S01db", "", "b", "", drpnode) == What::newer_there);
    CHECK(about("env", "b", "a", "a", drpnode) == What::send);
}

// If this fails, the definition that a hypervisor has loaded is changed under it.
TEST_CASE("definitions are only sent") {
    const std::string name = "definition//etc/libvirt/qemu/vm188.xml";
    CHECK(about(name, "b", "a", "a", node) == What::send);
    CHECK(about(name, "a", "b", "a", node) == What::newer_there);
    CHECK(about(name, "b", "c", "a", node) == What::conflict);
    CHECK_FALSE(about(name, "", "a", "a", node));
    CHECK_FALSE(about(name, "", "a", "", node));
}

// If this fails, a launcher that was removed comes back, or a node with a new disk empties the others.
TEST_CASE("a removal here is one there, and what is missing there is sent again") {
    CHECK(about("launcher/S01db", "", "a", "a", node) == What::remove);
    CHECK(about("launcher/S01db", "", "b", "a", node) == What::conflict);
    CHECK(about("launcher/S01db", "", "a", "", node) == What::fetch);
    CHECK(about("launcher/S01db", "a", "", "a", node) == What::send);

    const FileStates ours = files({{"env", "e"}, {"launcher/S01db", "a"}});
    const auto exchanges = reconcile(ours, {}, {{"env", "e"}, {"launcher/S01db", "a"}}, node);
    REQUIRE(exchanges.size() == 2);
    CHECK(exchanges[0] == Exchange{"env", What::send, ""});
    CHECK(exchanges[1] == Exchange{"launcher/S01db", What::send, ""});
}

// If this fails, a node gets definitions before the env file that says which there may be.
TEST_CASE("the env file comes first, definitions last") {
    const auto exchanges = reconcile(files({{"definition//a", "1"}, {"env", "2"}, {"launcher/Z", "3"}}), {}, {}, node);
    REQUIRE(exchanges.size() == 3);
    CHECK(exchanges[0].file == "env");
    CHECK(exchanges[1].file == "launcher/Z");
    CHECK(exchanges[2].file == "definition//a");
}

TEST_CASE("a launcher that became executable is another one") {
    FileStates ours = files({{"env", "e"}, {"launcher/S01db", "a"}});
    const FileStates theirs = ours;
    ours["launcher/S01db"].executable = true;
    CHECK(reconcile(ours, theirs, agreement_of(theirs, theirs), node).size() == 1);
    CHECK(agreement_of(ours, theirs) == Agreement{{"env", "e"}});
}

// If this fails, a peer reads or writes files that are none of the service's.
TEST_CASE("names that leave a directory are none") {
    for (const char* name : {"", "env2", "launcher/", "launcher/..", "launcher/.hidden", "launcher/a/b", "launcher/a\nb", "launcher/a b",
                             "definition/", "definition/etc/passwd", "definition//etc/../etc/passwd", "definition//etc//passwd",
                             "definition//etc/./passwd", "definition//etc/pass\nwd", "definition//", "/etc/passwd", "env/x"})
        CHECK_MESSAGE(!kind_of_file(name), name);
    CHECK_FALSE(kind_of_file("launcher/" + std::string(300, 'a')));
    CHECK_FALSE(kind_of_file("definition//" + std::string(2000, 'a')));
    CHECK(kind_of_file("env") == FileKind::env);
    CHECK(kind_of_file("launcher/S01-db_1.2+x") == FileKind::launcher);
    CHECK(kind_of_file("definition//etc/libvirt/qemu/vm 188.xml") == FileKind::definition);
}
