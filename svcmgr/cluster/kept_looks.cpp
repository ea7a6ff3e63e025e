#include "svcmgr/cluster/kept_looks.h"

#include <fmt/format.h>

#include <algorithm>

#include "drivers/error.h"
#include "resources/keywords.h"
#include "svcmgr/action/engine_guard.h"
#include "svcmgr/service/keywords.h"

namespace svcmgr {

namespace {

constexpr const char* remedy = "`svcmgr status --heal` keeps what it sees of all services; svcmgr-monitor.timer runs it each minute";

/// What is known of a resource that only its last look tells of.
class RecalledResource : public Resource {
public:
    RecalledResource(const KeptService::Part& part, Options options)
        : Resource(part.rid, part.group, part.type, std::move(options)), label_(part.seen.label) {}

    std::string label() const override { return label_; }
    const Resource* carrier() const override { return carrier_; }
    void set_carrier(const Resource* carrier) { carrier_ = carrier; }
    ResourceObservation look(Looking&) const override { return {}; }
    Intent intend(Goal, const ResourceObservation&) const override { return {}; }
    void perform(const std::string&, Doing&) const override {
        throw Error(Error::Code::failed, "it was only recalled, not loaded", rid().text());
    }

private:
    std::string label_;
    const Resource* carrier_ = nullptr;
};

std::unique_ptr<RecalledResource> resource_of(const KeptService::Part& part) {
    Options options(part.rid.text(), {}, generic_keywords());
    if (!part.subset.empty()) options.set("subset", {part.subset, {}});
    if (!part.tags.empty()) options.set("tags", {part.tags, {}});
    if (part.disabled) options.set("disable", {"true", {}});
    if (part.optional) options.set("optional", {"true", {}});
    if (part.monitored) options.set("monitor", {"true", {}});
    return std::make_unique<RecalledResource>(part, std::move(options));
}

std::unique_ptr<Service> service_of(const KeptService& kept, const Path& file) {
    Options defaults("DEFAULT", {}, default_keywords());
    defaults.set("nodes", {kept.nodes, {}});
    defaults.set("orchestrate", {kept.orchestrate, {}});
    std::vector<std::unique_ptr<Resource>> resources;
    resources.reserve(kept.parts.size());
    std::map<Rid, RecalledResource*> by_rid;
    for (const KeptService::Part& part : kept.parts) {
        auto resource = resource_of(part);
        by_rid[part.rid] = resource.get();
        resources.push_back(std::move(resource));
    }
    for (const KeptService::Part& part : kept.parts)
        if (const auto carrier = by_rid.find(part.carrier); carrier != by_rid.end()) by_rid[part.rid]->set_carrier(carrier->second);
    return std::make_unique<Service>(kept.name, file, std::move(defaults), std::move(resources));
}

KeptService::Part part_of(const Resource& resource, const ResourceObservation& seen) {
    KeptService::Part part{resource.rid(), resource.group(), resource.type(), resource.subset(),
                           fmt::to_string(fmt::join(resource.tags(), " "))};
    part.disabled = resource.disabled();
    part.optional = resource.optional();
    part.monitored = resource.monitored();
    if (resource.carrier() != nullptr) part.carrier = resource.carrier()->rid();
    part.seen = seen;
    if (part.seen.label.empty()) part.seen.label = resource.label();
    return part;
}

KeptService kept_of(const SeenService& seen) {
    const Service& service = *seen.loaded.service;
    KeptService kept{service.name(),
                     seen.loaded.env_mark,
                     has_errors(seen.loaded.findings),
                     service.orchestrate(),
                     fmt::to_string(fmt::join(service.nodes(), " ")),
                     {}};
    for (const auto& resource : service.resources())
        if (const auto found = seen.observation.resources.find(resource->rid()); found != seen.observation.resources.end())
            kept.parts.push_back(part_of(*resource, found->second));
    kept.engine = seen.observation.engine;
    return kept;
}

ResourceObservation never_seen(WallTime observed) {
    ResourceObservation seen;
    seen.observed = observed;
    seen.say(LogLine::Level::warn, "nobody had looked at it then");
    return seen;
}

}  // namespace

void keep_looks(World world, const Paths& paths, const std::vector<SeenService>& services) {
    WallTime begun = world.clock.wall();
    std::vector<KeptService> kept;
    kept.reserve(services.size());
    for (const SeenService& seen : services) {
        begun = std::min(begun, seen.observation.observed);
        kept.push_back(kept_of(seen));
    }
    KeptStatus::write(world.files, paths.kept_looks, begun, kept);
}

KeptLooks::KeptLooks(World world, const Paths& paths, const Node& node)
    : node_(node), shared_(world, paths, node), kept_(KeptStatus::open(world.files, paths.kept_looks)) {
    if (!kept_) throw Error(Error::Code::refused, "nobody has looked at all services since this node booted", paths.kept_looks, remedy);
    JournalReader journal(world, paths.database);
    interrupted_ = journal.interrupted();
    acted_ = journal.acted_since(kept_->observed());
    journal_problem_ = journal.problem();
}

RecalledService KeptLooks::recall(const std::string& service) {
    const EnvFile file = locate_env_file(shared_.world.files, shared_.paths, service);
    RecalledService recalled;
    std::optional<KeptService> kept = kept_->find(service);
    if (!kept) return recalled;
    recalled.config_changed = kept->env_mark != env_mark(file, node_);
    recalled.engine = kept->engine;
    if (!recalled.config_changed && !kept->env_errors) recalled.service = service_of(*kept, file.path);
    recalled.resources.reserve(kept->parts.size());
    for (KeptService::Part& part : kept->parts) recalled.resources.emplace_back(std::move(part.rid), std::move(part.seen));
    return recalled;
}

Observation KeptLooks::observe(const Service& service, const Selection& selection, RecalledService recalled) {
    Observation observation = observe_flags(shared_, service.name());
    observation.observed = kept_->observed();
    observation.journal_problem = journal_problem_;
    if (decided_by_engine(service) && !selection.groups && !selection.rids) observation.engine = recalled.engine;
    if (const auto found = interrupted_.find(service.name()); found != interrupted_.end()) observation.interrupted = found->second;
    const auto action = acted_.find(service.name());
    observation.kept.emplace(Observation::Kept{action == acted_.end() ? std::string() : action->second, recalled.config_changed});
    auto next = recalled.resources.begin();
    for (const Resource* resource : selected(service, selection)) {
        // Mostly the order is the same.
        if (next == recalled.resources.end() || next->first != resource->rid())
            next = std::ranges::find(recalled.resources, resource->rid(), &std::pair<Rid, ResourceObservation>::first);
        const bool known = next != recalled.resources.end();
        observation.resources.emplace(resource->rid(), known ? std::move((next++)->second) : never_seen(observation.observed));
    }
    return observation;
}

}  // namespace svcmgr
