#include "resources/guest_app.h"

#include <doctest/doctest.h>

using namespace svcmgr;

namespace {

std::vector<std::string> names(std::string_view output, char kind) {
    std::vector<std::string> names;
    for (const Launcher& launcher : launchers_among(output, kind)) names.push_back(launcher.name());
    return names;
}

}  // namespace

TEST_CASE("launchers are taken by kind, in the order of their names") {
    const char* output =
        "/svc/etc/init.d/S20db\n/svc/etc/init.d/S10web\n/svc/etc/init.d/K10web\n/svc/etc/init.d/C10web\n/svc/etc/init.d/S05net\n";
    CHECK(names(output, 'S') == std::vector<std::string>{"S05net", "S10web", "S20db"});
    CHECK(names(output, 'K') == std::vector<std::string>{"K10web"});
    CHECK(names(output, 'C') == std::vector<std::string>{"C10web"});
}

TEST_CASE("what lies deeper is not a launcher") {
    CHECK(names("/svc/etc/init.d/old/S10web\n/svc/etc/init.d/Sdir/x\n", 'S').empty());
}

TEST_CASE("a name that could leave a directory or a terminal line is not a launcher") {
    CHECK(names("/svc/etc/init.d/S10\x1b[31mweb\n/svc/etc/init.d/S10 web\n/svc/etc/init.d/S10;reboot\n/etc/S10web\n", 'S').empty());
}

TEST_CASE("a last line without its end counts, nothing is nothing") {
    CHECK(names("/svc/etc/init.d/S10web", 'S').size() == 1);
    CHECK(names("", 'S').empty());
    CHECK(names("find: /svc/etc/init.d: No such file or directory\n", 'S').empty());
}
