// What the Engine is asked about networks.

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "drivers/hypervisor/docker/engine.h"

namespace svcmgr::docker {

std::vector<ListedNetwork> Engine::networks(const std::string& name, Deadline deadline) {
    const Call call{.path = "/networks?filters=" + filter("name", {name})};
    const HttpAnswer answer = have_done(call, deadline);
    auto found = must_read(read_networks(answer.body));
    // docker's filter is a pattern that may stand anywhere in a name.
    std::erase_if(found, [&](const ListedNetwork& network) { return network.name != name; });
    return found;
}

std::optional<ListedNetwork> Engine::network(const std::string& word, Deadline deadline) {
    const auto answer = find(fmt::format("/networks/{}", percent_encoded(word)), deadline);
    if (!answer) return std::nullopt;
    return must_read(read_network(answer->body));
}

std::map<std::string, Endpoint> Engine::endpoints(const std::string& id, Deadline deadline) {
    const auto answer = find(fmt::format("/containers/{}/json", percent_encoded(id)), deadline);
    if (!answer) return {};
    return must_read(read_endpoints(answer->body));
}

void Engine::make_network(const std::string& body, Deadline deadline) {
    const Call call{.method = "POST", .path = "/networks/create", .body = body};
    have_done(call, deadline);
}

void Engine::remove_unused_network(const std::string& name, Deadline deadline) {
    const Call call{.method = "DELETE", .path = fmt::format("/networks/{}", percent_encoded(name))};
    const HttpAnswer answer = ask(call, deadline);
    constexpr int in_use = 403, not_there = 404;
    if (!is_good(answer) && answer.status != in_use && answer.status != not_there) refuse(call, answer);
}

void Engine::connect(const std::string& network, const std::string& id, const std::string& endpoint, Deadline deadline) {
    const nlohmann::json body = {{"Container", id}, {"EndpointConfig", nlohmann::json::parse(endpoint)}};
    const Call call{.method = "POST", .path = fmt::format("/networks/{}/connect", percent_encoded(network)), .body = body.dump()};
    have_done(call, deadline);
}

void Engine::disconnect(const std::string& network, const std::string& id, Deadline deadline) {
    const nlohmann::json body = {{"Container", id}, {"Force", true}};
    const Call call{.method = "POST", .path = fmt::format("/networks/{}/disconnect", percent_encoded(network)), .body = body.dump()};
    const HttpAnswer answer = ask(call, deadline);
    if (!is_good(answer) && answer.status != 404) refuse(call, answer);
}

}  // namespace svcmgr::docker
