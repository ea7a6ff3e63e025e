#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "drivers/network/cni/configuration.h"

namespace svcmgr::cni {

/// What ADD returned (CNI specification 1.0, section 5; 0.2.0 and 0.3.0 are read too).
struct Result {
    struct Interface {
        std::string name, mac;
        std::string sandbox;  ///< the network namespace that it is in; empty: the node's
    };
    struct Address {
        std::string address;  ///< numeric, without its prefix
        int prefix = 0;
        std::string gateway;                   ///< empty when there is none
        std::optional<std::size_t> interface;  ///< which of the interfaces has it
    };
    struct Route {
        std::string destination;  ///< "0.0.0.0/0"
        std::string gateway;      ///< empty: that of the address of the same family
    };
    std::vector<Interface> interfaces;
    std::vector<Address> addresses;
    std::vector<Route> routes;
    Json json;  ///< as it was printed
};

/// Strict: whatever is not as the specification has it is the reason.
tl::expected<Result, std::string> read_result(std::string_view text);
tl::expected<Result, std::string> read_result_json(const Json& json);

/// What a plugin prints when it fails: "code 11, try again later: no lease yet (…)". Nothing for a text that is none.
struct PluginError {
    int code = 0;
    std::string message, details;

    std::string text() const;
    bool is_for_later() const { return code == try_again_later; }
    static constexpr int try_again_later = 11;
};
std::optional<PluginError> read_error(std::string_view text);

}  // namespace svcmgr::cni
