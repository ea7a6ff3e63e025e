#include "drivers/process/child.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

#include "drivers/files/file_io.h"
#include "drivers/files/file_problem.h"
#include "drivers/process/forked.h"

namespace svcmgr {

namespace {

/// Arguments of posix_spawn. Its functions fail for want of memory only.
class SpawnPlan {
public:
    SpawnPlan() {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawnattr_init(&attributes_);
        sigset_t all;
        sigset_t none;
        sigfillset(&all);
        sigemptyset(&none);
        ::posix_spawnattr_setsigdefault(&attributes_, &all);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setpgroup(&attributes_, 0);
        ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    }
    ~SpawnPlan() {
        ::posix_spawnattr_destroy(&attributes_);
        ::posix_spawn_file_actions_destroy(&actions_);
    }
    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;

    void pass(int ours, int theirs) { ::posix_spawn_file_actions_adddup2(&actions_, ours, theirs); }
    void close_the_rest() { ::posix_spawn_file_actions_addclosefrom_np(&actions_, 3); }

    /// The process, or an errno.
    tl::expected<int, int> spawn(const ForkPlan& plan) const {
        int pid = 0;
        const int problem = ::posix_spawn(&pid, plan.program, &actions_, &attributes_, plan.argv, plan.environment);
        if (problem != 0) return tl::unexpected(problem);
        return pid;
    }

private:
    posix_spawn_file_actions_t actions_;
    posix_spawnattr_t attributes_;
};

struct Pipe {
    Descriptor reader;
    Descriptor writer;
};

Descriptor copy_above_stderr(int descriptor) {
    return Descriptor(::fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
}

/// A descriptor above stderr, also in a process that was started without its three: what is passed as stdin must not lie where stdout will
/// be.
Descriptor above_stderr(Descriptor low) {
    if (!low || low.get() > STDERR_FILENO) return low;
    return copy_above_stderr(low.get());
}

std::optional<Pipe> make_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return std::nullopt;
    Pipe pipe{above_stderr(Descriptor(ends[0])), above_stderr(Descriptor(ends[1]))};
    if (!pipe.reader || !pipe.writer || ::fcntl(pipe.reader.get(), F_SETFL, O_NONBLOCK) != 0) return std::nullopt;
    return pipe;
}

/// A file in memory rather than a pipe: the program reads it when it likes, and nobody waits for it to do so. Closed, with errno, on
/// failure.
Descriptor make_stdin(std::string_view input) {
    if (input.empty()) return above_stderr(Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC)));
    auto file = above_stderr(Descriptor(::memfd_create("stdin", MFD_CLOEXEC)));
    if (!file) return file;
    if (const int problem = write_all(file.get(), input)) {
        errno = problem;
        return {};
    }
    ::lseek(file.get(), 0, SEEK_SET);
    return file;
}

/// Two pipes; or one file for both, in the place of the first one's writer.
struct Outputs {
    Pipe out;
    Pipe err;
    int err_writer() const { return err.writer ? err.writer.get() : out.writer.get(); }
};

tl::expected<Outputs, std::string> make_outputs(const Path& file) {
    Outputs outputs;
    if (!file.empty()) {
        auto opened = open_file(file, O_WRONLY | O_APPEND | O_NOFOLLOW | O_NOCTTY);
        if (!opened) return tl::unexpected(fmt::format("{}: {}", file, opened.error().reason));
        outputs.out.writer = above_stderr(std::move(*opened));
        return outputs;
    }
    auto out = make_pipe();
    auto err = make_pipe();
    if (!out || !err) return tl::unexpected(errno_reason(errno));
    return Outputs{std::move(*out), std::move(*err)};
}

std::optional<std::string> find_program(const std::string& name) {
    if (name.find('/') != std::string::npos) return name;
    for (std::string_view rest = system_path; !name.empty() && !rest.empty();) {
        const auto directory = rest.substr(0, rest.find(':'));
        rest.remove_prefix(std::min(rest.size(), directory.size() + 1));
        if (auto path = fmt::format("{}/{}", directory, name); ::access(path.c_str(), X_OK) == 0) return path;
    }
    return std::nullopt;
}

bool ordinary(const Surroundings& surroundings) {
    return surroundings.directory.empty() && !surroundings.run_as && !surroundings.umask && surroundings.limits.empty();
}

tl::expected<int, std::string> spawn_program(const ForkPlan& program) {
    SpawnPlan plan;
    plan.pass(program.in, STDIN_FILENO);
    plan.pass(program.out, STDOUT_FILENO);
    plan.pass(program.err, STDERR_FILENO);
    plan.close_the_rest();
    const auto pid = plan.spawn(program);
    if (!pid) return tl::unexpected(fmt::format("{} can't be started: {}", program.argv[0], errno_reason(pid.error())));
    return *pid;
}

}  // namespace

std::vector<char*> pointers(const std::vector<std::string>& texts) {
    std::vector<char*> result;
    result.reserve(texts.size() + 1);
    for (const auto& text : texts) result.push_back(const_cast<char*>(text.c_str()));  // posix_spawn does not write to them
    result.push_back(nullptr);
    return result;
}

tl::expected<Child, std::string> start_child(const Argv& argv, const std::vector<std::string>& environment, std::string_view input,
                                             const Surroundings& surroundings, const Ends& ends) {
    if (argv.empty()) return tl::unexpected<std::string>("there is no program to start");
    const auto cant_start = [&](int problem) {
        return tl::unexpected(fmt::format("{} can't be started: {}", argv[0], errno_reason(problem)));
    };
    const auto program = find_program(argv[0]);
    if (!program) return tl::unexpected(fmt::format("{} is not installed (it is in none of {})", argv[0], system_path));

    const auto in = ends.in < 0 ? make_stdin(input) : copy_above_stderr(ends.in);
    if (!in) return cant_start(errno);
    auto outputs = make_outputs(surroundings.output);
    if (outputs && ends.out >= 0) outputs->out = Pipe{{}, copy_above_stderr(ends.out)};
    if (!outputs) return tl::unexpected(fmt::format("{} can't be started: {}", argv[0], outputs.error()));

    const auto arguments = pointers(argv);
    const auto variables = pointers(environment);
    const ForkPlan plan{program->c_str(), arguments.data(), variables.data(), in.get(), outputs->out.writer.get(), outputs->err_writer()};
    const auto pid = ordinary(surroundings) ? spawn_program(plan) : fork_program(plan, surroundings);
    if (!pid) return tl::unexpected(pid.error());
    Child child;
    child.pid = *pid;
    // Not pidfd_open(): glibc 2.36 declares it without extern "C".
    child.ended = Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, child.pid, 0)));
    child.out = std::move(outputs->out.reader);
    child.err = std::move(outputs->err.reader);
    return child;
}

}  // namespace svcmgr
