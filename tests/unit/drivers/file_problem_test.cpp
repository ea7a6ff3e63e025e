#include "drivers/files/file_problem.h"

#include <doctest/doctest.h>

#include <cerrno>

using namespace svcmgr;

TEST_CASE("absent is what is not there, and nothing else") {
    CHECK(file_problem(ENOENT).absent());
    CHECK(file_problem(ENOTDIR).absent());
    CHECK_FALSE(file_problem(EACCES).absent());
    CHECK_FALSE(file_problem("larger than 1 MiB").absent());
}

TEST_CASE("a reason is in plain words, in one language, for every errno") {
    CHECK(errno_reason(ENOSPC) == "no space left on the device");
    CHECK(errno_reason(EXDEV) == "Invalid cross-device link");
    CHECK(errno_reason(99999) == "error 99999");
}

TEST_CASE("an error advises where there is something to do") {
    const auto error = file_error("/var/lib/x", "can't be written", file_problem(ENOSPC));
    CHECK(error.code() == Error::Code::failed);
    CHECK(error.where() == "/var/lib/x");
    CHECK(error.message() == "can't be written: no space left on the device");
    CHECK(error.hint() == "make room on its file system (df /var/lib)");
    CHECK(file_error("x", "can't be written", file_problem(EROFS)).hint() == "mount its file system read-write");
    CHECK(file_error("x", "can't be written", file_problem(EACCES)).hint() == "run it as a user who may, usually root");
    CHECK(file_error("x", "can't be written", file_problem(EIO)).hint().empty());
}

TEST_CASE("a path's parent") {
    CHECK(parent_directory("/a/b/c") == "/a/b");
    CHECK(parent_directory("/a/b//c//") == "/a/b");
    CHECK(parent_directory("/a") == "/");
    CHECK(parent_directory("//a") == "/");
    CHECK(parent_directory("/") == "/");
    CHECK(parent_directory("//") == "/");
    CHECK(parent_directory("a/b") == "a");
    CHECK(parent_directory("a") == ".");
    CHECK(parent_directory("") == ".");
}
