// peer: what other nodes ask this one.

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "drivers/error.h"
#include "drivers/host.h"
#include "drivers/options.h"
#include "svcmgr/cluster/peer_report.h"
#include "svcmgr/command/peer_verbs.h"

namespace svcmgr {

namespace {

/// Where sshd puts the caller's words when the key has a command of its own (sshd(8), AUTHORIZED_KEYS).
constexpr const char* original_command = "SSH_ORIGINAL_COMMAND";

/// What a node carries itself: known without asking any guest.
Selection carried_by_node(const Service& service) {
    Selection selection;
    selection.rids.emplace();
    for (const auto& resource : service.resources())
        if (resource->carrier() == nullptr) selection.rids->insert(resource->rid());
    return selection;
}

PeerInstance without_service(const std::string& reason) {
    PeerInstance instance;
    instance.answer = PeerInstance::Answer::without_service;
    instance.reason = reason;
    return instance;
}

int report(Context& context, const std::vector<std::string>& services, bool everything) {
    PeerReport report{context.node().name(), SVCMGR_VERSION, context.node().host_mode(), {}};
    std::vector<LoadedService> loaded;
    std::vector<Sight> sights;
    for (const std::string& name : services) {
        try {
            check_service_name(name);
            loaded.push_back(load_service(context.world().files, context.paths(), context.node(), name));
            const Service& service = *loaded.back().service;
            sights.push_back({&service, everything ? Selection{} : carried_by_node(service)});
        } catch (const Error& error) {
            report.instances[name] = without_service(error.message());
        }
    }
    const std::vector<Observation> seen = look_together(context.world(), context.paths(), context.node(), sights);
    for (std::size_t i = 0; i < loaded.size(); ++i) {
        PeerInstance& instance = report.instances[loaded[i].service->name()];
        instance = instance_of(*loaded[i].service, seen[i]);
        instance.config = mark_of(loaded[i].document.text());
    }
    context.terminal().out << to_json(report) << '\n';
    return 0;
}

/// As the forced command of an authorized key it is given no words.
std::vector<std::string> words_of(Context& context) {
    if (!context.arguments.empty()) return context.arguments;
    const auto original = context.world().host.environment(original_command);
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
        for (const auto& family : {peer_look_verbs, peer_drill_verbs, peer_act_verbs, peer_reservation_verbs, peer_migration_verbs,
                                   peer_replica_verbs, peer_data_verbs})
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

void check_leave(Context& context, std::string_view leave, std::string_view refusal, std::string_view hint) {
    const bool limited_key = context.world().host.environment(original_command).has_value();
    if (!limited_key || context.node().section("node").flag(leave)) return;
    throw Error(Error::Code::refused,
                fmt::format("{} {} from a node whose key is limited to `svcmgr peer`", context.node().name(), refusal),
                fmt::format("{} of [node]", leave), fmt::format("set {} = true in node.conf there{}", leave, hint));
}

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
         "Answer another node: what the services are here (status), what of them runs here (runs), what a start would need here (drill), "
         "and what a replication needs. Not for people.",
         {},
         run_peer,
         {"text"},
         "As the forced command of an authorized key (command=\"svcmgr peer\",restrict) it answers these questions and does nothing else: "
         "of files it takes those of the service, of data what belongs into dst of a sync section."},
    };
}

}  // namespace svcmgr
