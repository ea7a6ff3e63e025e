#include "svcmgr/report/mon.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "svcmgr/report/instances.h"
#include "svcmgr/report/status_parts.h"
#include "svcmgr/report/table.h"
#include "svcmgr/report/text.h"

namespace svcmgr {

namespace {

bool given(const PeerInstance& instance) {
    return instance.answer == PeerInstance::Answer::given;
}

/// A node that does not run what runs elsewhere is as it should be: its mark has no colour.
Ink ink_of_mark(const PeerInstance& instance, Status avail) {
    if (!given(instance) || instance.avail == Status::undef) return Ink::doubtful;
    return instance.avail == Status::down && avail != Status::down ? Ink::plain : ink_of(instance.avail);
}

/// `avail` is what the whole service is.
Cell mark_of(const ServiceEverywhere& everywhere, Status avail, const std::string& node) {
    const auto found = everywhere.instances.find(node);
    if (found == everywhere.instances.end()) return "";
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
    return {mark, ink_of_mark(instance, avail)};
}

std::vector<std::string> table_lines(const std::vector<const ServiceEverywhere*>& services, const std::vector<std::string>& nodes,
                                     const std::vector<std::string>& node_headings, const Style& style) {
    std::vector<std::string> headings{"service", "avail"};
    headings.insert(headings.end(), node_headings.begin(), node_headings.end());
    std::vector<std::vector<Cell>> rows;
    for (const ServiceEverywhere* one : services) {
        const Status avail = one->avail();
        rows.push_back({one->service.name(), {to_string(avail), ink_of(avail)}});
        for (const std::string& node : nodes) rows.back().push_back(mark_of(*one, avail, node));
    }
    const std::string text = table(headings, rows, style);
    std::vector<std::string> lines;
    for (std::size_t begin = 0, end = 0; begin < text.size(); begin = end + 1) {
        end = text.find('\n', begin);
        lines.push_back(text.substr(begin, end - begin));
    }
    return lines;
}

bool wider(const std::vector<std::string>& lines, std::size_t width) {
    return std::ranges::any_of(lines, [&](const std::string& line) { return columns(line) > width; });
}

void add_wrapped(std::vector<std::string>& lines, const std::string& text, std::size_t width) {
    std::ranges::move(wrapped(text, width), std::back_inserter(lines));
}

std::vector<const ServiceEverywhere*> pointers(const std::vector<ServiceEverywhere>& services) {
    std::vector<const ServiceEverywhere*> pointers;
    pointers.reserve(services.size());
    for (const ServiceEverywhere& one : services) pointers.push_back(&one);
    return pointers;
}

/// A table and what stands below it, at most `height` lines: the table keeps at least half of them, and the footer stays.
std::vector<std::string> cut(std::vector<std::string> table, std::vector<std::string> below, std::size_t height) {
    const std::size_t for_table = std::max(height / 2, height > below.size() ? height - below.size() : 0);
    if (table.size() > for_table) {
        const std::size_t left_out = table.size() + 1 - for_table;
        table.resize(for_table);
        if (for_table > 1) table.back() = fmt::format("... and {} services more", left_out);
    }
    const std::size_t for_below = height > table.size() ? height - table.size() : 1;
    if (below.size() > for_below) {
        std::string footer = std::move(below.back());
        below.resize(for_below - 1);
        below.push_back(std::move(footer));
    }
    std::ranges::move(below, std::back_inserter(table));
    return table;
}

bool well(const ServiceEverywhere& one) {
    const Status avail = one.avail();
    return avail == Status::up || avail == Status::not_applicable || avail == Status::standby_up;
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

std::vector<std::string> remarks_of(const std::vector<ServiceEverywhere>& services) {
    std::vector<std::string> lines;
    std::set<std::string> said;
    const auto say = [&](std::string line) {
        if (said.insert(line).second) lines.push_back(std::move(line));
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
    return lines;
}

std::string mon_text(const std::vector<ServiceEverywhere>& services, const Style& style) {
    const std::vector<std::string> nodes = nodes_of(services);
    std::string text;
    for (const std::string& line : table_lines(pointers(services), nodes, nodes, style)) (text += line) += '\n';
    for (const std::string& remark : remarks_of(services)) (text += printable(remark)) += '\n';
    return text;
}

std::vector<std::string> mon_screen(const std::vector<ServiceEverywhere>& services, const std::string& footer, const Style& style,
                                    int columns, int rows) {
    const auto width = static_cast<std::size_t>(std::max(columns - 1, 1)), height = static_cast<std::size_t>(std::max(rows - 1, 1));
    const std::vector<std::string> nodes = nodes_of(services);
    std::vector<const ServiceEverywhere*> order = pointers(services);
    std::vector<std::string> below;
    std::vector<std::string> lines = table_lines(order, nodes, nodes, style);
    std::vector<std::string> headings = nodes;
    if (wider(lines, width)) {
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            headings[i] = std::to_string(i + 1);
            below.push_back(printable(fmt::format("{} {}", headings[i], nodes[i])));
        }
        lines = table_lines(order, nodes, headings, style);
    }
    for (const std::string& remark : remarks_of(services)) add_wrapped(below, printable(remark), width);
    below.push_back(footer);
    if (lines.size() + below.size() <= height) {
        std::ranges::move(below, std::back_inserter(lines));
        return lines;
    }
    std::stable_partition(order.begin(), order.end(), [](const ServiceEverywhere* one) { return !well(*one); });
    return cut(table_lines(order, nodes, headings, style), std::move(below), height);
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
