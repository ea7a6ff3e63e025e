#include "svcmgr/cluster/node_selection.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "drivers/error.h"

namespace svcmgr {

std::string stated_nodes(const std::string& list, const Node& node, const Place& place) {
    std::vector<std::string> nodes;
    const auto add = [&](const std::string& name) {
        if (std::ranges::find(nodes, name) == nodes.end()) nodes.push_back(name);
    };
    for (const std::string& word : split_words(list)) {
        const auto equal = word.find('=');
        if (equal == std::string::npos) {
            add(word);
            continue;
        }
        bool any = false;
        for (const auto& [name, labels] : node.labels()) {
            const auto label = labels.find(lower_case(word.substr(0, equal)));
            if (label == labels.end() || label->second != word.substr(equal + 1)) continue;
            add(name);
            any = true;
        }
        if (!any)
            throw Error(Error::Code::invalid, fmt::format("no node has the label {}", word), place.to_string(),
                        "say it in [node] of node.conf: label.NAME = VALUE of this node, label.NAME@NODE = VALUE of another");
    }
    return fmt::format("{}", fmt::join(nodes, " "));
}

}  // namespace svcmgr
