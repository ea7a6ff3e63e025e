#include "svcmgr/cluster/peer_report.h"

#include <fmt/format.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "drivers/fingerprint.h"
#include "resources/scsi_reservation.h"

namespace svcmgr {

namespace {

using Json = nlohmann::ordered_json;
constexpr std::string_view schema = "svcmgr.peer/1";
constexpr std::string_view any_schema = "svcmgr.peer/";
constexpr std::size_t longest_text = 400;

std::string first_of(std::string_view text) {
    return std::string(text.substr(0, longest_text));
}

Json json_of(const PeerInstance& instance) {
    if (instance.answer != PeerInstance::Answer::given) return {{"problem", instance.reason}};
    return {{"avail", to_string(instance.avail)},  {"overall", to_string(instance.overall)},
            {"frozen", instance.frozen},           {"acting", instance.acting},
            {"running", instance.running},         {"unknown", instance.unknown},
            {"interrupted", instance.interrupted}, {"config", instance.config}};
}

Status status_of(const Json& word) {
    constexpr Status printed_ones[] = {Status::up,    Status::down,       Status::warn,        Status::not_applicable,
                                       Status::undef, Status::standby_up, Status::standby_down};
    const auto text = word.get<std::string>();
    const auto found = std::ranges::find_if(printed_ones, [&](Status status) { return to_string(status) == text; });
    if (found == std::end(printed_ones)) throw std::invalid_argument(fmt::format("'{}' is no status", first_of(text)));
    return *found;
}

PeerInstance instance_of(const Json& json) {
    PeerInstance instance;
    if (const auto problem = json.find("problem"); problem != json.end()) {
        instance.answer = PeerInstance::Answer::without_service;
        instance.reason = first_of(problem->get<std::string>());
        return instance;
    }
    instance.answer = PeerInstance::Answer::given;
    instance.avail = status_of(json.at("avail"));
    instance.overall = status_of(json.at("overall"));
    instance.frozen = json.at("frozen").get<bool>();
    instance.acting = first_of(json.at("acting").get<std::string>());
    instance.running = json.at("running").get<std::vector<std::string>>();
    instance.unknown = json.at("unknown").get<std::vector<std::string>>();
    instance.interrupted = first_of(json.value("interrupted", ""));
    instance.config = first_of(json.value("config", ""));
    return instance;
}

}  // namespace

PeerInstance instance_of(const Service& service, const Observation& observation) {
    const Summary summary = service.summarize(observation);
    PeerInstance instance{.answer = PeerInstance::Answer::given,
                          .avail = summary.avail,
                          .overall = summary.overall,
                          .frozen = observation.frozen || observation.node_frozen,
                          .acting = observation.acting.value_or("")};
    if (observation.interrupted)
        instance.interrupted =
            fmt::format("{} {}, begun {}", observation.interrupted->action,
                        observation.interrupted->step.empty() ? "before its first step" : "at " + observation.interrupted->step,
                        to_iso8601(observation.interrupted->since));
    for (const auto& resource : service.resources()) {
        const auto seen = observation.resources.find(resource->rid());
        const bool accessory = resource->group() == Group::sync || resource->group() == Group::task;
        if (seen == observation.resources.end() || resource->carrier() != nullptr || resource->standby() || accessory) continue;
        const Status status = seen->second.status;
        const bool half_up = status == Status::warn && resource->group() == Group::container;
        // Disks that are reserved and that nobody uses: their own guard asks for the guest, and takes them over.
        if (resource->type() == ScsiReservation::resource_type) continue;
        if (status == Status::up || half_up) instance.running.push_back(resource->rid().text());
        if (status == Status::undef) instance.unknown.push_back(resource->rid().text());
    }
    return instance;
}

std::string mark_of(std::string_view env_file) {
    return fmt::format("{:016x}-{:x}", fingerprint(env_file), env_file.size());
}

std::string to_json(const PeerReport& report) {
    Json services = Json::object();
    for (const auto& [name, instance] : report.instances) services[name] = json_of(instance);
    const Json document = {{"schema", schema},
                           {"node", report.node},
                           {"version", report.version},
                           {"host_mode", report.host_mode},
                           {"services", std::move(services)}};
    return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

tl::expected<PeerReport, NoReport> parse_peer_report(std::string_view text) {
    try {
        const Json document = Json::parse(text);
        if (const auto said = document.at("schema").get<std::string>(); said != schema)
            return tl::unexpected(NoReport{fmt::format("it is not of the schema {}", schema),
                                           said.starts_with(any_schema) ? first_of(document.value("version", "")) : std::string()});
        PeerReport report;
        report.node = document.at("node").get<std::string>();
        report.version = first_of(document.at("version").get<std::string>());
        report.host_mode = first_of(document.at("host_mode").get<std::string>());
        for (const auto& [name, json] : document.at("services").items()) {
            PeerInstance instance = instance_of(json);
            instance.version = report.version;
            report.instances.emplace(name, std::move(instance));
        }
        return report;
    } catch (const std::exception& problem) {
        return tl::unexpected(NoReport{first_of(problem.what())});
    }
}

}  // namespace svcmgr
