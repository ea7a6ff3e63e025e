// Any bytes as network configurations, results and errors of plugins, what was kept of them, and what `ip` says of a namespace. Nothing may
// crash or hang, and what is read keeps its shape: types become paths of programs, names become those of files.

#include <cstdint>
#include <string>

#include "drivers/network/address.h"
#include "drivers/network/cni/caller.h"
#include "drivers/network/cni/kept.h"
#include "drivers/network/namespace_view.h"
#include "resources/route_ip.h"
#include "tests/fuzz/support.h"

using namespace svcmgr;
using namespace svcmgr::cni;
using fuzz::require;

namespace {

void check_networks(std::string_view text) {
    const auto networks = read_networks(text);
    if (!networks) return require(!networks.error().empty(), "what can't be read says why");
    for (const cni::Network& network : *networks) {
        require(is_cni_name(network.name), "a network's name is one of the specification");
        require(!network.plugins.empty(), "a network has a plugin");
        for (const Json& plugin : network.plugins)
            require(plugin.at("type").get<std::string>().find('/') == std::string::npos, "a plugin is in a plugin directory");
        Attachment attachment{"web.container.1", "eth0", "/run/netns/web", "K=V", {{"ips", {"10.1.0.5"}}}, network};
        const Json input = cni::Caller::input_of(attachment, network.plugins.front(), nullptr);
        require(input.at("name") == network.name && !input.contains("capabilities"), "a plugin is told its network");
        const Kept kept{attachment, 1, "boot", nullptr, "web", "ip#1"};
        const auto back = read_kept(kept_text(kept));
        require(back.has_value() && back->attachment.network.name == network.name, "what is kept comes back");
    }
}

void check_result(std::string_view text) {
    const auto result = read_result(text);
    if (!result) return require(!result.error().empty(), "what is no result says why");
    for (const Result::Address& address : result->addresses) {
        require(address_bytes(address.address).has_value(), "an address is one");
        require(!address.interface || *address.interface < result->interfaces.size(), "it is on an interface of the result");
    }
    for (const Result::Route& route : result->routes)
        require(address_in_subnet(route.destination).has_value(), "a route has a destination");
    require(read_result_json(result->json).has_value(), "a result can be kept and read again");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text = fuzz::text_of(data, size);
    check_networks(text);
    check_result(text);
    if (const auto error = read_error(text)) require(!error->text().empty(), "an error says something");
    if (const auto kept = read_kept(text)) require(kept_text(*read_kept(kept_text(*kept))) == kept_text(*kept), "kept twice is the same");
    parse_addresses(text);
    parse_routes(text, "0.0.0.0/0");
    identity_of_route(text);
    return 0;
}
