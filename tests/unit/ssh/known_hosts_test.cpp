#include "drivers/ssh/known_hosts.h"

#include <doctest/doctest.h>

#include "drivers/error.h"

using namespace svcmgr;

namespace {

const std::string ed25519 = "AAAAC3NzaC1lZDI1NTE5AAAAIDw0/nV/gdY09cjL0GGhuMZpGoknoZkqBcf1lPPdGP6F";
const std::string other = "AAAAC3NzaC1lZDI1NTE5AAAAIJfmTU35xZRpAG8OkvTlMtMALprJASdXhHcVdBhCNCiI";
const HostKey key{"ssh-ed25519", ed25519, "SHA256:x"};
const HostKey other_key{"ssh-ed25519", other, "SHA256:y"};

SshTarget host(const std::string& name, int port = 22) {
    return {name, "root", port};
}

std::vector<int> lines(const std::string& text, const SshTarget& target) {
    std::vector<int> result;
    for (const auto& known : find_known_keys(text, target).keys) result.push_back(known.line);
    return result;
}

}  // namespace

TEST_CASE("a host's keys are found with their lines, whatever else is in the file") {
    const std::string text =
        "# peers\n"
        "\n"
        "node1 ssh-ed25519 " +
        ed25519 +
        " root@node1\n"
        "node2,node3 ssh-ed25519 " +
        other +
        "\r\n"
        "  Node1,10.0.0.1\tssh-rsa\tAAAAB3 a comment with blanks\n"
        "node1\n"
        "node1 ssh-rsa\n";
    auto known = find_known_keys(text, host("node1"));
    REQUIRE(known.keys.size() == 2);
    CHECK(known.keys[0].line == 3);
    CHECK(known.keys[0].same_key(key));
    CHECK_FALSE(known.keys[0].same_key(other_key));
    CHECK(known.keys[1].line == 5);
    CHECK(known.keys[1].type == "ssh-rsa");
    CHECK(known.keys[1].base64 == "AAAAB3");
    CHECK(lines(text, host("NODE3")) == std::vector<int>{4});
    CHECK(find_known_keys(text, host("node3")).keys[0].base64 == other);
    CHECK(lines(text, host("node")).empty());
    CHECK(lines(text, host("node11")).empty());
    CHECK(lines("", host("node1")).empty());
}

TEST_CASE("a server on another port is another server") {
    const std::string text = "[vm1]:2222 ssh-ed25519 " + ed25519 + "\nvm1 ssh-ed25519 " + other + "\n[::1]:2222 ssh-ed25519 " + ed25519;
    CHECK(lines(text, host("vm1", 2222)) == std::vector<int>{1});
    CHECK(lines(text, host("vm1")) == std::vector<int>{2});
    CHECK(lines(text, host("::1", 2222)) == std::vector<int>{3});
    CHECK(lines(text, host("vm1", 222)).empty());
    CHECK(known_host_name(host("VM1", 2222)) == "[vm1]:2222");
    CHECK(known_host_name(host("fd00::1")) == "fd00::1");
}

TEST_CASE("wildcards and exceptions mean what they mean to ssh") {
    const std::string text =
        "*.example.com,!bad.example.com ssh-ed25519 " + ed25519 + "\nvm? ssh-ed25519 " + ed25519 + "\n!* x y\n* ssh-rsa AAAA\n";
    CHECK(lines(text, host("a.example.com")) == std::vector<int>{1, 4});
    CHECK(lines(text, host("bad.example.com")) == std::vector<int>{4});
    CHECK(lines(text, host("vm1")) == std::vector<int>{2, 4});
    CHECK(lines(text, host("vm12")) == std::vector<int>{4});
    CHECK(lines("a*b*c k v\n", host("aXbYbZc")) == std::vector<int>{1});
    CHECK(lines("a*b*c k v\n", host("aXbYbZ")).empty());
}

TEST_CASE("a pattern from a file can't take for ever") {
    std::string pattern, name(5000, 'a');
    for (int i = 0; i < 2000; ++i) pattern += "*a";
    CHECK(lines(pattern + "b k v\n", host(name)).empty());
}

TEST_CASE("markers: a revoked key is reported as such, an authority is no key, an unknown marker trusts nothing") {
    const std::string text = "@revoked * ssh-ed25519 " + other + "\n@cert-authority *.example.com ssh-ed25519 " + ed25519 +
                             "\n@someday a.example.com ssh-ed25519 " + ed25519 + "\n";
    auto known = find_known_keys(text, host("a.example.com"));
    REQUIRE(known.keys.size() == 1);
    CHECK(known.keys[0].mark == KnownKey::Mark::revoked);
    CHECK(known.keys[0].line == 1);
    CHECK(known.authority_lines == std::vector<int>{2});
    CHECK(find_known_keys(text, host("elsewhere")).authority_lines.empty());
}

