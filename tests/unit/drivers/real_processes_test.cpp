#include "drivers/process/real_processes.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "drivers/files/real_files.h"
#include "drivers/real_host.h"
#include "tests/unit/drivers/support.h"

using namespace svcmgr;
using namespace svcmgr::test;
using namespace std::chrono_literals;

namespace {

struct Fixture {
    RealTime time;
    RealHost host;
    RealFiles files{time.signals};
    RealProcesses processes{time.signals, host, files};

    CommandResult run(const Argv& argv, std::string_view input = {}) { return processes.run(argv, patience(time.clock), {}, input); }
    CommandResult shell(const std::string& script) { return run({"sh", "-c", script}); }

    /// Runs a script that never ends until its deadline: one that leaves it the time to print something.
    CommandResult run_too_long(const std::string& script) {
        CommandResult result;
        for (Duration time_given = 50ms; result.out.empty() && time_given < 60s; time_given *= 4)
            result = processes.run({"sh", "-c", script}, Deadline::in(time.clock, time_given));
        return result;
    }

    /// No longer running; its parent may still have to fetch its exit code.
    bool ended(int pid) const {
        const auto stat = files.read("/proc/" + std::to_string(pid) + "/stat");
        return !stat || !parse_start_ticks(*stat);
    }
};

int first_number(const std::string& text) {
    return std::stoi(text.substr(text.find_first_of("0123456789")));
}

struct Variable {
    std::string name;
    Variable(const char* variable, const char* value) : name(variable) { ::setenv(variable, value, 1); }
    ~Variable() { ::unsetenv(name.c_str()); }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a program's exit code and both its outputs are returned") {
    const auto result = shell("echo out; echo err >&2; exit 3");
    CHECK(result.exit_code == 3);
    CHECK(result.signal == 0);
    CHECK(result.out == "out\n");
    CHECK(result.err == "err\n");
    CHECK_FALSE(result.ok());
    CHECK(result.describe() == "exited with 3: err");
    CHECK(run({"true"}).ok());
    CHECK(run({"sh", "-c", "exit 255"}).exit_code == 255);
}

TEST_CASE_FIXTURE(Fixture, "arguments reach the program byte for byte: there is no shell") {
    const Argv argv{"printf", "%s|", "a b", "", "$HOME `id` ; rm *", "\xff\n'\""};
    CHECK(run(argv).out == "a b||$HOME `id` ; rm *|\xff\n'\"|");
}

TEST_CASE_FIXTURE(Fixture, "a program gets the surroundings that it is owed, and variables win over ours") {
    const TemporaryDirectory directory;
    Surroundings around;
    around.environment = {"HOME=/srv/web", "TZ=UTC"};
    around.directory = directory.path();
    around.umask = 027;
    around.limits = {{RLIMIT_NOFILE, 64}};
    const auto in = [&](const std::string& script) { return processes.run_in(around, {"sh", "-c", script}, patience(time.clock)).out; };
    CHECK(in("echo $HOME $TZ $LC_ALL") == "/srv/web UTC C\n");
    const std::string all = processes.run_in(around, {"env"}, patience(time.clock)).out;
    CHECK(all.find("HOME=") == all.rfind("HOME="));
    CHECK(in("pwd; umask; ulimit -n") == directory.path() + "\n0027\n64\n");
    CHECK(in("echo /proc/self/fd/*") ==
          "/proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2 /proc/self/fd/3\n");  // 3 is what the shell lists the directory through
    if (::geteuid() == 0) {
        CHECK(processes.run_in({{}, directory.path(), RunAs{65534, 65534, {}}, {}, {}}, {"true"}, patience(time.clock))
                  .not_started.ends_with("permission denied"));  // the directory is root's alone
        around.directory = "/";
        around.run_as = RunAs{65534, 65533, {65533, 100}};
        CHECK(in("id -u; id -g; id -G") == "65534\n65533\n65533 100\n");
    }
}

TEST_CASE_FIXTURE(Fixture, "what a program leaves running goes on writing into its file, and is not killed for it") {
    const TemporaryDirectory directory;
    Surroundings around;
    around.output = directory.path() + "/log";
    files.replace(around.output, "", 0600);
    const auto result = processes.run_in(around, {"sh", "-c", "echo begin; echo bad >&2; exit 3"}, patience(time.clock));
    CHECK(result.exit_code == 3);
    CHECK(result.out == "");
    CHECK(files.read(around.output).value() == "begin\nbad\n");
    around.directory = directory.path();
    CHECK(
        processes
            .run_in(around, {"sh", "-c", "(while ! [ -e go ]; do sleep 0.01; done; echo later; echo more) & exit 0"}, patience(time.clock))
            .ok());
    files.replace(directory.path() + "/go", "", 0600);
    CHECK(eventually([&] { return files.read(around.output).value() == "begin\nbad\nlater\nmore\n"; }));
    around.output = directory.path() + "/nothing";
    CHECK(processes.run_in(around, {"true"}, patience(time.clock)).not_started ==
          "true can't be started: " + around.output + ": no such file");
}

TEST_CASE_FIXTURE(Fixture, "surroundings that can't be had keep a program from being started, and say why") {
    Surroundings around;
    around.directory = "/no/such/directory";
    CHECK(processes.run_in(around, {"true"}, patience(time.clock)).not_started == "it can't begin in /no/such/directory: no such file");
    around.directory = "/";
    CHECK(processes.run_in(around, {"/etc/passwd"}, patience(time.clock)).not_started == "/etc/passwd can't be started: permission denied");
    CHECK(processes.run_in(around, {"true"}, patience(time.clock)).ok());
}

TEST_CASE_FIXTURE(Fixture, "a program in other surroundings has its own process group, which its deadline ends") {
    Surroundings around;
    around.directory = "/";
    CommandResult result;
    for (Duration time_given = 50ms; result.out.empty() && time_given < 60s; time_given *= 4)
        result = processes.run_in(around, {"sh", "-c", "sleep 1000 & echo $!; wait"}, Deadline::in(time.clock, time_given));
    CHECK(result.timed_out);
    CHECK(eventually([&] { return ended(first_number(result.out)); }));
}

TEST_CASE_FIXTURE(Fixture, "a program that a signal killed has no exit code") {
    const auto result = shell("kill -9 $$");
    CHECK(result.exit_code == -1);
    CHECK(result.signal == 9);
    CHECK_FALSE(result.timed_out);
    CHECK(result.describe() == "killed by signal 9");
}

TEST_CASE_FIXTURE(Fixture, "what can't be started is a result that says why") {
    CHECK(run({"svcmgr-no-such-program"}).describe() ==
          "svcmgr-no-such-program is not installed (it is in none of /usr/sbin:/usr/bin:/sbin:/bin)");
    CHECK(run({"/no/such/program"}).describe() == "/no/such/program can't be started: no such file");
    CHECK(run({"/etc/passwd"}).describe() == "/etc/passwd can't be started: permission denied");
    CHECK(run({"/etc"}).describe() == "/etc can't be started: permission denied");
    CHECK_FALSE(run({""}).not_started.empty());
    CHECK_FALSE(run({}).not_started.empty());
    CHECK(run({}).exit_code == -1);
}

TEST_CASE_FIXTURE(Fixture, "the environment is ours and nothing of the caller's, whatever the caller's language") {
    const Variable language("LC_ALL", "tr_TR.UTF-8");
    const Variable other("LANGUAGE", "de");
    const Variable preload("SVCMGR_TEST_SECRET", "x");
    const Variable path("PATH", "/nowhere");
    const Variable home("HOME", "/home/alice");
    const auto result = run({"env"});
    CHECK(result.out == "PATH=/usr/sbin:/usr/bin:/sbin:/bin\nHOME=/home/alice\nLC_ALL=C\n");
}

TEST_CASE_FIXTURE(Fixture, "a program reads its input to the end, and nothing when there is none") {
    const std::string large(3 << 20, 'x');
    CHECK(run({"cat"}, large).out == large);
    CHECK(run({"cat"}).out.empty());
    CHECK(run({"true"}, large).ok());
}

TEST_CASE_FIXTURE(Fixture, "descriptors of ours do not leak into programs") {
    const int leak = ::open("/dev/null", O_RDONLY);
    REQUIRE(::dup2(leak, 77) == 77);
    // ls itself has one more open: the directory that it reads.
    CHECK(run({"ls", "/proc/self/fd"}).out == "0\n1\n2\n3\n");
    ::close(77);
    ::close(leak);
}

TEST_CASE_FIXTURE(Fixture, "a process that was started without stdin, stdout and stderr runs programs too") {
    std::array<int, 3> saved{};
    for (int number = 0; number < 3; ++number) saved[number] = ::dup(number);
    for (int number = 0; number < 3; ++number) ::close(number);
    const auto result = run({"sh", "-c", "cat; echo err >&2"}, "in");
    for (int number = 0; number < 3; ++number) {
        ::dup2(saved[number], number);
        ::close(saved[number]);
    }
    CHECK(result.out == "in");
    CHECK(result.err == "err\n");
}

TEST_CASE_FIXTURE(Fixture, "more output than the limit is thrown away, and the program runs to its end") {
    const auto result = shell("seq 1000000; seq 1000000 >&2; exit 4");
    CHECK(result.exit_code == 4);
    CHECK(result.truncated);
    CHECK(result.out.size() == CommandLimits{}.output_bytes);
    CHECK(result.err == result.out);
    CHECK(result.out.starts_with("1\n2\n3\n"));

    const auto exact = processes.run({"printf", "1234"}, patience(time.clock), {.output_bytes = 4});
    CHECK(exact.out == "1234");
    CHECK_FALSE(exact.truncated);
    const auto one_more = processes.run({"printf", "12345"}, patience(time.clock), {.output_bytes = 4});
    CHECK(one_more.out == "1234");
    CHECK(one_more.truncated);
    CHECK(processes.run({"printf", "x"}, patience(time.clock), {.output_bytes = 0}).truncated);
}

TEST_CASE_FIXTURE(Fixture, "a deadline kills the program and what it started") {
    const auto result = run_too_long("sleep 1000 & echo $!; wait");
    CHECK(result.timed_out);
    CHECK(result.exit_code == -1);
    CHECK_FALSE(result.ok());
    CHECK(result.describe() == "no answer within its deadline");
    REQUIRE_FALSE(result.out.empty());
    CHECK(eventually([&] { return ended(first_number(result.out)); }));
}

TEST_CASE_FIXTURE(Fixture, "a program that is deaf to SIGTERM is killed, with its deaf children") {
    const auto result = run_too_long("trap '' TERM; sleep 1000 & echo $!; while :; do wait; done");
    CHECK(result.timed_out);
    CHECK(result.signal == SIGKILL);
    REQUIRE_FALSE(result.out.empty());
    CHECK(eventually([&] { return ended(first_number(result.out)); }));
}

TEST_CASE_FIXTURE(Fixture, "a program is asked to end, and has not succeeded when it does so with a fine exit code") {
    CommandResult result;
    // On a busy machine its time to obey may be over before it runs.
    for (int attempt = 0; attempt < 20 && result.out != "ready\ncleaned\n"; ++attempt)
        result = run_too_long("trap 'echo cleaned; exit 0' TERM; echo ready; while :; do sleep 0.01; done");
    CHECK(result.out == "ready\ncleaned\n");
    CHECK(result.timed_out);
    CHECK(result.exit_code == -1);
    CHECK_FALSE(result.ok());
}

TEST_CASE_FIXTURE(Fixture, "after the deadline nothing is started") {
    const TemporaryDirectory directory;
    const auto result = processes.run({"touch", directory.path() + "/started"}, Deadline::in(time.clock, -1s));
    CHECK(result.timed_out);
    CHECK(result.describe() == "not started: its deadline had passed");
    CHECK_FALSE(std::filesystem::exists(directory.path() + "/started"));
}

TEST_CASE_FIXTURE(Fixture, "Ctrl-C ends a program early, and the next one runs once the signal was taken") {
    const TemporaryDirectory directory;
    const auto started = directory.path() + "/started";
    std::thread user([&] {
        eventually([&] { return std::filesystem::exists(started); });
        ::kill(::getpid(), SIGINT);
    });
    const auto deadline = patience(time.clock);
    const auto result = processes.run({"sh", "-c", "trap 'exit 0' TERM; : >" + started + "; while :; do sleep 0.01; done"}, deadline);
    user.join();
    CHECK_FALSE(deadline.passed(time.clock));
    CHECK_FALSE(result.timed_out);
    CHECK(result.exit_code == -1);
    CHECK(result.signal == SIGINT);
    CHECK_FALSE(result.ok());

    const auto refused = run({"true"});
    CHECK(refused.describe() == "not started: signal 2 asked to stop");
    CHECK_FALSE(refused.ok());
    CHECK(time.signals.take() == SIGINT);
    CHECK(run({"true"}).ok());
}

TEST_CASE_FIXTURE(Fixture, "a daemon that a program leaves behind is neither waited for nor killed") {
    const auto deadline = patience(time.clock);
    const auto result = processes.run({"sh", "-c", "sleep 1000 & echo $!"}, deadline);
    CHECK(result.ok());
    CHECK_FALSE(deadline.passed(time.clock));
    REQUIRE_FALSE(result.out.empty());
    const int daemon = first_number(result.out);
    CHECK_FALSE(ended(daemon));
    ::kill(daemon, SIGKILL);
}

TEST_CASE_FIXTURE(Fixture, "a daemon that writes for ever does not keep us reading") {
    const auto deadline = patience(time.clock);
    const auto result = processes.run({"sh", "-c", "yes & echo $! >&2"}, deadline);
    CHECK(result.exit_code == 0);
    CHECK_FALSE(deadline.passed(time.clock));
    CHECK(eventually([&] { return ended(first_number(result.err)); }));
}

TEST_CASE_FIXTURE(Fixture, "all that a program wrote before it ended is returned") {
    for (int round = 0; round < 50; ++round) CHECK(run({"seq", "10000"}).out.size() == 48894);
}

TEST_CASE_FIXTURE(Fixture, "programs get the default actions of signals, and none is blocked") {
    CHECK(shell("kill -PIPE $$; echo survived").signal == SIGPIPE);
    sigset_t blocked;
    sigset_t before;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
    CHECK(shell("kill -TERM $$; echo survived").signal == SIGTERM);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

TEST_CASE_FIXTURE(Fixture, "a program has a process group of its own: Ctrl-C on the terminal does not reach it") {
    const auto stat = run({"cat", "/proc/self/stat"}).out;
    const int pid = std::stoi(stat);
    const auto fields = stat.substr(stat.rfind(')') + 4);
    const auto parent_end = fields.find(' ');
    CHECK(std::stoi(fields) == ::getpid());
    CHECK(std::stoi(fields.substr(parent_end)) == pid);
}

TEST_CASE_FIXTURE(Fixture, "nothing is left behind of a hundred programs, run side by side") {
    const auto open_descriptors = [&] { return files.list("/proc/self/fd").value().size(); };
    const auto before = open_descriptors();
    std::vector<std::thread> threads;
    std::array<int, 4> good{};
    for (auto& count : good)
        threads.emplace_back([this, &count] {
            for (int i = 0; i < 25; ++i) count += run({"echo", "x"}).out == "x\n" ? 1 : 0;
        });
    for (auto& thread : threads) thread.join();
    CHECK(good == std::array<int, 4>{25, 25, 25, 25});
    CHECK(open_descriptors() == before);
    CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
}

TEST_CASE_FIXTURE(Fixture, "without descriptors nothing is started, and the result says so") {
    const auto result = [&] {
        rlimit before{};
        ::getrlimit(RLIMIT_NOFILE, &before);
        const rlimit few{6, before.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &few);
        auto ran = run({"true"});
        ::setrlimit(RLIMIT_NOFILE, &before);
        return ran;
    }();
    CHECK(result.describe() == "true can't be started: this process has too many files open");
}

TEST_CASE("a caller who ignored the end of children does not confuse us") {
    ::signal(SIGCHLD, SIG_IGN);
    {
        Fixture fixture;
        CHECK(fixture.shell("exit 3").exit_code == 3);
    }
    ::signal(SIGCHLD, SIG_DFL);
}

TEST_CASE_FIXTURE(Fixture, "processes are listed with their arguments") {
    const TemporaryDirectory directory;
    const auto name = "/proc/" + std::to_string(::getpid()) + "/cmdline";
    const auto all = processes.list();
    const auto me = std::find_if(all.begin(), all.end(), [](const ProcessInfo& process) { return process.pid == ::getpid(); });
    REQUIRE(me != all.end());
    std::string joined;
    for (const auto& argument : me->argv) joined += argument + '\0';
    CHECK(joined == files.read(name).value());
    CHECK(std::none_of(all.begin(), all.end(), [](const ProcessInfo& process) { return process.argv.empty(); }));
}

TEST_CASE_FIXTURE(Fixture, "a process is alive until it ends, and its number alone does not make another one the same") {
    const auto self = processes.self();
    CHECK(self.pid == ::getpid());
    CHECK(self.start_ticks > 0);
    CHECK(processes.alive(self));
    CHECK_FALSE(processes.alive({self.boot_id, self.pid, self.start_ticks + 1}));
    CHECK_FALSE(processes.alive({"another boot", self.pid, self.start_ticks}));
    CHECK_FALSE(processes.alive({self.boot_id, 0, 0}));
    CHECK_FALSE(processes.alive({self.boot_id, -1, 0}));

    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        char byte = 0;
        ::_exit(::read(ends[0], &byte, 1) == 1 ? 0 : 1);
    }
    const auto stat = files.read("/proc/" + std::to_string(child) + "/stat").value();
    const ProcessId id{self.boot_id, child, parse_start_ticks(stat).value()};
    CHECK(processes.alive(id));
    CHECK(::write(ends[1], "x", 1) == 1);
    // A zombie: it has ended, and its number is not free yet.
    CHECK(eventually([&] { return !processes.alive(id); }));
    CHECK(::waitpid(child, nullptr, 0) == child);
    CHECK_FALSE(processes.alive(id));
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST_CASE("the start time is found behind any name that a process may give itself") {
    const std::string rest = " S 1 4 4 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654321 1000 200 18446744073709551615";
    CHECK(parse_start_ticks("12 (svcmgr)" + rest) == 987654321);
    CHECK(parse_start_ticks("12 (a) S 1 (b c)) )" + rest) == 987654321);
    CHECK(parse_start_ticks("12 (svcmgr)" + rest + "\n") == 987654321);
    CHECK_FALSE(parse_start_ticks("12 (dead) Z" + rest.substr(2)));
    CHECK_FALSE(parse_start_ticks(""));
    CHECK_FALSE(parse_start_ticks("12 (svcmgr"));
    CHECK_FALSE(parse_start_ticks("12 (svcmgr) S 1 4"));
    CHECK_FALSE(parse_start_ticks("12 (svcmgr) S 1 4 4 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 98x 1000"));
}

TEST_CASE_FIXTURE(Fixture, "what one program writes another one reads, however much it is") {
    const PipeResult result = processes.pipe({"head", "-c", "3000000", "/dev/zero"}, {"wc", "-c"}, patience(time.clock));
    CHECK(result.ok());
    CHECK(result.to.out == "3000000\n");
    CHECK(result.from.out.empty());
}

// If this fails, a replication hangs for its whole deadline when the other side refuses it.
TEST_CASE_FIXTURE(Fixture, "two joined programs end when one of them does") {
    const PipeResult refused = processes.pipe({"cat", "/dev/zero"}, {"sh", "-c", "echo no >&2; exit 3"}, patience(time.clock));
    CHECK_FALSE(refused.ok());
    CHECK(refused.to.exit_code == 3);
    CHECK(refused.to.err == "no\n");
    CHECK(refused.from.signal == SIGPIPE);

    const PipeResult failed = processes.pipe({"sh", "-c", "echo some; exit 4"}, {"cat"}, patience(time.clock));
    CHECK_FALSE(failed.ok());
    CHECK(failed.from.exit_code == 4);
    CHECK(failed.to.out == "some\n");

    const PipeResult missing = processes.pipe({"no-such-program"}, {"cat"}, patience(time.clock));
    CHECK_FALSE(missing.from.not_started.empty());
    CHECK(missing.to.exit_code == 0);
    CHECK_FALSE(processes.pipe({"echo", "x"}, {"no-such-program"}, patience(time.clock)).ok());
}

TEST_CASE_FIXTURE(Fixture, "two joined programs are both ended at the deadline") {
    const PipeResult late = processes.pipe({"sleep", "600"}, {"sleep", "601"}, Deadline::in(time.clock, 200ms));
    CHECK(late.from.timed_out);
    CHECK(late.to.timed_out);
}
