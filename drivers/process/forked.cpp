#include "drivers/process/forked.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "drivers/descriptor.h"
#include "drivers/files/file_problem.h"

namespace svcmgr {

namespace {

enum class Stage : int { plumbing, limits, directory, identity, program };

struct Failure {
    Stage stage;
    int problem;
};

std::string describe(const Failure& failure, const ForkPlan& plan, const Surroundings& surroundings) {
    const std::string reason = errno_reason(failure.problem);
    switch (failure.stage) {
        case Stage::plumbing: break;
        case Stage::limits: return fmt::format("its limits can't be set: {}", reason);
        case Stage::directory: return fmt::format("it can't begin in {}: {}", surroundings.directory, reason);
        case Stage::identity: return fmt::format("it can't run as user {}: {}", surroundings.run_as->user, reason);
        case Stage::program: break;
    }
    return fmt::format("{} can't be started: {}", plan.program, reason);
}

/// What happens between fork and exec. Calls only what is safe after a fork in a program with threads: no memory is asked for, and the
/// identity is set by system calls, since glibc's own functions wait for threads that are not here.
class ForkedChild {
public:
    ForkedChild(const ForkPlan& plan, const Surroundings& surroundings, int report)
        : plan_(plan), surroundings_(surroundings), report_(report) {}

    [[noreturn]] void run() {
        ::setpgid(0, 0);
        must(::dup2(plan_.in, STDIN_FILENO) >= 0 && ::dup2(plan_.out, STDOUT_FILENO) >= 0 && ::dup2(plan_.err, STDERR_FILENO) >= 0 &&
                 ::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) == 0,
             Stage::plumbing);
        set_limits();
        become();  // before the directory: what the user may not enter is no place for its program
        if (!surroundings_.directory.empty()) must(::chdir(surroundings_.directory.c_str()) == 0, Stage::directory);
        take_signals();
        ::execve(plan_.program, plan_.argv, plan_.environment);
        must(false, Stage::program);
        ::_exit(127);
    }

private:
    void must(bool done, Stage stage) const {
        if (done) return;
        const Failure failure{stage, errno};
        [[maybe_unused]] const ssize_t written = ::write(report_, &failure, sizeof failure);
        ::_exit(127);
    }

    void set_limits() const {
        if (surroundings_.umask) ::umask(*surroundings_.umask);
        for (const ResourceLimit& limit : surroundings_.limits) {
            const rlimit both{limit.value, limit.value};
            must(::setrlimit(static_cast<__rlimit_resource_t>(limit.resource), &both) == 0, Stage::limits);
        }
    }

    void become() const {
        if (!surroundings_.run_as) return;
        const RunAs& whom = *surroundings_.run_as;
        must(::syscall(SYS_setgroups, whom.groups.size(), whom.groups.data()) == 0 &&
                 ::syscall(SYS_setresgid, whom.group, whom.group, whom.group) == 0 &&
                 ::syscall(SYS_setresuid, whom.user, whom.user, whom.user) == 0,
             Stage::identity);
    }

    static void take_signals() {
        for (int number = 1; number < NSIG; ++number) static_cast<void>(::signal(number, SIG_DFL));  // SIGKILL has no other
        sigset_t none;
        sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
    }

    const ForkPlan& plan_;
    const Surroundings& surroundings_;
    int report_;
};

/// Keeps our handlers from running in the child.
class SignalsHeld {
public:
    SignalsHeld() {
        sigset_t all;
        sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~SignalsHeld() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    SignalsHeld(const SignalsHeld&) = delete;
    SignalsHeld& operator=(const SignalsHeld&) = delete;

private:
    sigset_t before_;
};

}  // namespace

tl::expected<int, std::string> fork_program(const ForkPlan& plan, const Surroundings& surroundings) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return tl::unexpected(describe({Stage::plumbing, errno}, plan, surroundings));
    const Descriptor reader(ends[0]);
    // Above stderr, where the child's own three will be.
    Descriptor writer(::fcntl(ends[1], F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    ::close(ends[1]);
    if (!writer) return tl::unexpected(describe({Stage::plumbing, errno}, plan, surroundings));

    int pid = -1;
    {
        const SignalsHeld held;
        pid = ::fork();
        if (pid == 0) ForkedChild(plan, surroundings, writer.get()).run();
    }
    if (pid < 0) return tl::unexpected(describe({Stage::plumbing, errno}, plan, surroundings));
    writer.reset();
    Failure failure{};
    ssize_t count = 0;
    while ((count = ::read(reader.get(), &failure, sizeof failure)) < 0 && errno == EINTR) {
    }
    if (count == 0) return pid;  // the exec closed the other end
    ::waitpid(pid, nullptr, 0);
    return tl::unexpected(describe(failure, plan, surroundings));
}

}  // namespace svcmgr