TEST_CASE("hashed names are told about, not guessed") {
    const std::string text = "vm1 ssh-ed25519 " + ed25519 + "\n|1|JfKTdBh7rNbXkVAQCRp4OQoPfmI=|USECr3SWf1JUPsms5AqfD5QfxkM= ssh-rsa AAAA\n";
    auto known = find_known_keys(text, host("vm1"));
    CHECK(known.keys.size() == 1);
    CHECK(known.hashed_lines == std::vector<int>{2});
}

TEST_CASE("adding a key leaves every other line as it was") {
    const std::string text = "# mine\r\n\n  odd   line\nvm2 ssh-ed25519 " + other + " x";
    const std::string added = add_known_key(text, host("VM1", 2222), key);
    CHECK(added == text + "\n[vm1]:2222 ssh-ed25519 " + ed25519 + "\n");
    CHECK(add_known_key(added, host("vm1", 2222), key) == added);
    CHECK(add_known_key("", host("vm1"), key) == "vm1 ssh-ed25519 " + ed25519 + "\n");
    // A revoked key is not a recorded one.
    const std::string revoked = "@revoked vm1 ssh-ed25519 " + ed25519 + "\n";
    CHECK(add_known_key(revoked, host("vm1"), key) == revoked + "vm1 ssh-ed25519 " + ed25519 + "\n");
}

TEST_CASE("replacing a host's keys takes nothing from other hosts") {
    const std::string before =
        "# mine\nvm1 ssh-ed25519 " + other + "\nvm1,vm2,VM1 ssh-rsa AAAA comment\n*,vm3 ssh-rsa AAAA\n@revoked vm1 ssh-rsa AAAA\n";
    const std::string after =
        "# mine\nvm2 ssh-rsa AAAA comment\n*,vm3 ssh-rsa AAAA\n@revoked vm1 ssh-rsa AAAA\nvm1 ssh-ed25519 " + ed25519 + "\n";
    CHECK(replace_known_keys(before, host("vm1"), {key}) == after);
    CHECK(replace_known_keys(after, host("vm1"), {key}) == after);
    CHECK(replace_known_keys("vm1 a b", host("vm1"), {}) == "");
    CHECK(replace_known_keys("vm2 a b", host("vm1"), {key, other_key}) ==
          "vm2 a b\nvm1 ssh-ed25519 " + ed25519 + "\nvm1 ssh-ed25519 " + other + "\n");
}

TEST_CASE("a name that would be read back as something else is not written") {
    for (const char* name : {"", "a b", "a,b", "*", "vm?", "!vm", "@revoked", "|1|x", "#vm", "vm\n", "[vm]"}) {
        CAPTURE(name);
        CHECK_THROWS_AS(add_known_key("", host(name), key), Error);
        CHECK_THROWS_AS(replace_known_keys("", host(name), {key}), Error);
    }
    CHECK(add_known_key("", host("fe80::1%eth0"), key).starts_with("fe80::1%eth0 "));
}

TEST_CASE("a public key file is read, and what is not one is told apart") {
    auto parsed = parse_public_key("# a key\n\nssh-ed25519 " + ed25519 + " root@node1 of site 2\n");
    REQUIRE(parsed);
    CHECK(parsed->type == "ssh-ed25519");
    CHECK(parsed->base64 == ed25519);
    CHECK(parse_public_key("ssh-ed25519 " + ed25519));

    auto problem = [](const std::string& text) {
        auto key_or_problem = parse_public_key(text);
        return key_or_problem ? std::string() : key_or_problem.error();
    };
    CHECK(problem("") == "there is no key in it");
    CHECK(problem("-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n").find("private key") != std::string::npos);
    CHECK(problem("hello\n").find("should look like") != std::string::npos);
    CHECK(problem("ssh-ed25519 " + ed25519 + "\nssh-ed25519 " + other).find("more than one line") != std::string::npos);
    CHECK(problem("ssh-ed25519 " + ed25519.substr(0, 67)).find("not base64") != std::string::npos);
    CHECK(problem("ssh-ed25519 ????").find("not base64") != std::string::npos);
    CHECK(problem("ssh-rsa " + ed25519).find("does not contain a key of type ssh-rsa") != std::string::npos);
    CHECK(problem("ssh-ed25519 AAAA").find("does not contain") != std::string::npos);
}
