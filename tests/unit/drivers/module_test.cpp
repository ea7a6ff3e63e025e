#include "drivers/module.h"

#include <doctest/doctest.h>

#include "drivers/error.h"
#include "drivers/real_world.h"

using namespace svcmgr;

namespace {

bool is_loaded(const std::string& library) {
    RealWorld real("/no/such/directory");
    return real.world().files.read("/proc/self/maps", 16 << 20).value().find(library) != std::string::npos;
}

}  // namespace

// Of glibc's own libraries: one that nothing here needs, and one that everything does.
TEST_CASE("what is to be loaded first is, and what is not there is passed over") {
    constexpr const char* first[] = {"libno-such-part.so.1", "libthread_db.so.1"};
    CHECK_FALSE(is_loaded("libthread_db.so.1"));
    const Module module("libm.so.6", "libc6", first);
    CHECK(is_loaded("libthread_db.so.1"));
    CHECK(module.symbol("cos") != nullptr);
    CHECK_THROWS_WITH_AS(module.symbol("no_such_symbol"), doctest::Contains("no_such_symbol"), Error);
}
