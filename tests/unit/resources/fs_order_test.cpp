#include "resources/fs_order.h"

#include <doctest/doctest.h>

#include "resources/keywords.h"
#include "resources/keywords_drivers.h"
#include "tests/unit/resources/node_world.h"

using namespace svcmgr;
using namespace svcmgr::test;

namespace {

Options fs(const std::string& rid, const std::string& dev, const std::string& mnt) {
    return section(rid, {fs_keywords(), generic_keywords()}, {{"dev", dev}, {"mnt", mnt}});
}
Options directory(const std::string& rid, const std::string& path) {
    return section(rid, {fs_drivers().front().keywords, fs_keywords(), generic_keywords()}, {{"path", path}});
}

}  // namespace

TEST_CASE("a mount below another comes after it, and a bind or an image after what it is on; others don't wait") {
    const std::vector<Options> sections = {fs("fs#1", "/srv/images/disk.img", "/srv/data/"),
                                           fs("fs#2", "tmpfs", "/srv/data/deep/tmp"),
                                           directory("fs#3", "/srv/data/logs"),
                                           fs("fs#4", "/srv/data/logs", "/logs"),
                                           fs("fs#5", "nfs1:/srv/data", "/srv/images"),
                                           fs("fs#6", "/dev/sdb", "/srv/database"),
                                           section("app#1", app_keywords(), {})};
    std::vector<int> places;
    for (const Options& one : sections) places.push_back(fs_place(one, sections));
    CHECK(places == std::vector<int>{1, 2, 2, 3, 0, 0, 0});
}

TEST_CASE("two binds that show each other end somewhere") {
    const std::vector<Options> sections = {fs("fs#1", "/a", "/b"), fs("fs#2", "/b", "/a")};
    CHECK(fs_place(sections[0], sections) <= 4);
}
