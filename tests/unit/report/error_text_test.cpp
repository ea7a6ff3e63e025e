#include "svcmgr/report/error_text.h"

#include <doctest/doctest.h>

using namespace svcmgr;

TEST_CASE("an error is one line with the place, and one with what to do") {
    CHECK(error_text(Error(Error::Code::failed, "it did not start", "vm188: container#1", "look at its console")) ==
          "svcmgr: vm188: container#1: it did not start\n"
          "        look at its console\n");
    CHECK(error_text(Error(Error::Code::failed, "it did not start")) == "svcmgr: it did not start\n");
}

TEST_CASE("an error that repeats foreign text stays one line") {
    CHECK(error_text(Error(Error::Code::failed, "said \033[2J\nsvcmgr: all is well", "x\ny")) ==
          "svcmgr: x y: said \\x1b[2J svcmgr: all is well\n");
}
