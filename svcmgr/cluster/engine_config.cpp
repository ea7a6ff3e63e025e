#include "svcmgr/cluster/engine_config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

#include "svcmgr/cluster/engine_sight.h"

namespace svcmgr {

namespace {

// Each outweighs the differences of those before it. Pacemaker starts nothing where the sum is below zero, so that what is only rather not
// wanted has to leave something of a node's score.
constexpr int score_of_a_place = 10;  ///< in the order of `nodes`
constexpr int score_of_rather = 100;  ///< of soft_affinity
constexpr int score_of_staying = 1'000;
constexpr int score_of_a_node = 10'000;

constexpr std::string_view monitor_interval = "10s";

/// An NCName, another one for each service: a name that begins with a digit gets '_' in front, and so one that begins with '_' does.
std::string resource_id(const std::string& service) {
    const bool fits = std::isalpha(static_cast<unsigned char>(service.front())) != 0;
    return fits ? service : "_" + service;
}

/// Ids are unique in all of a CIB, and "a-on-b" may be two things.
class Ids {
public:
    std::string take(const std::string& wanted) {
        std::string id = wanted;
        for (int n = 2; !taken_.insert(id).second; ++n) id = fmt::format("{}-{}", wanted, n);
        return id;
    }

private:
    std::set<std::string> taken_;
};

std::string seconds_text(Duration duration) {
    return fmt::format("{}s", std::chrono::duration_cast<std::chrono::seconds>(duration).count());
}

class Configuring {
public:
    Configuring(const std::vector<EngineService>& all, const std::set<std::string>& chosen) : chosen_(chosen) {
        for (const EngineService& service : all) all_[service.name] = &service;
    }

    EngineConfig make() {
        for (const auto& [name, service] : all_) config_.services[ids_.take(resource_id(name))] = name;
        for (const auto& [name, service] : all_) {
            if (!chosen_.contains(name)) continue;
            add_resource(*service);
            add_locations(*service);
            add_what_comes_first(*service);
            add_children(*service);
            add_affinities(*service);
        }
        return std::move(config_);
    }

private:
    void add_resource(const EngineService& service) {
        CibResource resource{resource_id(service.name), std::string(service_agent), {{"service", service.name}}};
        resource.meta["resource-stickiness"] = std::to_string(score_of_staying);
        const EngineTimes& times = service.times;
        resource.operations = {{"start", "0s", seconds_text(times.start)},
                               {"stop", "0s", seconds_text(times.stop)},
                               {"monitor", std::string(monitor_interval), seconds_text(times.monitor)}};
        if (times.migrate_to) {
            resource.meta["allow-migrate"] = "true";
            resource.operations.push_back({"migrate_to", "0s", seconds_text(*times.migrate_to)});
            resource.operations.push_back({"migrate_from", "0s", seconds_text(times.monitor)});
        }
        config_.resources.push_back(std::move(resource));
    }

    void add_locations(const EngineService& service) {
        const std::string id = resource_id(service.name);
        int score = score_of_a_node + static_cast<int>(service.nodes.size()) * score_of_a_place;
        for (const std::string& node : service.nodes) {
            config_.constraints.locations.push_back({ids_.take(fmt::format("{}-on-{}", id, node)), id, node, {}, "", score});
            score -= score_of_a_place;
        }
        config_.constraints.locations.push_back({ids_.take(id + "-elsewhere"), id, "", service.nodes, "", -infinite_score});
    }

    /// A start refuses while one of them is not up: on this node, where no other one is named.
    void add_what_comes_first(const EngineService& service) {
        const std::string id = resource_id(service.name);
        std::set<std::string> before, beside;
        for (const char* keyword : {"parents", "hard_affinity"})
            for (const std::string& word : words(service, keyword)) {
                const std::size_t at = word.find('@');
                const auto other = known(service, keyword, word.substr(0, at));
                if (!other) continue;
                if (before.insert(*other).second)
                    config_.constraints.orders.push_back({ids_.take(fmt::format("{}-after-{}", id, *other)), *other, "start", id, "start"});
                if (at == std::string::npos && beside.insert(*other).second) colocate(id, "with", *other, infinite_score);
            }
    }

    void add_children(const EngineService& service) {
        const std::string id = resource_id(service.name);
        for (const std::string& word : words(service, "children"))
            if (const auto other = known(service, "children", word.substr(0, word.find('@')))) {
                CibOrder order{ids_.take(fmt::format("{}-stops-after-{}", id, *other)), *other, "stop", id, "stop"};
                order.symmetrical = false;
                config_.constraints.orders.push_back(std::move(order));
            }
    }

    void add_affinities(const EngineService& service) {
        struct Affinity {
            const char* keyword;
            std::string_view word;
            int score;
        };
        constexpr Affinity affinities[] = {{"hard_anti_affinity", "not-with", -infinite_score},
                                           {"soft_affinity", "rather-with", score_of_rather},
                                           {"soft_anti_affinity", "rather-not-with", -score_of_rather}};
        for (const Affinity& affinity : affinities)
            for (const std::string& word : words(service, affinity.keyword))
                if (const auto other = known(service, affinity.keyword, word.substr(0, word.find('@'))))
                    colocate(resource_id(service.name), affinity.word, *other, affinity.score);
    }

    void colocate(const std::string& id, std::string_view how, const std::string& other, int score) {
        config_.constraints.colocations.push_back({ids_.take(fmt::format("{}-{}-{}", id, how, other)), id, other, score});
    }

    static std::vector<std::string> words(const EngineService& service, const std::string& keyword) {
        const auto found = service.others.find(keyword);
        return found == service.others.end() ? std::vector<std::string>{} : found->second;
    }

    /// The id of another service, when the engine is to know it.
    std::optional<std::string> known(const EngineService& service, std::string_view keyword, const std::string& other) {
        if (other == service.name) return {};
        if (!all_.contains(other)) {
            config_.remarks.push_back(
                fmt::format("{}: {} = {}: that is no service of this node with orchestrate = ha, and the engine is not told", service.name,
                            keyword, other));
            return {};
        }
        if (!chosen_.contains(other))
            config_.remarks.push_back(fmt::format("{}: {} = {}: the engine has to have that already", service.name, keyword, other));
        return resource_id(other);
    }

    const std::set<std::string>& chosen_;
    std::map<std::string, const EngineService*> all_;
    Ids ids_;
    EngineConfig config_;
};

}  // namespace

EngineConfig engine_config(const std::vector<EngineService>& all, const std::set<std::string>& chosen) {
    return Configuring(all, chosen).make();
}

}  // namespace svcmgr
