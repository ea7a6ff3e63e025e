#include "drivers/secret_names.h"

#include <doctest/doctest.h>

using namespace svcmgr;

TEST_CASE("names that sound secret") {
    for (const char* name : {"ADMIN_PASSWORD", "db_passwd", "OS_TOKEN", "SecretKey", "API_KEY", "DB_PASS", "MYSQL_PWD", "CONTRAIL_PWD",
                             "db-pass", "SSL_PASSPHRASE", "GIT_CREDENTIALS", "pass"})
        CHECK(sounds_secret(name));
    for (const char* name : {"HOST_IP", "ROLE", "image", "bypass", "COMPASS_URL", "PWD", "OLDPWD", "--pwd", ""})
        CHECK_FALSE(sounds_secret(name));
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

TEST_CASE("values end where a shell ends them") {
    const auto hidden = [](std::string_view text) { return without_secrets("container#1", "run_args", text); };
    CHECK(hidden(R"(-e DB_PASSWORD="a\" b" -w /srv)") == "-e DB_PASSWORD=*** -w /srv");
    CHECK(hidden(R"(-e DB_PASSWORD=two\ words -w /srv)") == "-e DB_PASSWORD=*** -w /srv");
    CHECK(hidden(R"(-e "DB_PASSWORD=a\" b" -w /srv)") == "-e \"DB_PASSWORD=***\" -w /srv");
    CHECK(hidden(R"(-e 'DB_PASSWORD=it'\''s two' -w /srv)") == "-e 'DB_PASSWORD=***' -w /srv");
    CHECK(hidden("-e DB_PASSWORD='hunter2") == "-e DB_PASSWORD=***");
    CHECK(hidden("-e DB_PASSWORD=hunter2\\") == "-e DB_PASSWORD=***");
    CHECK(hidden("'DB_PASSWORD=x', and more") == "'DB_PASSWORD=***', and more");
}

TEST_CASE("options with a blank before their value, and URLs") {
    const auto hidden = [](std::string_view text) { return without_secrets("app#1", "start", text); };
    CHECK(hidden("/bin/db --password hunter2 --name x") == "/bin/db --password *** --name x");
    CHECK(hidden("/bin/db --db-pass 'two words' --token --name x") == "/bin/db --db-pass *** --token --name x");
    CHECK(hidden("/bin/db --password") == "/bin/db --password");
    CHECK(hidden("URL=amqp://app:hunter2@mq:5672/v B=1") == "URL=amqp://app:***@mq:5672/v B=1");
    CHECK(hidden("http://app:a/b@host/") == "http://app:***@host/");
    CHECK(hidden("http://host:8080/a@b http://host/x:y@z http://[::1]:80/@ http://user@host") ==
          "http://host:8080/a@b http://host/x:y@z http://[::1]:80/@ http://user@host");
}

TEST_CASE("the words of a command") {
    using Words = std::vector<std::string>;
    CHECK(without_secrets(Words{"/bin/db", "--password", "two words", "x"}) == "/bin/db --password *** x");
    CHECK(without_secrets(Words{"env", "DB_PASS=two words", "x"}) == "env DB_PASS=*** x");
    CHECK(without_secrets(Words{"/bin/sh", "-c", "DB_PASS='a b' run | cat"}) == "/bin/sh -c DB_PASS=*** run | cat");
}

TEST_CASE("files that have something to hide") {
    CHECK(holds_secrets("[env]\nadmin_password: hunter2\n"));
    CHECK(without_secrets("[env]\nadmin_password: hunter2\n") == "[env]\nadmin_password: ***\n");
    CHECK(holds_secrets("[container#1]\nenvironment = DB_PASS=x\n"));
    CHECK_FALSE(holds_secrets("[DEFAULT]\nprkey = 0x1\n[container#1]\nenvironment = PWD=/srv\nsecrets = DB_PASS=/x\n"));
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

TEST_CASE("A value is known to hold a secret when something of it would be hidden") {
    CHECK(holds_secret("env", "db_password", "x"));
    CHECK(holds_secret("container#1", "environment", "DB_PASS=hunter2"));
    CHECK(holds_secret("app#1", "start", "/bin/a --password hunter2"));
    CHECK(holds_secret("sync#1", "src", "rsync://root:hunter2@host/data"));
    CHECK_FALSE(holds_secret("env", "db_password", ""));
    CHECK_FALSE(holds_secret("env", "base", "/srv/vm188"));
    CHECK_FALSE(holds_secret("container#1", "db_password", "x"));
    CHECK_FALSE(holds_secret("container#1", "environment", "A=1"));
    CHECK_FALSE(holds_secret("container#1", "secrets", "DB_PASS=/etc/pw"));
}
