#include "svcmgr/cluster/drill_document.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace svcmgr {

namespace {

using Json = nlohmann::ordered_json;
constexpr std::string_view schema = "svcmgr.drill/1";
constexpr std::size_t longest_text = 400;
/// Of one node and one service: more than this is nothing that svcmgr writes.
constexpr std::size_t most_checks = 10'000;

std::string text_of(const Json& json, const char* key) {
    const Json& value = json.at(key);
    return value.is_null() ? std::string() : value.get<std::string>().substr(0, longest_text);
}

Json text_or_null(const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(text);
}

/// What to_iso8601 writes, and no fraction.
WallTime time_of(const std::string& text) {
    const auto time = parse_iso8601(text);
    if (!time || to_iso8601(*time) != text) throw std::invalid_argument(fmt::format("'{}' is no time", text.substr(0, longest_text)));
    return *time;
}

DrillCheck::Result result_of(const Json& word) {
    using enum DrillCheck::Result;
    const auto text = word.get<std::string>();
    for (const DrillCheck::Result result : {fine, noted, unknown, missing})
        if (text == to_string(result)) return result;
    throw std::invalid_argument(fmt::format("'{}' is no result of a check", text.substr(0, longest_text)));
}

Json json_of(const NodeDrill& drill) {
    Json checks = Json::array();
    for (const DrillCheck& check : drill.checks)
        checks.push_back({{"name", check.name},
                          {"result", to_string(check.result)},
                          {"reason", text_or_null(check.reason)},
                          {"hint", text_or_null(check.hint)}});
    return {
        {"answer", to_string(drill.answer())}, {"runs", drill.runs}, {"config", text_or_null(drill.config)}, {"checks", std::move(checks)}};
}

NodeDrill node_of(const Json& json) {
    NodeDrill drill;
    drill.runs = json.at("runs").get<bool>();
    drill.config = text_of(json, "config");
    const Json& checks = json.at("checks");
    if (!checks.is_array() || checks.size() > most_checks) throw std::invalid_argument("its checks are no list of checks");
    for (const Json& check : checks)
        drill.checks.push_back({text_of(check, "name"), result_of(check.at("result")), text_of(check, "reason"), text_of(check, "hint")});
    return drill;
}

ServiceDrill service_of(const Json& json) {
    ServiceDrill drill;
    drill.drilled = time_of(json.at("drilled").get<std::string>());
    for (const auto& [name, node] : json.at("nodes").items()) drill.nodes.emplace(name, node_of(node));
    return drill;
}

}  // namespace

std::string to_json(const DrillDocument& document) {
    Json services = Json::object();
    for (const auto& [name, drill] : document.services) {
        Json nodes = Json::object();
        for (const auto& [node, said] : drill.nodes) nodes[node] = json_of(said);
        services[name] = {{"drilled", to_iso8601(drill.drilled)}, {"nodes", std::move(nodes)}};
    }
    const Json json = {{"schema", schema}, {"node", document.node}, {"version", document.version}, {"services", std::move(services)}};
    return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

tl::expected<DrillDocument, NoReport> parse_drill(std::string_view text) {
    try {
        const Json json = Json::parse(text);
        if (json.at("schema") != schema)
            return tl::unexpected(NoReport{fmt::format("it is not of the schema {}", schema), text_of(json, "version")});
        DrillDocument document{text_of(json, "node"), text_of(json, "version"), {}};
        for (const auto& [name, drill] : json.at("services").items()) document.services.emplace(name, service_of(drill));
        return document;
    } catch (const std::exception& problem) {
        return tl::unexpected(NoReport{std::string(problem.what()).substr(0, longest_text)});
    }
}

}  // namespace svcmgr
