#include "drivers/real_host.h"

#include <doctest/doctest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>

using namespace svcmgr;

namespace {

struct Variable {
    std::string name;
    Variable(const char* variable, const char* value) : name(variable) { ::setenv(variable, value, 1); }
    ~Variable() { ::unsetenv(name.c_str()); }
};

}  // namespace

TEST_CASE("the node's name is lower case, as in the list of nodes") {
    // A host name of its own, in a child: this machine's may have no capital letter.
    const pid_t child = ::fork();
    if (child == 0) {
        if (::unshare(CLONE_NEWUTS) != 0 || ::sethostname("Node109.Example", 15) != 0) ::_exit(77);
        ::_exit(RealHost().nodename() == "node109.example" ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
        MESSAGE("skipped: only root can have another host name");
        return;
    }
    CHECK(status == 0);
}

TEST_CASE("the boot has an identity") {
    const auto id = RealHost().boot_id();
    CHECK(id.size() == 36);
    CHECK(std::count(id.begin(), id.end(), '-') == 4);
    CHECK(RealHost().boot_id() == id);
}

TEST_CASE("the journal learns who really asked") {
    const Variable sudo("SUDO_USER", "alice");
    CHECK(RealHost().caller().sudo_user == "alice");
    CHECK(RealHost().caller().ssh_client.empty());
    const Variable client("SSH_CLIENT", "10.0.0.9 50000 22");
    CHECK(RealHost().caller().ssh_client == "10.0.0.9");
    const Variable connection("SSH_CONNECTION", "fe80::1%eth0 50000 10.0.0.1 22");
    CHECK(RealHost().caller().ssh_client == "fe80::1%eth0");
}

TEST_CASE("the user is the one whose rights the process has") {
    const RealHost host;
    CHECK(host.user_id() == ::geteuid());
    if (::geteuid() == 0) CHECK(host.caller().user == "root");
    const pid_t child = ::geteuid() == 0 ? ::fork() : -1;
    if (child == 0) {
        // A user without a name still is somebody.
        if (::seteuid(3999999999u) != 0) ::_exit(1);
        ::_exit(RealHost().caller().user == "3999999999" ? 0 : 2);
    }
    if (child < 0) return;
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(status == 0);
}

TEST_CASE("a variable that is empty is there; one that is not set is not") {
    const Variable variable("SVCMGR_TEST_VARIABLE", "");
    CHECK(RealHost().environment("SVCMGR_TEST_VARIABLE") == "");
    CHECK_FALSE(RealHost().environment("SVCMGR_TEST_NOT_SET"));
}
