#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "drivers/clock.h"
#include "drivers/files/files.h"
#include "drivers/process/processes.h"

namespace svcmgr {

/// What is in a network namespace: read from `ip -json` there.
struct NamespaceView {
    struct Adapter {
        std::string name, hardware;
        bool up = false;
    };
    struct Address {
        std::string adapter, address;  ///< numeric, without its prefix
        int prefix = 0;
    };
    struct Route {
        std::string destination;  ///< "0.0.0.0/0", "10.1.0.0/16"
        std::string gateway;      ///< empty: its network is on the link
        std::string adapter;
    };
    std::vector<Adapter> adapters;
    std::vector<Address> addresses;
    std::vector<Route> routes;  ///< of the main table

    const Adapter* adapter(std::string_view name) const;
    bool has(const std::string& adapter, const std::string& address, int prefix) const;
    /// Whether one leads to `destination`; through `gateway` where that is not empty, over `adapter` likewise.
    bool has_route(const std::string& destination, const std::string& gateway, const std::string& adapter) const;
};

/// A program and its arguments as they run in the network namespace that a path leads to, and otherwise where we are.
Argv in_network(const Path& network_namespace, Argv argv);

/// Looks into a namespace. The reason when that is not possible. Never throws.
tl::expected<NamespaceView, std::string> look_into(Processes& processes, const Path& network_namespace, Deadline deadline);

// The parts of it: text in, values out.

/// `ip -json address show`, into an empty view.
tl::expected<NamespaceView, std::string> parse_addresses(std::string_view json);
/// `ip -json route show`. `all` is the destination that "default" stands for: "0.0.0.0/0", "::/0".
tl::expected<std::vector<NamespaceView::Route>, std::string> parse_routes(std::string_view json, const std::string& all);

}  // namespace svcmgr
