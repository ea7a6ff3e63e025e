#include "drivers/process/foreground.h"

#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "drivers/process/child.h"

namespace svcmgr {

namespace {

/// The keyboard's signals go to everybody on the terminal; while this lives, this process does not hear them.
class DeafToKeys {
public:
    DeafToKeys() {
        struct sigaction ignore {};
        ignore.sa_handler = SIG_IGN;
        ::sigaction(SIGINT, &ignore, &interrupt_);
        ::sigaction(SIGQUIT, &ignore, &quit_);
    }
    ~DeafToKeys() {
        ::sigaction(SIGINT, &interrupt_, nullptr);
        ::sigaction(SIGQUIT, &quit_, nullptr);
    }
    DeafToKeys(const DeafToKeys&) = delete;
    DeafToKeys& operator=(const DeafToKeys&) = delete;

private:
    struct sigaction interrupt_ {};
    struct sigaction quit_ {};
};

/// The process, or an errno.
int spawn(const Argv& argv, pid_t& pid) {
    const std::vector<char*> words = pointers(argv);
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    sigset_t all;
    ::sigfillset(&all);
    ::posix_spawnattr_setsigdefault(&attributes, &all);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    const int problem = ::posix_spawnp(&pid, words.front(), nullptr, &attributes, words.data(), ::environ);
    ::posix_spawnattr_destroy(&attributes);
    return problem;
}

}  // namespace

std::string run_in_foreground(const Argv& argv) {
    if (argv.empty()) return "no program is named";
    const DeafToKeys deaf;
    pid_t pid = 0;
    if (const int problem = spawn(argv, pid)) return fmt::format("{} can't be started: {}", argv[0], std::strerror(problem));
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) return fmt::format("{} was lost: {}", argv[0], std::strerror(errno));
    if (WIFSIGNALED(status)) return fmt::format("{} was ended by signal {}", argv[0], WTERMSIG(status));
    return WEXITSTATUS(status) == 0 ? "" : fmt::format("{} exited with {}", argv[0], WEXITSTATUS(status));
}

}  // namespace svcmgr
