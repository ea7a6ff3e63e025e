#include "svcmgr/compose/yaml.h"

#include <algorithm>

namespace svcmgr::compose {

namespace {

void add(std::vector<Item>& all, Item item) {
    if (std::ranges::find(all, item.key, &Item::key) == all.end()) all.push_back(std::move(item));
}

}  // namespace

int line_of(const YAML::Node& node) {
    return node.Mark().line + 1;
}

std::vector<Item> items(const YAML::Node& mapping) {
    std::vector<Item> all;
    if (!mapping.IsMap()) return all;
    for (const auto& one : mapping)
        if (one.first.IsScalar() && one.first.Scalar() != "<<") add(all, {one.first.Scalar(), one.second, line_of(one.first)});
    for (const auto& one : mapping) {
        if (!one.first.IsScalar() || one.first.Scalar() != "<<") continue;
        for (Item& merged : items(one.second)) add(all, std::move(merged));
        if (one.second.IsSequence())
            for (const auto& part : one.second)
                for (Item& merged : items(part)) add(all, std::move(merged));
    }
    return all;
}

}  // namespace svcmgr::compose
