#include "svcmgr/report/drp.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "svcmgr/report/json.h"
#include "svcmgr/report/table.h"

namespace svcmgr {

namespace {

std::string instance_text(const PeerInstance& instance) {
    if (instance.runs()) return fmt::format("it runs there ({})", fmt::join(instance.running, ", "));
    if (instance.surely_not()) return fmt::format("{}, and does not run it", to_string(instance.avail));
    if (!instance.unknown.empty()) return fmt::format("it can't say whether it runs it ({})", fmt::join(instance.unknown, ", "));
    return instance.reason;
}

std::string replica_text(const ReplicaAge& replica) {
    std::string text = replica.rid.text();
    if (replica.peer.empty())
        text += ": nothing was replicated yet";
    else
        text += fmt::format(" {} {}, {}", replica.direction == PeerReplica::Direction::sent ? "to" : "from", replica.peer,
                            replica.age ? to_text(*replica.age) + " ago" : "never");
    if (replica.age && replica.late()) text += fmt::format("; {} are allowed", to_text(replica.allowed));
    if (!replica.problem.empty()) text += fmt::format("; {}", replica.problem);
    return text;
}

std::string rehearsal_text(const RehearsalRecord& rehearsal) {
    std::string text = fmt::format("{} {}", to_iso8601(rehearsal.begun), to_string(rehearsal.state));
    if (rehearsal.usable_after) text += fmt::format(", usable after {}", to_text(*rehearsal.usable_after));
    if (!rehearsal.problem.empty()) text += fmt::format("; {}", rehearsal.problem);
    return text;
}

std::vector<std::string> steps_of(const Plan& plan) {
    std::vector<std::string> names;
    for (const Step& step : plan.steps)
        if (!step.guard()) names.push_back(step.name());
    return names;
}

void write_duration_or_null(JsonWriter& json, const std::optional<Duration>& duration) {
    duration ? json.duration(*duration) : json.null();
}

/// "  title   line", the title once.
void add(std::string& text, std::string_view title, const std::vector<std::string>& lines) {
    for (std::size_t i = 0; i < lines.size(); ++i) text += fmt::format("  {:<12} {}\n", i == 0 ? title : "", printable(lines[i]));
}

}  // namespace

std::string drp_text(const DrpView& view) {
    std::string text = fmt::format("{} on {}, {}\n", view.service, view.node, view.at_drp_site ? "disaster recovery site" : "production");
    std::vector<std::string> peers;
    for (const auto& [peer, instance] : view.peers) peers.push_back(fmt::format("{}: {}", peer, instance_text(instance)));
    add(text, view.at_drp_site ? "production" : "drpnodes", peers);
    std::vector<std::string> replicas;
    for (const ReplicaAge& replica : view.replicas) replicas.push_back(replica_text(replica));
    add(text, "replicas", replicas);
    std::vector<std::string> rehearsals;
    for (const RehearsalRecord& rehearsal : view.rehearsals) rehearsals.push_back(rehearsal_text(rehearsal));
    add(text, "rehearsals", rehearsals);
    if (!view.start) return text;
    const auto point = recovery_point(view.replicas);
    add(text, "RPO", {point ? to_text(*point) : "not known: something was never received here"});
    const auto time = recovery_time(view.rehearsals);
    add(text, "RTO",
        {time ? fmt::format("{}, as the last rehearsal that went well took", to_text(*time))
              : fmt::format("not known: svcmgr -s {} drp rehearse measures it", view.service)});
    const std::vector<std::string> steps = steps_of(*view.start);
    add(text, "would start", steps.empty() ? std::vector<std::string>{"nothing"} : steps);
    if (const Step* refused = view.start->refused()) add(text, "refused now", {refused->refusal->message(), refused->refusal->hint()});
    return text;
}

std::string drp_json(const std::vector<DrpView>& views, const std::string& node) {
    JsonWriter json;
    json.begin_object();
    json.key("schema").text("svcmgr.drp/1");
    json.key("node").text(node);
    json.key("services").begin_array();
    for (const DrpView& view : views) {
        json.begin_object();
        json.key("service").text(view.service);
        json.key("site").text(view.at_drp_site ? "drp" : "production");
        json.key("nodes").texts(view.nodes);
        json.key("drpnodes").texts(view.drpnodes);
        json.key("peers").begin_array();
        for (const auto& [peer, instance] : view.peers) {
            json.begin_object();
            json.key("node").text(peer);
            json.key("runs").boolean(instance.runs());
            json.key("known").boolean(instance.runs() || instance.surely_not());
            json.key("text").text(instance_text(instance));
            json.end_object();
        }
        json.end_array();
        json.key("replicas").begin_array();
        for (const ReplicaAge& replica : view.replicas) {
            json.begin_object();
            json.key("rid").text(replica.rid.text());
            write_text_or_null(json.key("peer"), replica.peer);
            json.key("direction").text(replica.direction == PeerReplica::Direction::sent ? "sent" : "received");
            write_duration_or_null(json.key("age_seconds"), replica.age);
            json.key("allowed_seconds").duration(replica.allowed);
            json.key("late").boolean(replica.late());
            write_text_or_null(json.key("problem"), replica.problem);
            json.end_object();
        }
        json.end_array();
        const auto point = view.at_drp_site ? recovery_point(view.replicas) : std::nullopt;
        write_duration_or_null(json.key("rpo_seconds"), point);
        json.key("rehearsals").begin_array();
        for (const RehearsalRecord& rehearsal : view.rehearsals) {
            json.begin_object();
            json.key("sid").text(rehearsal.sid);
            json.key("begun").time(rehearsal.begun);
            json.key("state").text(to_string(rehearsal.state));
            write_duration_or_null(json.key("usable_after_seconds"), rehearsal.usable_after);
            write_text_or_null(json.key("problem"), rehearsal.problem);
            json.end_object();
        }
        json.end_array();
        write_duration_or_null(json.key("rto_seconds"), recovery_time(view.rehearsals));
        json.key("would_start").texts(view.start ? steps_of(*view.start) : std::vector<std::string>{});
        json.key("refusal");
        const Step* refused = view.start ? view.start->refused() : nullptr;
        write_error(json, refused != nullptr ? refused->refusal : std::nullopt);
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return json.document();
}

}  // namespace svcmgr
