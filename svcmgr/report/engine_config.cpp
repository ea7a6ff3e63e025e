#include "svcmgr/report/engine_config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "svcmgr/report/json.h"
#include "svcmgr/report/table.h"

namespace svcmgr {

namespace {

/// "NAME=VALUE" of each, with a blank before it.
std::string pairs(const std::map<std::string, std::string>& values) {
    std::string text;
    for (const auto& [name, value] : values) text += fmt::format(" {}={}", name, value);
    return text;
}

std::string operations_text(const CibResource& resource) {
    std::string text;
    for (const CibOperation& one : resource.operations)
        text += fmt::format(" op {} interval={} timeout={}", one.name, one.interval, one.timeout);
    return text;
}

/// "#uname ne node1 and #uname ne node2", the variable written as `variable`.
std::string rule_text(const CibLocation& location, std::string_view variable) {
    std::vector<std::string> parts;
    for (const std::string& node : location.other_than) parts.push_back(fmt::format("{} ne {}", variable, node));
    return fmt::to_string(fmt::join(parts, " and "));
}

std::string with_action(const std::string& id, const std::string& action) {
    return action == "start" ? id : fmt::format("{}:{}", id, action);
}

class Xml {
public:
    std::string write(const EngineConfig& config) {
        open(R"(<cib validate-with="pacemaker-3.0" admin_epoch="0" epoch="0" num_updates="0">)");
        open("<configuration>");
        line("<crm_config/>");
        line("<nodes/>");
        open("<resources>");
        for (const CibResource& resource : config.resources) primitive(resource);
        close("</resources>");
        open("<constraints>");
        for (const CibLocation& one : config.constraints.locations) location(one);
        for (const CibOrder& one : config.constraints.orders)
            line(fmt::format(R"(<rsc_order id="{}" first="{}" first-action="{}" then="{}" then-action="{}" kind="{}" symmetrical="{}"/>)",
                             one.id, one.first, one.first_action, one.then, one.then_action, one.kind, one.symmetrical));
        for (const CibColocation& one : config.constraints.colocations)
            line(fmt::format(R"(<rsc_colocation id="{}" rsc="{}" with-rsc="{}" score="{}"/>)", one.id, one.resource, one.with,
                             score_text(one.score)));
        close("</constraints>");
        close("</configuration>");
        line("<status/>");
        close("</cib>");
        return std::move(text_);
    }

private:
    void line(std::string_view text) { text_ += fmt::format("{:{}}{}\n", "", depth_ * 2, text); }
    void open(std::string_view text) {
        line(text);
        ++depth_;
    }
    void close(std::string_view text) {
        --depth_;
        line(text);
    }

    void values(const CibResource& resource, std::string_view set, const std::map<std::string, std::string>& values) {
        open(fmt::format(R"(<{0} id="{1}-{0}">)", set, resource.id));
        for (const auto& [name, value] : values)
            line(fmt::format(R"(<nvpair id="{0}-{1}-{2}" name="{2}" value="{3}"/>)", resource.id, set, name, value));
        close(fmt::format("</{}>", set));
    }

    void primitive(const CibResource& resource) {
        open(fmt::format(R"(<primitive id="{}" class="ocf" provider="svcmgr" type="service">)", resource.id));
        values(resource, "instance_attributes", resource.parameters);
        values(resource, "meta_attributes", resource.meta);
        open("<operations>");
        for (const CibOperation& one : resource.operations)
            line(fmt::format(R"(<op id="{0}-{1}-{2}" name="{1}" interval="{2}" timeout="{3}"/>)", resource.id, one.name, one.interval,
                             one.timeout));
        close("</operations>");
        close("</primitive>");
    }

