#include <algorithm>

#include "svcmgr/action/engine_guard.h"
#include "svcmgr/report/drill.h"
#include "svcmgr/report/instances.h"
#include "svcmgr/report/json.h"
#include "svcmgr/report/status.h"

namespace svcmgr {

namespace {

constexpr Group groups[] = {Group::ip, Group::disk, Group::fs, Group::container, Group::share, Group::app, Group::sync, Group::task};

/// What scripts may rely on to be there (design.md 11), n/a in a service without such resources.
bool always_shown(Group group) {
    return group != Group::fs && group != Group::share && group != Group::task;
}

void write_resource(JsonWriter& json, const Resource& resource, const ResourceObservation& seen, WallTime now) {
    json.begin_object();
    json.key("type").text(resource.type());
    json.key("status").text(to_string(seen.status));
    json.key("label").text(seen.label.empty() ? resource.label() : seen.label);
    if (!seen.addresses.empty()) json.key("addresses").texts(seen.addresses);
    json.key("log").begin_array();
    for (const LogLine& line : seen.log) {
        json.begin_object();
        json.key("level").text(to_string(line.level));
        json.key("message").text(line.message);
        json.end_object();
    }
    json.end_array();
    json.key("tags").texts(resource.tags());
    json.key("monitor").boolean(resource.monitored());
    json.key("disable").boolean(resource.disabled());
    json.key("optional").boolean(resource.optional());
    json.key("encap").boolean(resource.carrier() != nullptr && !resource.made_from_outside());
    json.key("standby").boolean(seen.status == Status::standby_up || seen.status == Status::standby_down);
    // Somebody who sets the clock back between the look and now must not make a negative age.
    json.key("age_seconds").duration(std::max(Duration::zero(), Duration(now - seen.observed)));
    json.end_object();
}

std::string_view to_string(EngineSight::Value value) {
    switch (value) {
        case EngineSight::Value::manages: return "manages";
        case EngineSight::Value::leaves_alone: return "leaves alone";
        case EngineSight::Value::absent: return "absent";
        case EngineSight::Value::unknown: break;
    }
    return "unknown";
}

void write_engine(JsonWriter& json, const EngineSight& engine) {
    json.begin_object();
    json.key("state").text(to_string(engine.value));
    json.key("resource");
    write_text_or_null(json, engine.resource);
    json.key("detail").text(engine.detail);
    json.key("finding");
    write_text_or_null(json, engine_finding(engine));
    json.end_object();
}

void write_service(JsonWriter& json, const ServiceView& view, const std::string& node, WallTime now) {
    const auto& [service, observation, summary, drill] = view;
    json.begin_object();
    json.key("overall").text(to_string(summary.overall));
    json.key("avail").text(to_string(summary.avail));
    json.key("frozen").boolean(observation.frozen || observation.node_frozen);
    if (!observation.frozen_note.empty()) json.key("frozen_note").text(observation.frozen_note);
    if (observation.kept) {
        json.key("kept").begin_object();
        json.key("observed").time(observation.observed);
        json.key("acted_since");
        write_text_or_null(json, observation.kept->acted);
        json.key("config_changed").boolean(observation.kept->config_changed);
        json.end_object();
    }
    json.key("orchestrate").text(service.orchestrate());
    if (observation.engine) write_engine(json.key("engine"), *observation.engine);
    json.key("placement_leader").boolean(service.placement_leader(node));
    json.key("groups").begin_object();
    for (const Group group : groups)
        if (always_shown(group) || summary.groups.contains(group)) json.key(to_string(group)).text(to_string(summary.group(group)));
    json.end_object();
    json.key("interrupted");
    write_interrupted(json, observation.interrupted);
    if (observation.acting) json.key("acting").text(*observation.acting);
    // With a journal that can't be asked, "interrupted" is null because nobody knows.
    if (!observation.journal_problem.empty()) json.key("journal_problem").text(observation.journal_problem);
    json.key("resources").begin_object();
    for (const auto& resource : service.resources())
        if (const auto seen = observation.resources.find(resource->rid()); seen != observation.resources.end())
            write_resource(json.key(resource->rid().text()), *resource, seen->second, now);
    json.end_object();
    if (!observation.peers.empty()) {
        json.key("instances").begin_object();
        for (const auto& [peer, instance] : observation.peers) write_instance(json.key(peer), instance);
        json.end_object();
    }
    if (drill != nullptr) write_drill(json.key("drill"), *drill, now);
    json.end_object();
}

}  // namespace

void write_interrupted(JsonWriter& json, const std::optional<Interrupted>& interrupted) {
    if (!interrupted) {
        json.null();
        return;
    }
    json.begin_object();
    json.key("sid").text(interrupted->sid);
    json.key("action").text(interrupted->action);
    json.key("step");
    write_text_or_null(json, interrupted->step);
    json.key("since").time(interrupted->since);
    json.end_object();
}

std::string status_json(const std::vector<ServiceView>& views, const std::string& node, WallTime observed) {
    JsonWriter json;
    json.begin_object();
    json.key("schema").text("svcmgr.status/1");
    json.key("node").text(node);
    json.key("observed").time(observed);
    json.key("services").begin_object();
    for (const ServiceView& view : views) write_service(json.key(view.service.name()), view, node, observed);
    json.end_object().end_object();
    return json.document();
}

}  // namespace svcmgr
