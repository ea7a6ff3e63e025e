#include "svcmgr/cluster/replication/replica_memory.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "drivers/block/sysfs.h"
#include "drivers/error.h"
#include "drivers/host.h"

namespace svcmgr {

namespace {

using Json = nlohmann::ordered_json;
constexpr std::string_view schema = "svcmgr.replicas/1";
constexpr Duration patience = std::chrono::seconds(10);

Json json_of(const PeerReplica& replica) {
    Json json = {{"direction", replica.direction == PeerReplica::Direction::sent ? "sent" : "received"}};
    if (replica.agreed_at) json["agreed_at"] = replica.agreed_at->time_since_epoch().count();
    if (replica.fetching) json["fetching"] = replica.fetching->time_since_epoch().count();
    json["files"] = replica.files;
    json["problem"] = replica.problem;
    json["mark"] = replica.mark;
    return json;
}

PeerReplica replica_of(const Json& json) {
    PeerReplica replica;
    replica.direction = json.at("direction") == "received" ? PeerReplica::Direction::received : PeerReplica::Direction::sent;
    for (auto [key, time] : {std::pair{"agreed_at", &replica.agreed_at}, std::pair{"fetching", &replica.fetching}})
        if (const auto at = json.find(key); at != json.end()) *time = WallTime(WallTime::duration(at->get<std::int64_t>()));
    replica.files = json.at("files").get<Agreement>();
    replica.problem = json.at("problem").get<std::string>();
    replica.mark = json.at("mark").get<std::string>();
    return replica;
}

std::string file_name(const std::string& service, const Rid& rid) {
    std::string name = fmt::format("{}.{}", service, rid.text());
    std::ranges::replace(name, '#', '.');
    return name;
}

}  // namespace

std::string to_json(const PeerReplicas& replicas) {
    Json peers = Json::object();
    for (const auto& [peer, replica] : replicas) peers[peer] = json_of(replica);
    const Json document = {{"schema", schema}, {"peers", std::move(peers)}};
    return document.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

tl::expected<PeerReplicas, std::string> parse_replicas(std::string_view text) {
    try {
        const Json document = Json::parse(text);
        if (document.at("schema") != schema) return tl::unexpected(fmt::format("it is not of the schema {}", schema));
        PeerReplicas replicas;
        for (const auto& [peer, json] : document.at("peers").items()) replicas.emplace(peer, replica_of(json));
        return replicas;
    } catch (const std::exception& problem) {
        return tl::unexpected(printable(std::string_view(problem.what())));
    }
}

ReplicaMemory::ReplicaMemory(World world, const Paths& paths, const std::string& service, const Rid& rid)
    : world_(world),
      file_(fmt::format("{}/replicas/{}.json", paths.state, file_name(service, rid))),
      lock_(fmt::format("{}/{}.replica.lock", paths.locks, file_name(service, rid))) {}

tl::expected<PeerReplicas, std::string> ReplicaMemory::read() const {
    const auto text = world_.files.read(file_);
    if (!text && text.error().absent()) return PeerReplicas{};
    if (!text) return tl::unexpected(fmt::format("{}: {}", file_, text.error().reason));
    auto replicas = parse_replicas(*text);
    if (!replicas) return tl::unexpected(fmt::format("{}: {}", file_, replicas.error()));
    return replicas;
}

void ReplicaMemory::change(const std::string& peer, const std::function<void(PeerReplica&)>& edit) const {
    const std::string holder = fmt::format("{} (pid {})", world_.host.caller().user, world_.processes.self().pid);
    const auto held = world_.files.lock(lock_, holder, Deadline::in(world_.clock, patience));
    if (!held) throw Error(Error::Code::locked, fmt::format("{} changes what is remembered of the replicas", held.error().holder), lock_);
    PeerReplicas replicas = read().value_or(PeerReplicas{});
    edit(replicas[peer]);
    world_.files.make_directories(file_.substr(0, file_.rfind('/')), 0700);
    world_.files.replace(file_, to_json(replicas), 0600);
}

void ReplicaMemory::keep_failure(const std::string& peer, Doing& doing, const std::function<void()>& replicate) const {
    try {
        replicate();
    } catch (const Error& error) {
        if (error.code() == Error::Code::interrupted) throw;
        try {
            change(peer, [&](PeerReplica& replica) { replica.problem = error.message(); });
        } catch (const Error& unremembered) {
            doing.note(LogLine::Level::warn, fmt::format("that it failed could not be kept: {}", unremembered.what()));
        }
        throw;
    }
}

}  // namespace svcmgr