    void location(const CibLocation& one) {
        if (one.other_than.empty())
            return line(fmt::format(R"(<rsc_location id="{}" rsc="{}" node="{}" score="{}"/>)", one.id, one.resource, one.node,
                                    score_text(one.score)));
        open(fmt::format(R"(<rsc_location id="{}" rsc="{}">)", one.id, one.resource));
        open(fmt::format(R"(<rule id="{}-rule" score="{}" boolean-op="and">)", one.id, score_text(one.score)));
        for (const std::string& node : one.other_than)
            line(fmt::format(R"(<expression id="{0}-rule-{1}" attribute="#uname" operation="ne" value="{1}"/>)", one.id, node));
        close("</rule>");
        close("</rsc_location>");
    }

    std::string text_;
    std::size_t depth_ = 0;
};

}  // namespace

std::string engine_config_crmsh(const EngineConfig& config) {
    std::string text;
    for (const CibResource& one : config.resources)
        text += fmt::format("primitive {} {} params{}{} meta{}\n", one.id, one.agent, pairs(one.parameters), operations_text(one),
                            pairs(one.meta));
    for (const CibLocation& one : config.constraints.locations)
        text += one.other_than.empty() ? fmt::format("location {} {} {}: {}\n", one.id, one.resource, score_text(one.score), one.node)
                                       : fmt::format("location {0} {1} rule $id={0}-rule {2}: {3}\n", one.id, one.resource,
                                                     score_text(one.score), rule_text(one, "#uname"));
    for (const CibOrder& one : config.constraints.orders)
        text += fmt::format("order {} {}: {} {}{}\n", one.id, one.kind, with_action(one.first, one.first_action),
                            with_action(one.then, one.then_action), one.symmetrical ? "" : " symmetrical=false");
    for (const CibColocation& one : config.constraints.colocations)
        text += fmt::format("colocation {} {}: {} {}\n", one.id, score_text(one.score), one.resource, one.with);
    return text;
}

std::string engine_config_pcs(const EngineConfig& config) {
    std::string text = "#!/bin/sh\n# pcs cluster cib FILE && sh THIS FILE && pcs cluster cib-push FILE\nset -eu\ncib=$1\n";
    const auto add = [&](const std::string& words) { text += fmt::format("pcs -f \"$cib\" {}\n", words); };
    for (const CibResource& one : config.resources)
        add(fmt::format("resource create {} {}{}{} meta{} --no-default-ops", one.id, one.agent, pairs(one.parameters), operations_text(one),
                        pairs(one.meta)));
    for (const CibLocation& one : config.constraints.locations)
        add(one.other_than.empty()
                ? fmt::format("constraint location add {} {} {} {}", one.id, one.resource, one.node, score_text(one.score))
                : fmt::format("constraint location {1} rule id={0}-rule constraint-id={0} score={2} {3}", one.id, one.resource,
                              score_text(one.score), rule_text(one, "'#uname'")));
    for (const CibOrder& one : config.constraints.orders)
        add(fmt::format("constraint order {} {} then {} {} kind={}{} id={}", one.first_action, one.first, one.then_action, one.then,
                        one.kind, one.symmetrical ? "" : " symmetrical=false", one.id));
    for (const CibColocation& one : config.constraints.colocations)
        add(fmt::format("constraint colocation add {} with {} score={} id={}", one.resource, one.with, score_text(one.score), one.id));
    return text;
}

std::string engine_config_xml(const EngineConfig& config) {
    return Xml().write(config);
}

std::string engine_differences_text(const std::vector<EngineDifference>& differences) {
    std::string text;
    for (const EngineDifference& one : differences) {
        const std::string found = printable(one.found);
        const std::string what = one.kind == "double" ? "it has two resources" : printable(one.what);
        if (one.wanted.empty())
            text += fmt::format("{}: {}: no env file asks for what the engine has, {}\n", printable(one.service), what, found);
        else
            text += fmt::format("{}: {}: {} is wanted, and the engine has {}\n", printable(one.service), what, one.wanted,
                                found.empty() ? "none" : found);
    }
    return text;
}

std::string engine_differences_json(const std::vector<EngineDifference>& differences, const std::vector<std::string>& remarks,
                                    const std::string& node) {
    JsonWriter json;
    json.begin_object();
    json.key("schema").text("svcmgr.cluster_diff/1");
    json.key("node").text(node);
    json.key("differences").begin_array();
    for (const EngineDifference& one : differences) {
        json.begin_object();
        json.key("service").text(one.service);
        json.key("kind").text(one.kind);
        json.key("what").text(one.what);
        json.key("wanted");
        write_text_or_null(json, one.wanted);
        json.key("found");
        write_text_or_null(json, one.found);
        json.end_object();
    }
    json.end_array();
    json.key("remarks").texts(remarks);
    json.end_object();
    return json.document();
}

}  // namespace svcmgr
