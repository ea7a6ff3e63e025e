#include "svcmgr/cluster/kept_looks.h"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "drivers/error.h"

namespace svcmgr {

namespace {

using Json = nlohmann::json;
constexpr std::size_t longest_document = std::size_t{64} << 20;
constexpr const char* remedy = "`svcmgr status --heal` keeps what it sees of all services; svcmgr-monitor.timer runs it each minute";

LogLine::Level level_of(std::string_view word) {
    for (const LogLine::Level level : {LogLine::Level::warn, LogLine::Level::error})
        if (word == to_string(level)) return level;
    return LogLine::Level::info;
}

ResourceObservation resource_of(const Json& json, WallTime observed) {
    ResourceObservation seen;
    seen.status = parse_status(json.at("status").get_ref<const std::string&>()).value_or(Status::undef);
    seen.label = json.at("label").get<std::string>();
    seen.observed = observed;
    if (const auto addresses = json.find("addresses"); addresses != json.end()) seen.addresses = addresses->get<std::vector<std::string>>();
    for (const Json& line : json.at("log"))
        seen.say(level_of(line.at("level").get_ref<const std::string&>()), line.at("message").get<std::string>());
    return seen;
}

ResourceObservation never_seen(WallTime observed) {
    ResourceObservation seen;
    seen.observed = observed;
    seen.say(LogLine::Level::warn, "nobody had looked at it then");
    return seen;
}

}  // namespace

KeptLooks read_kept_looks(const Files& files, const Paths& paths) {
    const Path& file = paths.kept_status;
    const auto facts = files.facts(file);
    if (!facts && facts.error().absent())
        throw Error(Error::Code::refused, "nobody has looked at all services since this node booted", file, remedy);
    const auto text = files.read(file, longest_document);
    if (!text) throw Error(Error::Code::failed, text.error().reason, file, remedy);
    KeptLooks kept;
    kept.observed = facts ? facts->modified : WallTime();
    try {
        const Json document = Json::parse(*text);
        if (document.at("schema") != "svcmgr.status/1")
            throw Error(Error::Code::failed, "it is not of the schema svcmgr.status/1", file, remedy);
        for (const auto& [service, seen] : document.at("services").items()) {
            auto& resources = kept.services[service];
            for (const auto& [rid, resource] : seen.at("resources").items()) resources[Rid(rid)] = resource_of(resource, kept.observed);
        }
    } catch (const Json::exception& problem) {
        throw Error(Error::Code::failed, problem.what(), file, remedy);
    }
    return kept;
}

std::vector<Observation> recall(World world, const Paths& paths, const Node& node, const std::vector<Sight>& sights,
                                const KeptLooks& kept) {
    const LookShared shared(world, paths, node);
    JournalReader journal(world, paths.database);
    const auto interrupted = journal.interrupted();
    const auto acted = journal.acted_since(kept.observed);
    std::vector<Observation> observations;
    observations.reserve(sights.size());
    for (const Sight& sight : sights) {
        ServiceLook look(shared, *sight.service, sight.selection, Purpose::show);
        look.take_journal(interrupted, journal.problem());
        const auto resources = kept.services.find(sight.service->name());
        look.recall([&](const Rid& rid) {
            if (resources == kept.services.end()) return never_seen(kept.observed);
            const auto found = resources->second.find(rid);
            return found == resources->second.end() ? never_seen(kept.observed) : found->second;
        });
        Observation observation = look.take();
        observation.observed = kept.observed;
        const auto action = acted.find(sight.service->name());
        observation.kept.emplace(action == acted.end() ? std::string() : action->second);
        observations.push_back(std::move(observation));
    }
    return observations;
}

}  // namespace svcmgr
