#include <doctest/doctest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>
#include <string>

#include "drivers/ssh/ssh.h"

extern char** environ;

using namespace svcmgr;

namespace {

/// What a shell prints for a line.
std::string shell_output(const Argv& shell, std::string line) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    posix_spawn_file_actions_addclose(&actions, ends[1]);
    Argv argv = shell;
    argv.push_back("-c");
    argv.push_back(std::move(line));
    std::vector<char*> words;
    for (auto& word : argv) words.push_back(word.data());
    words.push_back(nullptr);
    pid_t pid = 0;
    REQUIRE(::posix_spawn(&pid, words[0], &actions, nullptr, words.data(), environ) == 0);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    std::string output;
    char buffer[4096];
    for (ssize_t size; (size = ::read(ends[0], buffer, sizeof buffer)) > 0;) output.append(buffer, static_cast<std::size_t>(size));
    ::close(ends[0]);
    int status = 0;
    REQUIRE(::waitpid(pid, &status, 0) == pid);
    return output;
}

Argv random_words(std::mt19937& random) {
    std::uniform_int_distribution<int> any_byte(1, 255), words(1, 6), length(0, 40);
    // Half of the words are made of what shells treat specially: random bytes alone would meet it rarely.
    const std::string special = "'\"\\$`!*?[]{}()<>|&;#~=%^ \t\n\r-";
    std::uniform_int_distribution<std::size_t> any_special(0, special.size() - 1);
    Argv argv;
    for (int i = words(random); i > 0; --i) {
        std::string word;
        const bool nasty = any_byte(random) % 2 == 0;
        for (int j = length(random); j > 0; --j) word += nasty ? special[any_special(random)] : static_cast<char>(any_byte(random));
        argv.push_back(word);
    }
    return argv;
}

void check_with(const Argv& shell) {
    std::mt19937 random(20261120);
    for (int round = 0; round < 100; ++round) {
        Argv argv = random_words(random);
        std::string expected;
        for (const auto& word : argv) expected += word + '\0';
        CAPTURE(round);
        // A mismatch is shown by round alone: the bytes would confuse the terminal.
        CHECK((shell_output(shell, "printf '%s\\0' " + quote_for_shell(argv)) == expected));
    }
}

}  // namespace

TEST_CASE("a remote shell reads back the very bytes of every argument: nothing in a name can run a command") {
    check_with({"/bin/sh"});
}

TEST_CASE("the same with the shells that guests have") {
    if (::access("/bin/bash", X_OK) == 0) check_with({"/bin/bash"});
    if (::access("/bin/busybox", X_OK) == 0) check_with({"/bin/busybox", "sh"});
}

TEST_CASE("words that mean something to a shell are only words") {
    CHECK(quote_for_shell({}).empty());
    CHECK(quote_for_shell({"if"}) == "'if'");
    CHECK(quote_for_shell({"A=b", ""}) == "'A=b' ''");
    CHECK(quote_for_shell({"/svc/etc/init.d/S10web", "it's"}) == "'/svc/etc/init.d/S10web' 'it'\\''s'");
}
