#include "drivers/secret_names.h"

#include <doctest/doctest.h>

using namespace svcmgr;

TEST_CASE("names that sound secret") {
    for (const char* name : {"ADMIN_PASSWORD", "db_passwd", "OS_TOKEN", "SecretKey", "API_KEY"}) CHECK(sounds_secret(name));
    for (const char* name : {"HOST_IP", "ROLE", "image"}) CHECK_FALSE(sounds_secret(name));
}

TEST_CASE("values: words NAME=value, quoted or not; in [env] the whole value") {
    CHECK(without_secrets("container#1", "environment", "A=1 DB_PASSWORD=x OS_TOKEN=y B=2") == "A=1 DB_PASSWORD=*** OS_TOKEN=*** B=2");
    CHECK(without_secrets("container#1", "run_args", "-e 'DB_PASSWORD=two words' -e X_TOKEN='a b' -w /srv") ==
          "-e 'DB_PASSWORD=***' -e X_TOKEN=*** -w /srv");
    CHECK(without_secrets("container#1", "secrets", "DB_PASSWORD=/etc/svcmgr/secrets/db") == "DB_PASSWORD=/etc/svcmgr/secrets/db");
    CHECK(without_secrets("env", "admin_password@node1", "x y") == "***");
    CHECK(without_secrets("env", "image", "lab:1") == "lab:1");
    CHECK(without_secrets("DEFAULT", "prkey", "0x5e2a") == "0x5e2a");
    CHECK(without_secrets("container#1", "environment", "DB_PASSWORD=") == "DB_PASSWORD=");
}

TEST_CASE("a file: everything else stays byte for byte") {
    const std::string file =
        "# OLD_PASSWORD=a\n[DEFAULT]\nprkey = 0x1\n\n[env]\n  admin_password = x\nadmin_password = hunter2 ; why\n  goes "
        "on\nimage=lab:1\n[container#1]\n"
        "environment = A=1 DB_PASSWORD=hunter2\n  OS_TOKEN=z\n";
    CHECK(without_secrets(file) ==
          "# OLD_PASSWORD=***\n[DEFAULT]\nprkey = 0x1\n\n[env]\n  admin_password = ***\nadmin_password = "
          "***\n***\nimage=lab:1\n[container#1]\n"
          "environment = A=1 DB_PASSWORD=***\n  OS_TOKEN=***\n");
    CHECK(without_secrets("") == "");
    CHECK(without_secrets("[env]\nimage = x") == "[env]\nimage = x");
}
