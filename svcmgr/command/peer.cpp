// peer: what other nodes ask this one.

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "drivers/error.h"
#include "drivers/host.h"
#include "drivers/options.h"
#include "drivers/tasks.h"
#include "svcmgr/cluster/peer_report.h"
#include "svcmgr/command/peer_verbs.h"

namespace svcmgr {

namespace {

/// What a node carries itself: known without asking any guest.
Selection carried_by_node(const Service& service) {
    Selection selection;
    selection.rids.emplace();
    for (const auto& resource : service.resources())
        if (resource->carrier() == nullptr) selection.rids->insert(resource->rid());
    return selection;
}

PeerInstance look(Context& context, const std::string& name, bool everything) {
    try {
        check_service_name(name);
        const LoadedService loaded = load_service(context.world().files, context.paths(), context.node(), name);
        const Service& service = *loaded.service;
        const Selection selection = everything ? Selection{} : carried_by_node(service);
        PeerInstance instance =
            instance_of(service, Instance(context.world(), context.paths(), context.node(), service).observe(selection, Purpose::show));
        instance.config = mark_of(loaded.document.text());
        return instance;
    } catch (const Error& error) {
        PeerInstance instance;
        instance.answer = PeerInstance::Answer::without_service;
        instance.reason = error.message();
        return instance;
    }
}

int report(Context& context, const std::vector<std::string>& services, bool everything) {
    PeerReport report{context.node().name(), SVCMGR_VERSION, context.node().host_mode(), {}};
    std::vector<std::function<void()>> looks;
    for (const std::string& name : services) {
        PeerInstance& instance = report.instances[name];
        looks.emplace_back([&context, &instance, &name, everything] { instance = look(context, name, everything); });
    }
    run_together(context.world().tasks, looks);
    context.terminal().out << to_json(report) << '\n';
    return 0;
}

/// As the forced command of an authorized key it is given no words: sshd has put those of the caller aside (sshd(8), AUTHORIZED_KEYS).
std::vector<std::string> words_of(Context& context) {
    if (!context.arguments.empty()) return context.arguments;
    const auto original = context.world().host.environment("SSH_ORIGINAL_COMMAND");
    if (!original) return {};
    std::vector<std::string> words = split_command(*original).value_or(std::vector<std::string>());
    if (words.size() < 2 || words[0] != "svcmgr" || words[1] != "peer")
        throw Error(Error::Code::refused, "this key is for `svcmgr peer` only", "authorized_keys", "use another key for anything else");
    const bool separated = words.size() > 2 && words[2] == "--";
    return {words.begin() + (separated ? 3 : 2), words.end()};
}

int run_status(Context& context, const std::vector<std::string>& services) {
    return report(context, services, true);
}

int run_runs(Context& context, const std::vector<std::string>& services) {
    return report(context, services, false);
}

const std::vector<PeerVerb>& verbs() {
    static const std::vector<PeerVerb> all = [] {
        std::vector<PeerVerb> verbs;
        for (const auto& family :
             {peer_look_verbs, peer_act_verbs, peer_reservation_verbs, peer_migration_verbs, peer_replica_verbs, peer_data_verbs})
            std::ranges::move(family(), std::back_inserter(verbs));
        return verbs;
    }();
    return all;
}

std::string known_verbs() {
    std::string text;
    for (const PeerVerb& verb : verbs()) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", verb.word, verb.arguments);
    return text;
}

int run_peer(Context& context) {
    const std::vector<std::string> words = words_of(context);
    const std::string word = words.empty() ? "" : words.front();
    const auto verb = std::ranges::find(verbs(), word, &PeerVerb::word);
    if (verb == verbs().end())
        throw Error(Error::Code::invalid,
                    word.empty() ? "what does the peer want to know?" : fmt::format("a peer can't ask for '{}'", word), "",
                    fmt::format("it can ask for: {}", known_verbs()));
    return verb->run(context, {words.begin() + 1, words.end()});
}

}  // namespace

std::vector<PeerVerb> peer_look_verbs() {
    return {
        {"status", "SERVICE…", "what the services are here", run_status},
        {"runs", "SERVICE…", "what of them runs here", run_runs},
    };
}

std::vector<Command> peer_commands() {
    return {
        {"peer",
         "[QUESTION SERVICE…]",
         "Nodes",
         "Answer another node: what the services are here (status), what of them runs here (runs), and what a replication needs. Not for "
         "people.",
         {},
         run_peer,
         {"text"},
         "As the forced command of an authorized key (command=\"svcmgr peer\",restrict) it answers these questions and does nothing else: "
         "of files it takes those of the service, of data what belongs into dst of a sync section."},
    };
}

}  // namespace svcmgr
