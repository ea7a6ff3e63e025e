#include "drivers/network/namespace_view.h"

#include <fmt/format.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "drivers/network/address.h"
#include "drivers/network/network.h"

namespace svcmgr {

namespace {

using Json = nlohmann::json;

std::string text_in(const Json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

tl::unexpected<std::string> unread(const char* what) {
    return tl::unexpected(fmt::format("`ip -json {} show` printed something else than its own format", what));
}

/// An older `ip` prints nothing where there is nothing.
tl::expected<Json, std::string> parse_list(std::string_view text, const char* what) {
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return Json::array();
    Json list = Json::parse(text, nullptr, false);
    const bool good = list.is_array() && std::ranges::all_of(list, [](const Json& one) { return one.is_object(); });
    if (!good) return unread(what);
    return list;
}

/// "10.1.0.5" is "10.1.0.5/32": `ip` leaves out the length of a host route.
std::string destination_of(const std::string& said, const std::string& all) {
    if (said == "default") return all;
    if (said.find('/') != std::string::npos) return said;
    return fmt::format("{}/{}", said, said.find(':') == std::string::npos ? 32 : 128);
}

tl::expected<std::string, std::string> answer(Processes& processes, const Path& network_namespace, Argv argv, Deadline deadline) {
    const CommandResult result = processes.run(in_network(network_namespace, std::move(argv)), deadline);
    if (!result.ok() || result.truncated)
        return tl::unexpected(fmt::format("the network namespace {} can't be looked into: {}", network_namespace, result.describe()));
    return result.out;
}

}  // namespace

const NamespaceView::Adapter* NamespaceView::adapter(std::string_view name) const {
    const auto found = std::ranges::find(adapters, name, &Adapter::name);
    return found == adapters.end() ? nullptr : &*found;
}

bool NamespaceView::has(const std::string& adapter, const std::string& address, int prefix) const {
    return std::ranges::any_of(addresses, [&](const Address& one) {
        return one.adapter == adapter && one.prefix == prefix && same_address(one.address, address);
    });
}

bool NamespaceView::has_route(const std::string& destination, const std::string& gateway, const std::string& adapter) const {
    return std::ranges::any_of(routes, [&](const Route& one) {
        return one.destination == destination && (gateway.empty() || same_address(one.gateway, gateway)) &&
               (adapter.empty() || one.adapter == adapter);
    });
}

Argv in_network(const Path& network_namespace, Argv argv) {
    Argv words = {"nsenter", "--net=" + network_namespace, "--"};
    std::ranges::move(argv, std::back_inserter(words));
    return words;
}

tl::expected<NamespaceView, std::string> parse_addresses(std::string_view json) {
    const auto list = parse_list(json, "address");
    if (!list) return tl::unexpected(list.error());
    NamespaceView view;
    for (const Json& one : *list) {
        const std::string name = text_in(one, "ifname");
        if (name.empty()) continue;  // `ip` leaves empty objects for adapters that a selection hides
        const auto flags = one.find("flags");
        const bool up = flags != one.end() && flags->is_array() && std::ranges::find(*flags, "UP") != flags->end();
        view.adapters.push_back({name, text_in(one, "address"), up});
        const auto addresses = one.find("addr_info");
        if (addresses == one.end()) continue;
        if (!addresses->is_array()) return unread("address");
        for (const Json& held : *addresses) {
            const std::string address = text_in(held, "local");
            const auto prefix = held.find("prefixlen");
            if (address.empty() || prefix == held.end() || !prefix->is_number_integer()) continue;
            view.addresses.push_back({name, address, prefix->get<int>()});
        }
    }
    return view;
}

tl::expected<std::vector<NamespaceView::Route>, std::string> parse_routes(std::string_view json, const std::string& all) {
    const auto list = parse_list(json, "route");
    if (!list) return tl::unexpected(list.error());
    std::vector<NamespaceView::Route> routes;
    for (const Json& one : *list) {
        const std::string destination = text_in(one, "dst");
        if (destination.empty()) return unread("route");
        routes.push_back({destination_of(destination, all), text_in(one, "gateway"), text_in(one, "dev")});
    }
    return routes;
}

tl::expected<NamespaceView, std::string> look_into(Processes& processes, const Path& network_namespace, Deadline deadline) {
    const auto addresses = answer(processes, network_namespace, {"ip", "-json", "address", "show"}, deadline);
    if (!addresses) return tl::unexpected(addresses.error());
    auto view = parse_addresses(*addresses);
    if (!view) return view;
    for (const auto& [family, all] : {std::pair("-4", "0.0.0.0/0"), std::pair("-6", "::/0")}) {
        const auto text = answer(processes, network_namespace, {"ip", family, "-json", "route", "show"}, deadline);
        if (!text) return tl::unexpected(text.error());
        auto routes = parse_routes(*text, all);
        if (!routes) return tl::unexpected(routes.error());
        std::ranges::move(*routes, std::back_inserter(view->routes));
    }
    return view;
}

}  // namespace svcmgr
