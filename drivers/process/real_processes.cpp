#include "drivers/process/real_processes.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <thread>

#include "drivers/files/file_problem.h"
#include "drivers/numbers.h"
#include "drivers/process/child.h"
#include "drivers/waiting.h"

namespace svcmgr {

namespace {

constexpr Duration grace = std::chrono::milliseconds(500);
/// How often a program is looked after for which the system has no pidfd left.
constexpr Duration without_pidfd = std::chrono::milliseconds(20);

/// One stream of a program's output, kept up to the limit and thrown away beyond it.
class Output {
public:
    Output(Descriptor pipe, std::size_t limit) : pipe_(std::move(pipe)), limit_(limit) {}

    int descriptor() const { return pipe_.get(); }
    bool truncated() const { return truncated_; }
    std::string take() { return std::move(text_); }

    /// Reads once; the stream is over when it finds the end.
    std::size_t read_some() {
        std::array<char, 65536> buffer;
        const ssize_t count = ::read(pipe_.get(), buffer.data(), buffer.size());
        if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) pipe_.reset();
        if (count <= 0) return 0;
        keep({buffer.data(), static_cast<std::size_t>(count)});
        return static_cast<std::size_t>(count);
    }

    /// What is in the pipe now, and not what a process that was left behind writes meanwhile.
    void read_rest() {
        int waiting = 0;
        if (!pipe_ || ::ioctl(pipe_.get(), FIONREAD, &waiting) != 0) return;
        for (std::size_t left = static_cast<std::size_t>(waiting); left > 0;) {
            const std::size_t count = read_some();
            if (count == 0) return;
            left -= std::min(left, count);
        }
    }

private:
    void keep(std::string_view text) {
        const auto room = limit_ - text_.size();
        truncated_ = truncated_ || text.size() > room;
        text_.append(text.substr(0, room));
    }

    Descriptor pipe_;
    std::size_t limit_;
    std::string text_;
    bool truncated_ = false;
};

/// Waits for a child that was started, and ends it when its time is over.
class Run {
public:
    Run(Child child, const CommandLimits& limits, const RealSignals& signals)
        : pid_(child.pid),
          ended_(std::move(child.ended)),
          signals_(signals),
          out_(std::move(child.out), limits.output_bytes),
          err_(std::move(child.err), limits.output_bytes) {}

    CommandResult finish(Deadline deadline) {
        if (!wait_until(deadline.at(), Watch::signals)) {
            const int received = signals_.pending();
            const bool late = received == 0;
            end_group();
            if (late)
                result_.timed_out = true;
            else
                stopped_by_ = received;
        }
        reap();
        out_.read_rest();
        err_.read_rest();
        result_.truncated = out_.truncated() || err_.truncated();
        result_.out = out_.take();
        result_.err = err_.take();
        return std::move(result_);
    }

private:
    enum class Watch { signals, nothing };

    bool has_ended() const {
        siginfo_t info{};
        // WNOWAIT: as long as it is not reaped, its number (and the number of its group) belongs to nobody else.
        return ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid != 0;
    }

    /// Whether it ended by then; false at `until`, or when a watched signal is pending.
    bool wait_until(Moment until, Watch watch) {
        while (true) {
            if (has_ended()) return true;
            if (watch == Watch::signals && signals_.pending() != 0) return false;
            const auto now = boot_time();
            if (now >= until) return false;
            pollfd watched[] = {{ended_.get(), POLLIN, 0},
                                {out_.descriptor(), POLLIN, 0},
                                {err_.descriptor(), POLLIN, 0},
                                {watch == Watch::signals ? signals_.descriptor() : -1, POLLIN, 0}};
            poll_until(watched, ended_ ? until : std::min(until, now + without_pidfd));
            if (watched[1].revents != 0) out_.read_some();
            if (watched[2].revents != 0) err_.read_some();
        }
    }

    void end_group() {
        ::kill(-pid_, SIGTERM);
        wait_until(boot_time() + grace, Watch::nothing);
        ::kill(-pid_, SIGKILL);
        wait_until(boot_time() + grace, Watch::nothing);
    }

    void reap() {
        int status = 0;
        const bool reaped = ::waitpid(pid_, &status, WNOHANG) == pid_;
        if (reaped && WIFSIGNALED(status)) result_.signal = WTERMSIG(status);
        if (stopped_by_ != 0) result_.signal = stopped_by_;
        // A program that obeyed SIGTERM with a fine exit code has not done what it was asked for.
        if (reaped && WIFEXITED(status) && !result_.timed_out && stopped_by_ == 0) result_.exit_code = WEXITSTATUS(status);
    }

    int pid_;
    Descriptor ended_;
    const RealSignals& signals_;
    Output out_;
    Output err_;
    CommandResult result_;
    int stopped_by_ = 0;
};

std::vector<std::string> split_at_nul(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto part = text.substr(0, text.find('\0'));
        parts.emplace_back(part);
        text.remove_prefix(std::min(text.size(), part.size() + 1));
    }
    return parts;
}

}  // namespace

