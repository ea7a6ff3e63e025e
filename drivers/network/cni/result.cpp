#include "drivers/network/cni/result.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "drivers/network/address.h"

namespace svcmgr::cni {

namespace {

tl::unexpected<std::string> wrong(std::string reason) {
    return tl::unexpected(std::move(reason));
}

/// Takes a result apart; the first thing that is not as it should be is the problem.
class Reader {
public:
    tl::expected<Result, std::string> read(const Json& json) {
        if (!json.is_object()) return wrong("it is no object");
        result_.json = json;
        for (const Json& one : list(json, "interfaces")) take_interface(one);
        for (const Json& one : list(json, "ips")) take_address(one);
        for (const Json& one : list(json, "routes")) take_route(one);
        for (const char* old : {"ip4", "ip6"})
            if (const auto found = json.find(old); found != json.end() && !found->is_null()) take_old(*found);
        if (!problem_.empty()) return wrong(problem_);
        return std::move(result_);
    }

private:
    const Json& list(const Json& object, const char* name) {
        static const Json none = Json::array();
        const auto found = object.is_object() ? object.find(name) : object.end();
        if (!object.is_object() || found == object.end() || found->is_null()) return none;
        if (found->is_array()) return *found;
        refuse(fmt::format("{} is no list", name));
        return none;
    }

    std::string text(const Json& object, const char* name) {
        if (!object.is_object()) {
            refuse(fmt::format("what should have '{}' is no object", name));
            return {};
        }
        const auto found = object.find(name);
        if (found == object.end() || found->is_null()) return {};
        if (found->is_string()) return found->get<std::string>();
        refuse(fmt::format("{} is no text", name));
        return {};
    }

    std::string gateway(const Json& object, const char* name) {
        std::string address = text(object, name);
        if (address.empty()) return address;
        const auto bytes = address_bytes(address);
        if (!bytes) refuse(fmt::format("{} '{}' is no address", name, address));
        return bytes ? address_text(*bytes) : std::string();
    }

    void take_interface(const Json& one) {
        Result::Interface interface { text(one, "name"), text(one, "mac"), text(one, "sandbox") };
        if (interface.name.empty()) refuse("an interface has no name");
        result_.interfaces.push_back(std::move(interface));
    }

    void take_address(const Json& one, const char* name = "address") {
        const std::string said = text(one, name);
        const auto network = address_in_subnet(said);
        if (!network) return refuse(fmt::format("'{}' is no address with its prefix", said));
        Result::Address address{address_text(network->address), network->prefix, gateway(one, "gateway"), std::nullopt};
        if (const auto index = one.find("interface"); index != one.end() && !index->is_null()) {
            if (!index->is_number_unsigned() || index->get<std::size_t>() >= result_.interfaces.size())
                return refuse(fmt::format("{} is on an interface that the result does not have", said));
            address.interface = index->get<std::size_t>();
        }
        result_.addresses.push_back(std::move(address));
    }

    void take_route(const Json& one) {
        const std::string said = text(one, "dst");
        const auto network = address_in_subnet(said);
        if (!network) return refuse(fmt::format("'{}' is no destination of a route", said));
        result_.routes.push_back({fmt::format("{}/{}", address_text(network->address), network->prefix), gateway(one, "gw")});
    }

    /// Of 0.2.0: an object for each family, with its routes in it.
    void take_old(const Json& one) {
        take_address(one, "ip");
        for (const Json& route : list(one, "routes")) take_route(route);
    }

    void refuse(std::string problem) {
        if (problem_.empty()) problem_ = std::move(problem);
    }

    Result result_;
    std::string problem_;
};

constexpr std::pair<int, const char*> well_known[] = {{1, "incompatible CNI version"},
                                                      {2, "unsupported field in the network configuration"},
                                                      {3, "unknown container"},
                                                      {4, "invalid environment"},
                                                      {5, "input or output failed"},
                                                      {6, "content can't be decoded"},
                                                      {7, "invalid network configuration"},
                                                      {PluginError::try_again_later, "try again later"}};

}  // namespace

tl::expected<Result, std::string> read_result_json(const Json& json) {
    return Reader().read(json);
}

tl::expected<Result, std::string> read_result(std::string_view text) {
    const auto json = parse_json(text);
    if (!json) return wrong(json.error());
    return read_result_json(*json);
}

std::string PluginError::text() const {
    const auto* known = std::ranges::find(well_known, code, &std::pair<int, const char*>::first);
    std::string said = known == std::end(well_known) ? fmt::format("code {}", code) : fmt::format("code {}, {}", code, known->second);
    if (!message.empty()) said += ": " + message;
    if (!details.empty()) said += fmt::format(" ({})", details);
    return said;
}

std::optional<PluginError> read_error(std::string_view text) {
    const auto json = parse_json(text);
    if (!json || !json->is_object()) return std::nullopt;
    const auto code = json->find("code");
    if (code == json->end() || !code->is_number_integer()) return std::nullopt;
    const auto word = [&](const char* name) {
        const auto found = json->find(name);
        return found != json->end() && found->is_string() ? found->get<std::string>() : std::string();
    };
    return PluginError{code->get<int>(), word("msg"), word("details")};
}

}  // namespace svcmgr::cni
