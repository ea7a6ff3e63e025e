// The keys that nodes know each other's svcmgr by.

#include "svcmgr/command/node_keys.h"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "drivers/error.h"
#include "drivers/options.h"
#include "drivers/ssh/known_hosts.h"
#include "svcmgr/report/table.h"

namespace svcmgr {

namespace {

constexpr Duration patience = std::chrono::seconds(20);

std::string public_key(Context& context) {
    World world = context.world();
    const Path& file = context.paths().own_key;
    if (!world.files.facts(file)) {
        world.files.make_directories(context.paths().configuration, 0755);
        const CommandResult made =
            world.processes.run({"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "svcmgr@" + context.node().name(), "-f", file},
                                Deadline::in(world.clock, patience));
        if (!made.ok())
            throw Error(Error::Code::failed, fmt::format("svcmgr's own key could not be made: {}", made.describe()), file,
                        "install openssh-client, or put a key without a passphrase there");
        fmt::print(context.terminal().out, "made {}\n", file);
    }
    const auto text = world.files.read(file + ".pub");
    if (!text) throw Error(Error::Code::invalid, text.error().reason, file + ".pub", fmt::format("ssh-keygen -y -f {} prints it", file));
    return std::string(trimmed(*text));
}

/// What sshd lets the holder of the key do.
std::string authorized_line(const Path& root, const std::string& key) {
    std::string command = "svcmgr peer";
    if (!root.empty()) command = fmt::format("env SVCMGR_ROOT={} {}", root, command);
    return fmt::format("command=\"{}\",restrict {}", command, key);
}

Path authorized_keys(Context& context) {
    return context.world().host.environment("HOME").value_or("/root") + "/.ssh/authorized_keys";
}

/// The line that has the key; 0 when none has.
int line_of(const std::string& text, const HostKey& key) {
    int number = 0;
    std::size_t begin = 0;
    while (begin < text.size()) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        ++number;
        const std::vector<std::string> words = split_words(std::string_view(text).substr(begin, end - begin));
        if (std::ranges::find(words, key.base64) != words.end() && !words.front().starts_with('#')) return number;
        begin = end + 1;
    }
    return 0;
}

}  // namespace

int be_accepted(Context& context, const SshTarget& target) {
    const std::string key = public_key(context);
    World world = context.world();
    SshTalk talk;
    talk.input = key;
    const SshOutcome outcome = world.ssh.talk(target, {"svcmgr", "node", "accept", "--yes"}, talk, Deadline::in(world.clock, patience));
    if (!outcome.ok())
        throw Error(Error::Code::unreachable, fmt::format("{} could not be told svcmgr's key: {}", target.host, outcome.describe()),
                    target.host, fmt::format("give this there, as root: svcmgr node accept '{}'", key));
    fmt::print(context.terminal().out, "{}: {}\n", target.host, printable(std::string(trimmed(outcome.result.out))));
    return 0;
}

int run_accept(Context& context) {
    const std::string said =
        context.arguments.empty() ? context.terminal().read_input() : fmt::format("{}", fmt::join(context.arguments, " "));
    const std::string text(trimmed(said));
    const auto key = parse_public_key(text);
    if (!key) throw Error(Error::Code::invalid, key.error(), "the key", "give the other node's /etc/svcmgr/id_ed25519.pub");
    if (text.find('\n') != std::string::npos) throw Error(Error::Code::invalid, "that is more than one line", "the key", "give one key");

    const Path file = authorized_keys(context);
    const auto before = context.world().files.read(file);
    if (!before && !before.error().absent()) throw Error(Error::Code::invalid, before.error().reason, file, "make it a readable file");
    std::string lines = before.value_or("");
    if (const int line = line_of(lines, *key); line != 0) {
        fmt::print(context.terminal().out, "it is accepted already: {}:{}\n", file, line);
        return 0;
    }
    const std::string question = fmt::format("Let the holder of {} run svcmgr peer here?", text);
    if (!context.line().has("yes") && !context.terminal().confirm(question))
        throw Error(Error::Code::refused, "the key was not accepted", file, "say --yes when it is the right one");
    if (!lines.empty() && lines.back() != '\n') lines += '\n';
    lines += authorized_line(context.paths().root, text) + "\n";
    context.world().files.make_directories(file.substr(0, file.rfind('/')), 0700);
    context.world().files.replace(file, lines, 0600);
    fmt::print(context.terminal().out, "accepted for svcmgr peer, and nothing else: {}\n", file);
    return 0;
}

}  // namespace svcmgr