CommandResult RealProcesses::run(const Argv& argv, Deadline deadline, const CommandLimits& limits, std::string_view input) {
    Surroundings surroundings;
    surroundings.input = input;
    return run_in(surroundings, argv, deadline, limits);
}

CommandResult RealProcesses::run_in(const Surroundings& surroundings, const Argv& argv, Deadline deadline, const CommandLimits& limits) {
    if (auto reason = not_now(deadline)) return std::move(*reason);
    CommandResult result;
    auto child = start_child(argv, environment(surroundings.environment), surroundings.input, surroundings);
    if (!child) {
        result.not_started = child.error();
        return result;
    }
    return Run(std::move(*child), limits, signals_).finish(deadline);
}

std::optional<CommandResult> RealProcesses::not_now(Deadline deadline) const {
    CommandResult result;
    if (const int number = signals_.pending())
        result.not_started = fmt::format("not started: signal {} asked to stop", number);
    else if ((result.timed_out = boot_time() >= deadline.at()))
        result.not_started = "not started: its deadline had passed";
    else
        return std::nullopt;
    return result;
}

PipeResult RealProcesses::pipe(const Argv& from, const Argv& to, Deadline deadline) {
    PipeResult result;
    if (const auto reason = not_now(deadline)) return {*reason, *reason};
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        result.from.not_started = result.to.not_started = fmt::format("there is no pipe: {}", errno_reason(errno));
        return result;
    }
    Descriptor reader(ends[0]), writer(ends[1]);
    auto second = start_child(to, environment({}), {}, {}, {reader.get(), -1});
    auto first = start_child(from, environment({}), {}, {}, {-1, writer.get()});
    // Whoever of the two ends has to be the last one that holds its end.
    reader.reset();
    writer.reset();
    const auto finish = [&](tl::expected<Child, std::string>& child, CommandResult& ended) {
        if (child)
            ended = Run(std::move(*child), {}, signals_).finish(deadline);
        else
            ended.not_started = child.error();
    };
    std::thread beside([&] { finish(first, result.from); });
    finish(second, result.to);
    beside.join();
    return result;
}

std::vector<std::string> RealProcesses::environment(const std::vector<std::string>& additional) const {
    std::vector<std::string> all{fmt::format("PATH={}", system_path), "HOME=" + host_.environment("HOME").value_or("/"), "LC_ALL=C"};
    for (const std::string& variable : additional) {
        const std::string_view name = std::string_view(variable).substr(0, variable.find('=') + 1);
        std::erase_if(all, [&](const std::string& other) { return other.starts_with(name); });
        all.push_back(variable);
    }
    return all;
}

std::vector<ProcessInfo> RealProcesses::list() const {
    constexpr std::size_t longest_arguments = 8 << 20;  // the kernel's own limit is 6 MiB
    std::vector<ProcessInfo> processes;
    const auto names = files_.list("/proc");
    if (!names) return processes;
    for (const auto& name : *names) {
        const auto pid = parse_number<int>(name);
        if (!pid) continue;
        const auto arguments = files_.read("/proc/" + name + "/cmdline", longest_arguments);
        if (arguments && !arguments->empty()) processes.push_back({*pid, split_at_nul(*arguments)});
    }
    return processes;
}

ProcessId RealProcesses::self() const {
    const auto stat = files_.read("/proc/self/stat");
    const auto ticks = stat ? parse_start_ticks(*stat) : std::nullopt;
    return {host_.boot_id(), ::getpid(), ticks.value_or(0)};
}

bool RealProcesses::alive(const ProcessId& process) const {
    if (process.pid <= 0 || process.boot_id != host_.boot_id()) return false;
    const auto stat = files_.read(fmt::format("/proc/{}/stat", process.pid));
    return stat && parse_start_ticks(*stat) == process.start_ticks;
}

std::optional<std::uint64_t> parse_start_ticks(std::string_view stat) {
    // "PID (NAME) STATE …": the name may hold blanks and parentheses, what follows it does not.
    const auto name_end = stat.rfind(')');
    if (name_end == std::string_view::npos) return std::nullopt;
    stat.remove_prefix(name_end + 1);
    constexpr int state_field = 3;
    constexpr int start_field = 22;
    for (int field = state_field;; ++field) {
        const auto begin = stat.find_first_not_of(" \n");
        if (begin == std::string_view::npos) return std::nullopt;
        stat.remove_prefix(begin);
        const auto word = stat.substr(0, stat.find_first_of(" \n"));
        if (field == state_field && (word == "Z" || word == "X" || word == "x")) return std::nullopt;
        if (field == start_field) return parse_number<std::uint64_t>(word);
        stat.remove_prefix(word.size());
    }
}

}  // namespace svcmgr
