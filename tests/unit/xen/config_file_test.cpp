#include "drivers/hypervisor/xen/config_file.h"

#include "drivers/hypervisor/xen/domain_details.h"
#include "tests/unit/xen/recordings.h"

namespace svcmgr::xen {

namespace {

using Kind = GuestDisk::Kind;

std::string problem_of(const std::string& text) {
    const auto config = parse_config(text);
    return config ? "" : config.error();
}

}  // namespace

TEST_CASE("name, uuid and disks are read wherever they are") {
    const auto config = parse_config(
        "# a comment\nname = 'vm188' # another\nmemory=512 ; vcpus = 2\nuuid=\"B51892DF-f073-42ec-b82c-98d4e28c1277\"\n"
        "disk = [ 'phy:/dev/vg/vm188,xvda,w',\n  \"/srv/data.img,raw,xvdb,ro\", # the data\n]\nvif = [ '' ]\ncpus = [ [\"0\", \"1\"] ]\n");
    REQUIRE(config.has_value());
    CHECK(config->name == "vm188");
    CHECK(config->uuid == "b51892df-f073-42ec-b82c-98d4e28c1277");
    REQUIRE(config->disks.size() == 2);
    CHECK(config->disks[0].source == "/dev/vg/vm188");
    CHECK(config->disks[0].target == "xvda");
    CHECK(config->disks[0].kind == Kind::block);
    CHECK_FALSE(config->disks[0].readonly);
    CHECK(config->disks[1].source == "/srv/data.img");
    CHECK(config->disks[1].kind == Kind::file);
    CHECK(config->disks[1].readonly);
    CHECK(parse_config("")->name.empty());
    CHECK(parse_config("disk = ['/a,raw,xvda,rw']\ndisk += ['/b,raw,xvdb,rw']\n")->disks.size() == 2);
    CHECK(parse_config("name = 'a'\nname = 'b'\n")->name == "b");
}

TEST_CASE("what is no configuration is told with its line") {
    CHECK(problem_of("name = 'a'\nnonsense\n") == "line 2: '=' is missing after nonsense");
    CHECK(problem_of("name = 'a\n").find("line 1") == 0);
    CHECK(problem_of("\n\ndisk = [ 'a'\n").find("not closed") != std::string::npos);
    CHECK(problem_of("name = \n").find("line 1: a value is missing") == 0);
    CHECK(problem_of("= 3\n").find("line 1") == 0);
    CHECK(problem_of("<domain/>").find("'<'") != std::string::npos);
}

TEST_CASE("a disk is said in the ways of all versions") {
    const auto check = [](const char* spec, const char* source, const char* target) {
        CAPTURE(spec);
        const auto disk = parse_disk(spec);
        CHECK(disk.source == source);
        CHECK(disk.target == target);
        return disk;
    };
    check("/dev/vg/guest-volume,,hda", "/dev/vg/guest-volume", "hda");
    CHECK(check("/dev/vg/guest-volume,raw,hda,rw", "/dev/vg/guest-volume", "hda").bus == "ide");
    check("format=raw, vdev=hda, access=rw, target=/dev/vg/guest-volume", "/dev/vg/guest-volume", "hda");
    check("raw:/dev/vg/guest-volume,hda,w", "/dev/vg/guest-volume", "hda");
    check("tap:aio:/srv/vm188.img,xvda,w", "/srv/vm188.img", "xvda");
    CHECK(check("file:/srv/vm188.img,xvda,r", "/srv/vm188.img", "xvda").readonly);
    CHECK(check("/root/image.iso,,hdc,cdrom", "/root/image.iso", "hdc").device == "cdrom");
    CHECK(check("phy:/dev/cdrom,hdc:cdrom,r", "/dev/cdrom", "hdc").device == "cdrom");
    check("vdev=xvda,target=/srv/a,b.img", "/srv/a,b.img", "xvda");
    CHECK(check("", "", "").kind == Kind::other);
}

TEST_CASE("the examples of Xen itself are read") {
    const std::filesystem::path samples = SVCMGR_SOURCE_DIR "/../shared/fixtures/xen-public";
    if (!std::filesystem::is_directory(samples)) {
        MESSAGE("skipped: there is no " << samples.string());
        return;
    }
    for (const char* name : {"pvlinux", "hvm"}) {
        const auto config = parse_config(test::text_of(samples / fmt::format("xen-xlexample.{}.cfg", name)));
        REQUIRE(config.has_value());
        CHECK(config->name == fmt::format("example.{}", name));
        REQUIRE(config->disks.size() == 1);
        CHECK(config->disks[0].source == "/dev/vg/guest-volume");
    }
}

TEST_CASE("the disks of a domain that runs are those of xl's JSON") {
    const auto disks = parse_live_disks(test::recording("81-xl-list--l-full").out, "full");
    REQUIRE_MESSAGE(disks.has_value(), disks.error());
    REQUIRE(disks->size() == 1);
    CHECK(disks->front().source == "/dev/loop0");
    CHECK(disks->front().target == "xvda");
    CHECK(disks->front().kind == Kind::block);
    CHECK_FALSE(disks->front().readonly);
    CHECK(parse_live_disks(test::recording("04-xl-list-l-dom").out, "tiny")->empty());
    SUBCASE("a disk that the configuration says otherwise is the live one") {
        const auto merged = merge_disks(*disks, parse_config("disk = ['/srv/full.img,raw,xvda,rw', '/srv/b.img,raw,xvdb,rw']")->disks);
        REQUIRE(merged.size() == 2);
        CHECK(merged[0].source == "/dev/loop0");
        CHECK(merged[1].source == "/srv/b.img");
    }
}

TEST_CASE("JSON that is not xl's, or of another domain, is refused") {
    for (const char* json :
         {"", "nonsense", "{}", "[]", "[1]", "[{}, {}]", R"([{"config": 3}])", R"([{"config": {"c_info": {"name": "other"}}}])",
          R"([{"config": {"c_info": {"name": "vm188"}, "disks": 3}}])", R"([{"config": {"c_info": {"name": "vm188"}, "disks": [3]}}])"}) {
        CAPTURE(json);
        CHECK_FALSE(parse_live_disks(json, "vm188").has_value());
    }
    CHECK_FALSE(parse_live_disks(test::recording("05-xl-list-l-all").out, "tiny").has_value());
}

}  // namespace svcmgr::xen
