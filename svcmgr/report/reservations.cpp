#include "svcmgr/report/reservations.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

#include "svcmgr/report/json.h"
#include "svcmgr/report/table.h"

namespace svcmgr {

namespace {

std::string_view word_of(DiskVerdict::Value value) {
    switch (value) {
        case DiskVerdict::Value::free: return "free";
        case DiskVerdict::Value::ours: return "ours";
        case DiskVerdict::Value::foreign: return "foreign";
        case DiskVerdict::Value::wrong_type: return "wrong_type";
        case DiskVerdict::Value::conflict: return "conflict";
        case DiskVerdict::Value::unsupported: return "unsupported";
        case DiskVerdict::Value::unknown: return "unknown";
    }
    return "unknown";
}

std::string paths_text(const SharedDisk& disk, const DiskState& state) {
    std::vector<std::string> words;
    for (std::size_t i = 0; i < disk.paths.size(); ++i)
        words.push_back(state.paths[i].done() ? disk.paths[i].name : disk.paths[i].name + " (lost)");
    return fmt::format("{}", fmt::join(words, " "));
}

std::string reservation_text(const ScsiReservation& resource, const DiskState& state, const DiskVerdict& verdict) {
    if (verdict.value == DiskVerdict::Value::free) return "nobody";
    if (verdict.value == DiskVerdict::Value::ours) return "this node";
    if (verdict.value == DiskVerdict::Value::wrong_type)
        return fmt::format("{}: {}", resource.name_of(state.held.holder), to_string(state.held.type));
    if (verdict.value != DiskVerdict::Value::foreign) return verdict.reason;
    std::vector<std::string> names;
    for (const ReservationKey holder : verdict.holders) names.push_back(resource.name_of(holder));
    return fmt::format("{}", fmt::join(names, ", "));
}

std::string registered_text(const ScsiReservation& resource, const DiskState& state) {
    std::vector<std::string> words;
    for (const auto& [key, count] : counted(state.keys)) words.push_back(fmt::format("{} {}", resource.name_of(key), count));
    return words.empty() ? "nobody" : fmt::format("{}", fmt::join(words, ", "));
}

void write_disk(JsonWriter& json, const ReservationView& view, std::size_t i) {
    const ScsiReservation& resource = view.resource;
    const SharedDisk& disk = view.report.devices.disks[i];
    const DiskState& state = view.report.states[i];
    const DiskVerdict verdict = judge(state, resource.key());
    json.begin_object();
    json.key("id").text(disk.id);
    json.key("vendor").text(disk.vendor);
    json.key("state").text(word_of(verdict.value));
    json.key("problem");
    write_text_or_null(json, verdict.reason);
    json.key("type");
    if (state.held.held)
        json.text(to_string(state.held.type));
    else
        json.null();
    json.key("holder_key");
    write_text_or_null(json, state.held.holder ? state.held.holder.text() : "");
    json.key("holder_node");
    write_text_or_null(json, state.held.holder ? resource.node_of(state.held.holder) : "");
    json.key("registrations_expected").unsigned_integer(expected_registrations(disk, state));
    json.key("paths").begin_array();
    for (std::size_t path = 0; path < disk.paths.size(); ++path) {
        json.begin_object();
        json.key("name").text(disk.paths[path].name);
        json.key("device").text(disk.paths[path].device);
        json.key("works").boolean(state.paths[path].done());
        json.key("problem");
        write_text_or_null(json, state.paths[path].reason);
        json.end_object();
    }
    json.end_array();
    json.key("keys").begin_array();
    for (const auto& [key, count] : counted(state.keys)) {
        json.begin_object();
        json.key("key").text(key.text());
        json.key("node");
        write_text_or_null(json, resource.node_of(key));
        json.key("registrations").unsigned_integer(count);
        json.end_object();
    }
    json.end_array();
    json.key("registrants").begin_array();
    for (const Registrant& one : view.report.registrants[i].value.all) {
        json.begin_object();
        json.key("key").text(one.key.text());
        json.key("initiator").text(one.initiator);
        json.key("target_port").unsigned_integer(one.target_port);
        json.key("holder").boolean(one.holder);
        json.end_object();
    }
    json.end_array().end_object();
}

}  // namespace

std::map<ReservationKey, std::size_t> counted(const std::vector<ReservationKey>& keys) {
    std::map<ReservationKey, std::size_t> counts;
    for (const ReservationKey key : keys) ++counts[key];
    return counts;
}

std::string reservations_text(const ReservationView& view) {
    std::string text = fmt::format("{} {}: this node's key is {}\n", view.service, view.resource.rid().text(), view.resource.key().text());
    if (!view.report.problem.empty()) text += fmt::format("  its disks are not known: {}\n", view.report.problem);
    for (const auto* list : {&view.report.devices.passed_over, &view.report.devices.problems})
        for (const std::string& line : *list) text += fmt::format("  {}\n", line);
    std::vector<std::vector<Cell>> rows;
    for (std::size_t i = 0; i < view.report.devices.disks.size(); ++i) {
        const DiskState& state = view.report.states[i];
        rows.push_back({view.report.devices.disks[i].id, paths_text(view.report.devices.disks[i], state),
                        reservation_text(view.resource, state, judge(state, view.resource.key())), registered_text(view.resource, state)});
    }
    if (!rows.empty()) text += table({"disk", "paths", "reserved by", "registered"}, rows);
    return text;
}

std::string reservations_json(const std::vector<ReservationView>& views, const std::string& node) {
    JsonWriter json;
    json.begin_object();
    json.key("schema").text("svcmgr.reservations/1");
    json.key("node").text(node);
    json.key("resources").begin_array();
    for (const ReservationView& view : views) {
        json.begin_object();
        json.key("service").text(view.service);
        json.key("rid").text(view.resource.rid().text());
        json.key("key").text(view.resource.key().text());
        json.key("problem");
        write_text_or_null(json, view.report.problem);
        json.key("passed_over").texts(view.report.devices.passed_over);
        json.key("problems").texts(view.report.devices.problems);
        json.key("disks").begin_array();
        for (std::size_t i = 0; i < view.report.devices.disks.size(); ++i) write_disk(json, view, i);
        json.end_array().end_object();
    }
    json.end_array().end_object();
    return json.document();
}

}  // namespace svcmgr
