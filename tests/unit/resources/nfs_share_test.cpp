#include "resources/nfs_share.h"

#include <doctest/doctest.h>

#include "resources/keywords.h"
#include "resources/keywords_drivers.h"
#include "tests/unit/resources/node_world.h"

using namespace svcmgr;
using namespace svcmgr::test;

namespace {

struct Fixture : NodeWorld {
    static NfsShare share(const std::string& opts) {
        return NfsShare(Rid("share#1"), section("share#1", {share_drivers().front().keywords, share_keywords(), generic_keywords()},
                                                {{"path", "/srv/a b"}, {"opts", opts}}));
    }
    void exported(const std::string& lines) { files.put("/var/lib/nfs/etab", lines); }
};

constexpr const char* both = "*(ro) 10.0.0.0/8(rw,sync)";

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a share is up when each of its clients has it with the options that were asked for") {
    CHECK(text_of(look(share(both))) == "down");
    exported("/srv/a\\040b\t*(ro,sync,wdelay,hide)\n/srv/a\\040b\t10.0.0.0/8(rw,sync,wdelay)\n/srv\tnode9(rw)\n");
    CHECK(text_of(look(share(both))) == "up");
    exported("/srv/a\\040b\t*(rw,sync)\n");
    CHECK(text_of(look(share(both))) == "warn; warn: exported to * without ro; warn: not exported to 10.0.0.0/8");
    exported("/srv\t*(ro)\n");
    CHECK(look(share(both)).status == Status::down);
    files.fail("/var/lib/nfs", MemoryFiles::FaultOn::look, EIO);
    CHECK(look(share(both)).status == Status::undef);
}

TEST_CASE_FIXTURE(Fixture, "a start exports to each client, a stop takes back what is there") {
    processes.answer("exportfs", 0);
    perform(share("*(ro) node9"), "start");
    CHECK(processes.ran == std::vector<std::string>{"exportfs -o ro *:/srv/a b", "exportfs node9:/srv/a b"});
    processes.ran.clear();
    processes.answer("exportfs", 1, "", "exportfs: Could not find '*:/srv/a b' to unexport.\n");
    CHECK(failure(share("*(ro)"), "stop") == "");
    CHECK(processes.ran == std::vector<std::string>{"exportfs -u *:/srv/a b"});
    processes.answer("exportfs", 1, "", "exportfs: permission denied\n");
    CHECK(failure(share("*(ro)"), "stop") != "");
    CHECK(intend(share(both), Goal::up).verbs[0].undo == "stop");
}
