// node trust: recording the host keys of guests and peers.

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>

#include "drivers/error.h"
#include "drivers/ssh/known_hosts.h"
#include "svcmgr/command/command.h"
#include "svcmgr/command/node_keys.h"

namespace svcmgr {

namespace {

constexpr Duration patience = std::chrono::seconds(10);

SshTarget target_of(Context& context, const std::string& host) {
    check_service_name(host);  // the same letters are safe in a host's name
    SshTarget target;
    target.host = host;
    target.port = static_cast<int>(context.node().section("ssh").integer("port"));
    return target;
}

std::vector<HostKey> key_of_file(Context& context) {
    const Path& file = context.line().key_file;
    const auto text = context.world().files.read(file);
    if (!text) throw Error(Error::Code::invalid, text.error().reason, file, "give the file of a public key");
    auto key = context.world().ssh.read_public_key(*text);
    if (!key) throw Error(Error::Code::invalid, key.error(), file, "give the file of a public key, ssh_host_ed25519_key.pub for example");
    return {std::move(*key)};
}

std::vector<HostKey> keys_of_server(Context& context, const SshTarget& target) {
    const HostKeyAnswer answer = context.world().ssh.host_key(target, Deadline::in(context.world().clock, patience));
    if (answer.keys.empty())
        throw Error(Error::Code::unreachable, answer.problem, target.host, "start it first, or give its public key with --key FILE");
    return answer.keys;
}

/// The file's text; a file that does not exist yet is an empty one.
std::string known_hosts_text(Context& context) {
    const auto text = context.world().files.read(context.paths().known_hosts);
    if (!text && !text.error().absent())
        throw Error(Error::Code::invalid, text.error().reason, context.paths().known_hosts, "make it a readable file");
    return text.value_or("");
}

bool all_recorded(const std::vector<HostKey>& keys, const KnownKeys& known) {
    return std::ranges::all_of(keys, [&](const HostKey& key) {
        return std::ranges::any_of(
            known.keys, [&](const KnownKey& recorded) { return recorded.same_key(key) && recorded.mark == KnownKey::Mark::trusted; });
    });
}

/// The line of a recorded key of which the machine shows another of the same type; 0 when there is none.
int line_of_another_key(const std::vector<HostKey>& keys, const KnownKeys& known) {
    for (const KnownKey& recorded : known.keys)
        for (const HostKey& key : keys)
            if (recorded.type == key.type && !recorded.same_key(key)) return recorded.line;
    return 0;
}

int run_trust(Context& context) {
    if (context.arguments.size() != 1)
        throw Error(Error::Code::invalid, "'node trust' takes one name", "", "svcmgr node trust vm188, for example");
    const SshTarget target = target_of(context, context.arguments.front());
    const std::vector<HostKey> keys = context.line().has("key") ? key_of_file(context) : keys_of_server(context, target);
    std::ostream& out = context.terminal().out;
    for (const HostKey& key : keys) fmt::print(out, "{} shows the key {} {}\n", target.host, key.type, key.fingerprint);

    const Path& file = context.paths().known_hosts;
    const std::string text = known_hosts_text(context);
    const KnownKeys known = find_known_keys(text, target);
    if (all_recorded(keys, known)) {
        fmt::print(out, "it is recorded already: {}\n", file);
        return context.line().has("peer") ? be_accepted(context, target) : 0;
    }
    if (const int line = line_of_another_key(keys, known); line != 0)
        fmt::print(out, "{}:{} records another key: this one would replace it\n", file, line);
    const std::string question = fmt::format("Record it as the key of {}?", target.host);
    if (!context.line().has("yes") && !context.terminal().confirm(question))
        throw Error(Error::Code::refused, "the key was not recorded", target.host,
                    "compare the fingerprint with the machine's own, then say --yes");

    context.world().files.make_directories(context.paths().configuration, 0755);
    context.world().files.replace(file, replace_known_keys(text, target, keys), 0644);
    fmt::print(out, "recorded in {}\n", file);
    return context.line().has("peer") ? be_accepted(context, target) : 0;
}

}  // namespace

std::vector<Command> node_commands() {
    return {
        {"node trust",
         "NAME",
         "This node",
         "Record the ssh host key of a guest or a peer after showing its fingerprint.",
         {"key", "peer", "yes"},
         run_trust,
         {"text"},
         "With --peer the node is also told svcmgr's own key, which is made when there is none: it accepts `svcmgr peer` with it and "
         "nothing "
         "else, no shell and no forwarding. Where root may not log in yet, the command to give there is printed instead.",
         nullptr,
         Command::About::node},
        {"node accept",
         "[KEY]",
         "This node",
         "Let the svcmgr of another node ask this one: KEY, or the standard input, is its public key.",
         {"yes"},
         run_accept,
         {"text"},
         "The key is written to the caller's authorized_keys with command=\"svcmgr peer\",restrict. `svcmgr peer` shows what can be asked "
         "for "
         "with it.",
         nullptr,
         Command::About::node},
    };
}

}  // namespace svcmgr
