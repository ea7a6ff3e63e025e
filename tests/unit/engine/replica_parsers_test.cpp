#include <doctest/doctest.h>

#include "svcmgr/cluster/replication/btrfs_sync.h"
#include "svcmgr/cluster/replication/digest.h"
#include "svcmgr/cluster/replication/file_list.h"
#include "svcmgr/cluster/replication/replica_memory.h"
#include "svcmgr/cluster/replication/rsync_sync.h"

using namespace svcmgr;

// FIPS 180-4: "abc", and nothing.
TEST_CASE("digests are SHA-256") {
    CHECK(digest_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(digest_of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(is_digest(digest_of("abc")));
    CHECK_FALSE(is_digest("ba78"));
    CHECK_FALSE(is_digest(std::string(64, 'G')));
}

TEST_CASE("a list of files is read as it was written") {
    FileList list{"node1", "TST", {}};
    list.files["env"] = {digest_of("a"), false, 0644};
    list.files["launcher/S01db"] = {digest_of("b"), true, 0755};
    const auto again = parse_file_list(to_json(list));
    REQUIRE(again);
    CHECK(again->node == "node1");
    CHECK(again->host_mode == "TST");
    REQUIRE(again->files.size() == 2);
    CHECK(again->files.at("launcher/S01db").identity() == digest_of("b") + "+x");
    CHECK(again->files.at("launcher/S01db").mode == 0755);
}

// If this fails, a peer can name files that are none of a service's.
TEST_CASE("a list of files that is none has a reason") {
    const std::string good = to_json(FileList{"node1", "TST", {{"env", {digest_of("a"), false, 0644}}}});
    const auto with = [&](const std::string& a, const std::string& b) {
        std::string text = good;
        text.replace(text.find(a), a.size(), b);
        return text;
    };
    REQUIRE(parse_file_list(good));
    for (const std::string& text : {std::string(), std::string("{}"), std::string("[]"), with("replica/1", "replica/2"),
                                    with("\"env\"", "\"../env\""), with(digest_of("a"), "short"), with("false", "1"), with("420", "-1")}) {
        const auto list = parse_file_list(text);
        if (text.find("-1") != std::string::npos && list) continue;  // a mode is cut to permission bits
        CHECK_MESSAGE(!list, text);
        if (!list) CHECK_FALSE(list.error().empty());
    }
}

TEST_CASE("what is remembered of replicas is read as it was written") {
    PeerReplicas replicas;
    replicas["node2"] = {PeerReplica::Direction::received, WallTime(std::chrono::microseconds(1234567)), {{"env", "x"}}, "full", "mark"};
    replicas["drp1"] = {};
    const auto again = parse_replicas(to_json(replicas));
    REQUIRE(again);
    CHECK(again->at("node2").direction == PeerReplica::Direction::received);
    CHECK(again->at("node2").agreed_at == replicas["node2"].agreed_at);
    CHECK(again->at("node2").files == replicas["node2"].files);
    CHECK(again->at("node2").problem == "full");
    CHECK(again->at("node2").mark == "mark");
    CHECK_FALSE(again->at("drp1").agreed_at);
    CHECK_FALSE(parse_replicas("{"));
    CHECK_FALSE(parse_replicas(R"({"schema": "svcmgr.replicas/2", "peers": {}})"));
}

namespace {

/// What rsync 3.2 and later start at the far end for `rsync -HAXpogDtrlx --stats --delete --force --timeout=3600 --bwlimit=3000`.
std::vector<std::string> server_words() {
    return {"--server",    "-lHogDtpAXrxe.iLsfxCIvu", "--timeout=3600", "--bwlimit=3000", "--delete", "--force", "--stats", ".",
            "/srv/my data"};
}

bool accepted(std::vector<std::string> words, const std::string& dst = "/srv/my data", const std::vector<std::string>& allowed = {}) {
    return check_rsync_server(words, dst, allowed).has_value();
}

std::vector<std::string> with_option(const std::string& option) {
    std::vector<std::string> words = server_words();
    words.insert(words.begin() + 2, option);
    return words;
}

}  // namespace

// If this fails, whoever has a peer's key can read or write any file of this node.
TEST_CASE("the far end of an rsync writes to its destination and nowhere else") {
    REQUIRE(accepted(server_words()));
    CHECK(check_rsync_server(server_words(), "/srv/my data", {})->front() == "rsync");
    CHECK(accepted(server_words(), "/srv/my data/"));
    CHECK_FALSE(accepted(server_words(), "/srv"));
    CHECK_FALSE(accepted(server_words(), "/srv/my data/x"));
    CHECK_FALSE(accepted({}));
    CHECK_FALSE(accepted({"--server"}));
    CHECK_FALSE(accepted({"--server", "--sender", "-e.", ".", "/srv/my data"}));
    CHECK_FALSE(accepted({"--server", "-s", ".", "/srv/my data"}));
    CHECK_FALSE(accepted({"--server", "-logsDte.iL", ".", "/srv/my data"}));
    CHECK_FALSE(accepted({"--daemon", "-e.", ".", "/srv/my data"}));
    CHECK_FALSE(accepted({"--server", "-e.", "/etc", "/srv/my data"}));
    CHECK_FALSE(accepted({"--server", "-e.", ".", "/etc", ".", "/srv/my data"}));
    for (const char* option :
         {"--log-file=/etc/passwd", "--backup-dir=/etc", "--temp-dir=/etc", "--link-dest=/etc", "--files-from=/etc/shadow",
          "--remove-source-files", "--write-batch=x", "--sender", "--timeout=1;id", "--bwlimit=$(id)", "-", "--", "-e;id"})
        CHECK_MESSAGE(!accepted(with_option(option)), option);
    CHECK(accepted(with_option("--numeric-ids")));
    CHECK_FALSE(accepted(with_option("--copy-devices")));
    CHECK(accepted(with_option("--copy-devices"), "/srv/my data", {"--copy-devices"}));
}

namespace {

std::vector<std::string> sender_words(const std::string& path) {
    return {"--server", "--sender", "-logDtpre.iLsfxCIvu", "--timeout=3600", ".", path};
}

}  // namespace

// If this fails, whoever has a peer's key can read any file of this node.
TEST_CASE("the far end of an rsync that brings data back reads its destination and nothing else") {
    const auto gives = [](std::vector<std::string> words) { return check_rsync_sender(words, "/srv/data", {}).has_value(); };
    REQUIRE(gives(sender_words("/srv/data/")));
    CHECK(gives(sender_words("/srv/data")));
    CHECK(gives(sender_words("/srv/data/disk.img")));
    for (const char* path : {"/srv", "/srv/", "/srv/data2", "/srv/data/../secret", "/srv/data/..", "/srv/data/a/b", "/etc/shadow", "/", ""})
        CHECK_MESSAGE(!gives(sender_words(path)), path);
    CHECK_FALSE(gives({"--server", "-e.", ".", "/srv/data"}));
    CHECK_FALSE(gives({"--server", "--sender", "-e.", "/etc", "/srv/data"}));
    CHECK_FALSE(gives({"--server", "--sender", "--files-from=/etc/shadow", ".", "/srv/data"}));
    CHECK_FALSE(gives({"--server", "--sender", "--remove-source-files", ".", "/srv/data"}));
    CHECK_FALSE(gives({}));
}

TEST_CASE("what rsync made of the sources finds its way back, or it is said why not") {
    const auto contents = ways_back({"/srv/vm188/"}, "/drp/vm188");
    REQUIRE(contents);
    CHECK(contents->front().there == "/drp/vm188/");
    CHECK(contents->front().here == "/srv/vm188/");
    const auto named = ways_back({"/srv/a.img", "/opt/b"}, "/drp/");
    REQUIRE(named);
    REQUIRE(named->size() == 2);
    CHECK(named->at(0).there == "/drp/a.img");
    CHECK(named->at(0).here == "/srv/");
    CHECK(named->at(1).there == "/drp/b");
    CHECK(named->at(1).here == "/opt/");
    CHECK(ways_back({"/srv/*.img"}, "/drp").error().find("pattern") != std::string::npos);
    CHECK_FALSE(ways_back({"/srv/a/", "/srv/b"}, "/drp"));
}

TEST_CASE("a bringing back that was begun is remembered") {
    PeerReplicas replicas;
    replicas["drp1"].fetching = WallTime(std::chrono::microseconds(42));
    CHECK(parse_replicas(to_json(replicas))->at("drp1").fetching == replicas["drp1"].fetching);
    replicas["drp1"].fetching.reset();
    CHECK_FALSE(parse_replicas(to_json(replicas))->at("drp1").fetching);
}

// btrfs-progs 6.2, `btrfs subvolume show`.
TEST_CASE("a subvolume is known by its uuid, and what has arrived by the one that it had where it came from") {
    const SubvolumeIds ids = parse_subvolume(
        ".k/kept\n\tName: \t\t\tkept\n\tUUID: \t\t\tcd832e2b-fd18-094e-b9ee-8fe49bda4176\n\tParent UUID: "
        "\t\t9fb070e1-a4d7-3b43-8188-7d8e71b0f567\n"
        "\tReceived UUID: \t\t9fe2fa16-4dbb-ab4f-ad59-dfd6166bae68\n\tCreation time: \t\t2026-11-28 21:43:00 +0000\n");
    CHECK(ids.uuid == "cd832e2b-fd18-094e-b9ee-8fe49bda4176");
    CHECK(ids.received == "9fe2fa16-4dbb-ab4f-ad59-dfd6166bae68");
    // If this fails, a transfer that was cut off becomes the replica.
    CHECK(parse_subvolume("a\n\tUUID: \t\tcd832e2b-fd18-094e-b9ee-8fe49bda4176\n\tReceived UUID: \t\t-\n").received.empty());
    CHECK(parse_subvolume("").uuid.empty());
    CHECK(parse_subvolume("UUID: ../../etc").uuid.empty());
}
