#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <tuple>

#include "svcmgr/cluster/engine_config.h"
#include "svcmgr/cluster/engine_sight.h"

namespace svcmgr {

namespace {

std::map<std::string, std::string> services_by_id(const std::vector<CibResource>& resources) {
    std::map<std::string, std::string> services;
    for (const CibResource& resource : resources)
        if (const std::string service = service_of(resource); !service.empty()) services[resource.id] = service;
    return services;
}

/// What a constraint says of a service, in words that do not depend on ids.
struct Said {
    std::string what;
    std::string value;
    std::string id;

    auto operator<=>(const Said&) const = default;
};

/// One side of a comparison: the constraints whose services are known, by the service that they are about.
class Side {
public:
    Side(const std::vector<CibResource>& resources, const CibConstraints& constraints, std::map<std::string, std::string> services)
        : resources_(resources), constraints_(constraints), services_(std::move(services)) {}

    std::vector<const CibResource*> of(const std::string& service) const {
        std::vector<const CibResource*> found;
        for (const CibResource& resource : resources_)
            if (service_of(resource) == service) found.push_back(&resource);
        return found;
    }

    std::vector<Said> locations(const std::string& service) const {
        std::vector<Said> said;
        for (const CibLocation& one : constraints_.locations) {
            if (name(one.resource) != service) continue;
            std::vector<std::string> nodes = one.other_than;
            std::ranges::sort(nodes);
            const std::string where = !nodes.empty()      ? fmt::format("all nodes but {}", fmt::join(nodes, ", "))
                                      : !one.node.empty() ? one.node
                                                          : fmt::format("where {}", one.rule);
            said.push_back({"score for " + where, score_text(one.score), one.id});
        }
        return said;
    }

    std::vector<Said> orders(const std::string& service) const {
        std::vector<Said> said;
        for (const CibOrder& one : constraints_.orders)
            if (name(one.then) == service && !name(one.first).empty())
                said.push_back({fmt::format("{} of {}, then {} of it", one.first_action, name(one.first), one.then_action),
                                one.kind + (one.symmetrical ? "" : ", not symmetrical"), one.id});
        return said;
    }

    std::vector<Said> colocations(const std::string& service) const {
        std::vector<Said> said;
        for (const CibColocation& one : constraints_.colocations)
            if (name(one.resource) == service && !name(one.with).empty())
                said.push_back({"on the node of " + name(one.with), score_text(one.score), one.id});
        return said;
    }

private:
    std::string name(const std::string& id) const {
        const auto found = services_.find(id);
        return found == services_.end() ? "" : found->second;
    }

    const std::vector<CibResource>& resources_;
    const CibConstraints& constraints_;
    std::map<std::string, std::string> services_;
};

bool same_time(const std::string& one, const std::string& other) {
    const auto a = parse_cib_duration(one), b = parse_cib_duration(other);
    return a && b ? *a == *b : one == other;
}

class Comparing {
public:
    Comparing(const EngineConfig& wanted, const Cib& cib)
        : wanted_(wanted.resources, wanted.constraints, wanted.services),
          found_(cib.resources, cib.constraints, services_by_id(cib.resources)) {}

    std::vector<EngineDifference> run(const std::set<std::string>& services) {
        for (const std::string& service : services) compare(service);
        return std::move(differences_);
    }

private:
    void add(const std::string& service, std::string kind, std::string what, std::string wanted, std::string found) {
        differences_.push_back({service, std::move(kind), std::move(what), std::move(wanted), std::move(found)});
    }

    void compare(const std::string& service) {
        const auto wanted = wanted_.of(service), found = found_.of(service);
        if (wanted.empty()) {
            for (const CibResource* resource : found) add(service, "leftover", "resource", "", resource->id);
            return;
        }
        if (found.empty()) return add(service, "missing", "resource", wanted.front()->id, "");
        for (std::size_t i = 1; i < found.size(); ++i)
            add(service, "double", "resource", "", fmt::format("{} beside {}", found[i]->id, found.front()->id));
        compare_operations(service, *wanted.front(), *found.front());
        compare_meta(service, *wanted.front(), *found.front());
        compare_said(service, "location", wanted_.locations(service), found_.locations(service));
        compare_said(service, "order", wanted_.orders(service), found_.orders(service));
        compare_said(service, "colocation", wanted_.colocations(service), found_.colocations(service));
    }

    void compare_operations(const std::string& service, const CibResource& wanted, const CibResource& found) {
        for (const CibOperation& operation : wanted.operations) {
            const auto same = std::ranges::find(found.operations, operation.name, &CibOperation::name);
            if (same == found.operations.end()) {
                add(service, "timeout", operation.name, operation.timeout, "");
                continue;
            }
            if (!same_time(same->timeout, operation.timeout))
                add(service, "timeout", "timeout of " + operation.name, operation.timeout, same->timeout);
            if (!same_time(same->interval, operation.interval))
                add(service, "timeout", "interval of " + operation.name, operation.interval, same->interval);
        }
    }

    void compare_meta(const std::string& service, const CibResource& wanted, const CibResource& found) {
        for (const char* name : {"allow-migrate", "resource-stickiness"}) {
            const auto ours = wanted.meta.find(name), theirs = found.meta.find(name);
            const std::string our_value = ours == wanted.meta.end() ? "" : ours->second;
            const std::string their_value = theirs == found.meta.end() ? "" : theirs->second;
            const bool same = parse_score(our_value) && parse_score(our_value) == parse_score(their_value);
            if (our_value != their_value && !same) add(service, "meta", name, our_value, their_value);
        }
    }

    void compare_said(const std::string& service, const std::string& kind, std::vector<Said> wanted, std::vector<Said> found) {
        const auto by_words = [](const Said& one) { return std::tie(one.what, one.value); };
        std::erase_if(wanted, [&](const Said& one) {
            const auto same = std::ranges::find(found, by_words(one), by_words);
            if (same == found.end()) return false;
            found.erase(same);
            return true;
        });
        for (const Said& one : wanted) {
            const auto other = std::ranges::find(found, one.what, &Said::what);
            add(service, kind, one.what, one.value, other == found.end() ? "" : other->value);
            if (other != found.end()) found.erase(other);
        }
        for (const Said& one : found) add(service, kind, one.what, "", fmt::format("{} ({})", one.value, one.id));
    }

    Side wanted_;
    Side found_;
    std::vector<EngineDifference> differences_;
};

}  // namespace

std::vector<EngineDifference> engine_differences(const EngineConfig& wanted, const Cib& cib, const std::set<std::string>& chosen) {
    return Comparing(wanted, cib).run(chosen);
}

std::set<std::string> services_in(const Cib& cib) {
    std::set<std::string> services;
    for (const auto& [id, service] : services_by_id(cib.resources)) services.insert(service);
    return services;
}

}  // namespace svcmgr
