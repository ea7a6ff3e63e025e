#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "svcmgr/report/status.h"
#include "svcmgr/service/service.h"

namespace svcmgr {

inline constexpr Keyword example_resource_keywords[] = {
    {.name = "tags", .type = Keyword::Type::list},
    {.name = "disable", .type = Keyword::Type::boolean, .default_value = "false"},
    {.name = "optional", .type = Keyword::Type::boolean, .default_value = "false"},
    {.name = "monitor", .type = Keyword::Type::boolean, .default_value = "false"},
    {.name = "standby", .type = Keyword::Type::boolean, .default_value = "false"},
};
inline constexpr Keyword example_default_keywords[] = {
    {.name = "show_disabled", .type = Keyword::Type::boolean, .default_value = "true"},
    {.name = "nodes", .type = Keyword::Type::node_list},
    {.name = "orchestrate", .type = Keyword::Type::text},
    {.name = "drpnode", .type = Keyword::Type::node_list},
    {.name = "drpnodes", .type = Keyword::Type::node_list},
};

/// A resource of which only the description matters.
class ExampleResource : public Resource {
public:
    ExampleResource(const std::string& rid, Group group, const std::string& type, std::string label, Options options,
                    const Resource* carrier)
        : Resource(Rid(rid), group, type, std::move(options)), label_(std::move(label)), carrier_(carrier) {}
    std::string label() const override { return label_; }
    const Resource* carrier() const override { return carrier_; }
    ResourceObservation look(Looking&) const override { return {}; }
    Intent intend(Goal, const ResourceObservation&) const override { return {}; }
    void perform(const std::string&, Doing&) const override {}

private:
    std::string label_;
    const Resource* carrier_;
};

struct ExamplePart {
    std::string rid;
    Group group;
    std::string type;
    std::string label;
    Status status;
    std::vector<LogLine> log = {};
    std::string flags = {};  ///< of MDOE, in any order
};

/// A service as a look saw it at 2026-11-20 10:00:00 UTC.
class ExampleService {
public:
    explicit ExampleService(const std::vector<ExamplePart>& parts, const std::string& name = "vm188") {
        observation.observed = WallTime(std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + std::chrono::hours(10));
        std::vector<std::unique_ptr<Resource>> resources;
        const Resource* container = nullptr;
        for (const ExamplePart& part : parts) {
            Options options(part.rid, {}, KeywordSet(example_resource_keywords));
            const auto flag = [&](char letter, const char* keyword) {
                if (part.flags.find(letter) != std::string::npos) options.set(keyword, {"true", {}});
            };
            flag('M', "monitor");
            flag('D', "disable");
            flag('O', "optional");
            if (part.flags.find('T') != std::string::npos) options.set("tags", {"tag1 tag2", {}});
            const Resource* carrier = part.flags.find('E') != std::string::npos ? container : nullptr;
            resources.push_back(std::make_unique<ExampleResource>(part.rid, part.group, part.type, part.label, options, carrier));
            if (part.group == Group::container) container = resources.back().get();
            ResourceObservation& seen = observation.resources[Rid(part.rid)];
            seen.status = part.status;
            seen.log = part.log;
            seen.observed = observation.observed;
        }
        Options defaults("DEFAULT", {}, KeywordSet(example_default_keywords));
        defaults.set("nodes", {"node109 node110", {}});
        defaults.set("orchestrate", {"start", {}});
        service = std::make_unique<Service>(name, "/etc/svcmgr/" + name + ".env", defaults, std::move(resources));
    }

    ServiceView view() const { return {*service, observation, service->summarize(observation)}; }

    Observation observation;
    std::unique_ptr<Service> service;
};

/// The service of contract.md's appendix B, healthy.
inline std::vector<ExamplePart> healthy_parts() {
    return {{"container#1", Group::container, "container.kvm", "vm188", Status::up},
            {"ip#1", Group::ip, "ip", "vm188@lan0", Status::up, {}, "E"},
            {"vmdg", Group::disk, "disk.vmdg", "vmdg", Status::not_applicable},
            {"app", Group::app, "app", "app", Status::not_applicable, {{LogLine::Level::info, "no checkup scripts"}}, "E"},
            {"sync#i0", Group::sync, "sync.rsync", "rsync svc config to drpnodes, nodes", Status::up}};
}

}  // namespace svcmgr
