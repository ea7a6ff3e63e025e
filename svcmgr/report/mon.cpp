#include "svcmgr/report/mon.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "svcmgr/report/instances.h"
#include "svcmgr/report/table.h"

namespace svcmgr {

namespace {

bool given(const PeerInstance& instance) {
    return instance.answer == PeerInstance::Answer::given;
}

std::string mark_of(const ServiceEverywhere& everywhere, const std::string& node) {
    const auto found = everywhere.instances.find(node);
    if (found == everywhere.instances.end()) return {};
    const PeerInstance& instance = found->second;
    std::string mark = "?";
    if (given(instance)) switch (instance.avail) {
            case Status::up: mark = "O"; break;
            case Status::standby_up: mark = "o"; break;
            case Status::down: mark = "X"; break;
            case Status::standby_down: mark = "x"; break;
            case Status::warn: mark = "!"; break;
            case Status::not_applicable: mark = "/"; break;
            default: break;
        }
    if (everywhere.service.placement_leader(node)) mark += '^';
    if (instance.frozen) mark += '*';
    return mark;
}

/// In the order in which the services name them.
std::vector<std::string> nodes_of(const std::vector<ServiceEverywhere>& services) {
    std::vector<std::string> nodes;
    const auto add = [&](const std::string& node) {
        if (std::ranges::find(nodes, node) == nodes.end()) nodes.push_back(node);
    };
    for (const ServiceEverywhere& one : services) {
        for (const std::string& node : one.service.peers_of("")) add(node);
        for (const auto& [node, instance] : one.instances) add(node);
    }
    return nodes;
}

/// What nobody could ask a node for is said once, whatever number of services it has.
std::string remarks(const std::vector<ServiceEverywhere>& services) {
    std::string text;
    std::set<std::string> said;
    const auto say = [&](const std::string& line) {
        if (said.insert(line).second) text += printable(line) + "\n";
    };
    for (const ServiceEverywhere& one : services) {
        const std::string& name = one.service.name();
        if (const std::vector<std::string> nodes = one.running_on(); nodes.size() > 1)
            say(fmt::format("{}: runs on {}: stop it on all but one", name, fmt::join(nodes, " and ")));
        std::set<std::string> files;
        for (const auto& [node, instance] : one.instances) {
            if (given(instance) && !instance.config.empty()) files.insert(instance.config);
            const bool of_node = !given(instance) && instance.answer != PeerInstance::Answer::without_service;
            for (const LogLine& remark : remarks_of(instance))
                say(of_node && remark.message.starts_with(node) ? remark.message
                    : of_node                                   ? fmt::format("{}: {}", node, remark.message)
                                                                : fmt::format("{} on {}: {}", name, node, remark.message));
        }
        if (files.size() > 1) say(fmt::format("{}: its env files differ between nodes", name));
    }
    return text;
}

}  // namespace

std::vector<std::string> ServiceEverywhere::running_on() const {
    std::vector<std::string> nodes;
    for (const auto& [node, instance] : instances)
        if (instance.runs()) nodes.push_back(node);
    return nodes;
}

Status ServiceEverywhere::avail() const {
    const auto any = [&](Status status) {
        return std::ranges::any_of(instances, [&](const auto& one) { return given(one.second) && one.second.avail == status; });
    };
    if (running_on().size() > 1 || any(Status::warn)) return Status::warn;
    if (any(Status::up)) return Status::up;
    if (!std::ranges::all_of(instances, [](const auto& one) { return given(one.second); }) || any(Status::undef)) return Status::undef;
    for (const Status status : {Status::standby_up, Status::standby_down, Status::down})
        if (any(status)) return status;
    return Status::not_applicable;
}

std::string mon_text(const std::vector<ServiceEverywhere>& services) {
    const std::vector<std::string> nodes = nodes_of(services);
    std::vector<std::string> headings{"service", "avail"};
    headings.insert(headings.end(), nodes.begin(), nodes.end());
    std::vector<std::vector<std::string>> rows;
    for (const ServiceEverywhere& one : services) {
        rows.push_back({one.service.name(), std::string(to_string(one.avail()))});
        for (const std::string& node : nodes) rows.back().push_back(mark_of(one, node));
    }
    return table(headings, rows) + remarks(services);
}

std::string mon_json(const std::vector<ServiceEverywhere>& services, const std::string& node, WallTime observed) {
    JsonWriter json;
    json.begin_object();
    json.key("schema").text("svcmgr.mon/1");
    json.key("node").text(node);
    json.key("observed").time(observed);
    json.key("nodes").texts(nodes_of(services));
    json.key("services").begin_object();
    for (const ServiceEverywhere& one : services) {
        json.key(one.service.name()).begin_object();
        json.key("avail").text(to_string(one.avail()));
        const std::vector<std::string> nodes = one.service.nodes();
        json.key("placement_leader");
        write_text_or_null(json, nodes.empty() ? std::string() : nodes.front());
        json.key("running_on").texts(one.running_on());
        json.key("instances").begin_object();
        for (const auto& [name, instance] : one.instances) write_instance(json.key(name), instance);
        json.end_object().end_object();
    }
    json.end_object().end_object();
    return json.document();
}

}  // namespace svcmgr
