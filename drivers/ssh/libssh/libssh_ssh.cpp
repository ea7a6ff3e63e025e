#include "drivers/ssh/libssh/libssh_ssh.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>

#include "drivers/network/namespaces.h"
#include "drivers/ssh/libssh/command.h"
#include "drivers/ssh/libssh/forward.h"
#include "drivers/ssh/libssh/keys.h"
#include "drivers/ssh/libssh/patience.h"
#include "drivers/ssh/libssh/session.h"

namespace svcmgr {

/// The line to one target: its session, which one thread uses at a time.
class Line {
public:
    /// Waits for the turn; false when `patience` ends before.
    bool take(const Patience& patience) {
        std::unique_lock lock(mutex_);
        while (busy_) {
            if (patience.over()) return false;
            free_.wait_for(lock, patience.tick());
        }
        busy_ = true;
        return true;
    }

    void give_back() {
        std::lock_guard lock(mutex_);
        busy_ = false;
        free_.notify_one();
    }

    std::unique_ptr<Session> session;  ///< only for whoever has the turn; null before the first command and after a failure

private:
    std::mutex mutex_;
    std::condition_variable free_;
    bool busy_ = false;
};

namespace {

class Turn {
public:
    explicit Turn(Line& line) : line_(line) {}
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() { line_.give_back(); }

private:
    Line& line_;
};

SshOutcome no_turn(const SshTarget& target, const Patience& patience) {
    if (patience.over() == SshOutcome::Value::interrupted)
        return {SshOutcome::Value::interrupted, fmt::format("{}: interrupted by a signal", target.host), {}};
    return {
        SshOutcome::Value::timed_out, fmt::format("{}: an earlier command there did not end within {}", target.host, patience.text()), {}};
}

struct Attempt {
    bool handed_over = false;  ///< the command may have been run
    SshOutcome outcome;
};

/// A session on which something failed is given up: the next command opens another.
Attempt attempt_command(Line& line, const std::string& command_line, const SshTalk& talk, const CommandLimits& limits,
                        const Patience& opening, const Patience& patience) {
    Attempt attempt;
    {
        Command command(line.session->handle(), line.session->event(), line.session->server(), talk, limits);
        auto problem = command.open(opening);
        attempt.handed_over = !problem;
        attempt.outcome = problem ? std::move(*problem) : command.run(command_line, patience);
    }
    if (attempt.outcome.value != SshOutcome::Value::ran) line.session.reset();
    return attempt;
}

}  // namespace

LibsshSsh::LibsshSsh(const World& world, SshSettings settings) : world_(world), settings_(std::move(settings)) {}

LibsshSsh::~LibsshSsh() = default;

Line& LibsshSsh::line_to(const SshTarget& target) {
    std::lock_guard lock(mutex_);
    auto& line = lines_[{current_namespace(), target}];
    if (!line) line = std::make_unique<Line>();
    return *line;
}

SshOutcome LibsshSsh::run(const SshTarget& target, const Argv& argv, Deadline deadline, const CommandLimits& limits) {
    return talk(target, argv, {}, deadline, limits);
}

SshOutcome LibsshSsh::talk(const SshTarget& target, const Argv& argv, const SshTalk& talk, Deadline deadline, const CommandLimits& limits) {
    const Patience patience(world_, deadline);
    const std::string command = quote_for_shell(argv);
    Line& line = line_to(target);
    if (!line.take(patience)) return no_turn(target, patience);
    Turn turn(line);

    if (line.session) {
        // It may be dead without anybody having said so: finding out does not get all of the time.
        Attempt attempt = attempt_command(line, command, talk, limits, patience.at_most(settings_.connect_timeout), patience);
        if (attempt.handed_over || patience.over()) return attempt.outcome;
    }
    auto opened = Session::open(world_, settings_, target, patience);
    if (!opened) return opened.error();
    line.session = std::move(*opened);
    return attempt_command(line, command, talk, limits, patience, patience).outcome;
}

std::unique_ptr<SshForward> LibsshSsh::forward(const SshTarget& target, const Argv& argv, const Path& socket) {
    return std::make_unique<Forward>(world_, settings_, target, quote_for_shell(argv), socket);
}

HostKeyAnswer LibsshSsh::host_key(const SshTarget& target, Deadline deadline) {
    const Patience patience(world_, deadline);
    auto ask = [&](const std::vector<std::string>& types) {
        return open_transport(world_, target, only_host_keys(types), settings_.connect_timeout, patience);
    };
    auto best = ask(host_key_types());
    if (!best) return {{}, best.error().reason};
    HostKeyAnswer answer{{best->key}, {}};
    // A server shows one key to a connection. The others help whoever compares fingerprints, and survive the loss of the best.
    for (const auto& family : host_key_families()) {
        if (std::find(family.begin(), family.end(), best->key.type) != family.end()) continue;
        if (auto other = ask(family)) answer.keys.push_back(other->key);
    }
    return answer;
}

tl::expected<HostKey, std::string> LibsshSsh::read_public_key(std::string_view text) {
    auto key = parse_public_key(text);
    if (!key) return key;
    return describe_public_key(key->type, key->base64);
}

}  // namespace svcmgr

extern "C" __attribute__((visibility("default"))) svcmgr::Ssh* svcmgr_make_ssh(const svcmgr::World& world,
                                                                               const svcmgr::SshSettings& settings) {
    return new svcmgr::LibsshSsh(world, settings);
}
