#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>
#include <tl/expected.hpp>

#include "drivers/files/files.h"

namespace svcmgr::cni {

using Json = nlohmann::json;

/// A network as its configuration describes it (CNI specification 1.0, section 1): plugins that are run one after the other.
struct Network {
    std::string name;
    std::string version;        ///< "1.0.0": `cniVersion`; "0.2.0" where nothing says it, as the specification has it for old files
    bool checked = true;        ///< whether CHECK may be asked for: false with `disableCheck`
    std::vector<Json> plugins;  ///< each as it was written, with its `type`

    /// Whether its version has CHECK, and the result of ADD with DEL: 0.4.0 and later.
    bool knows_results() const;
    /// As a configuration list, for keeping it.
    Json json() const;
    bool operator==(const Network&) const = default;
};

/// The networks that a file describes: a configuration list (.conflist), a single plugin (.conf), or an object whose `networks` are some
/// of these. The reason, with line and column where the text is no JSON, when it is none of them.
tl::expected<std::vector<Network>, std::string> read_networks(std::string_view text);

/// The network of that name in a directory of *.conflist, *.conf and *.json, the first in the order of the files' names. A file that can't
/// be read hides no other; it is named when the network is in none.
tl::expected<Network, std::string> find_network(const Files& files, const Path& directory, const std::string& name);

/// Whether the specification allows it as the name of a network or the id of a container.
bool is_cni_name(std::string_view text);

/// A JSON text; the reason, "line 3, column 5: …", when it is none, or nested more than 100 deep. A key that is there twice is one too.
tl::expected<Json, std::string> parse_json(std::string_view text);

}  // namespace svcmgr::cni
