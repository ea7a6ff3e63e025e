#include "svcmgr/compose/yaml.h"

#include <algorithm>

namespace svcmgr::compose {

namespace {

void add(std::vector<Item>& all, Item item) {
    if (std::ranges::find(all, item.key, &Item::key) == all.end()) all.push_back(std::move(item));
}

constexpr int deepest_merge = 20;
constexpr int most_merged = 1000;

class Merger {
public:
    void take(const YAML::Node& mapping, int depth) {
        if (!mapping.IsMap()) return;
        if (depth > deepest_merge) throw YAML::ParserException(mapping.Mark(), "mappings are merged (<<) more than 20 deep");
        if (++merged_ > most_merged) throw YAML::ParserException(mapping.Mark(), "more than 1000 mappings are merged (<<)");
        for (const auto& one : mapping)
            if (one.first.IsScalar() && one.first.Scalar() != "<<") add(all, {one.first.Scalar(), one.second, line_of(one.first)});
        for (const auto& one : mapping) {
            if (!one.first.IsScalar() || one.first.Scalar() != "<<") continue;
            take(one.second, depth + 1);
            if (one.second.IsSequence())
                for (const auto& part : one.second) take(part, depth + 1);
        }
    }

    std::vector<Item> all;

private:
    int merged_ = 0;
};

}  // namespace

int line_of(const YAML::Node& node) {
    return node.Mark().line + 1;
}

std::vector<Item> items(const YAML::Node& mapping) {
    Merger merger;
    merger.take(mapping, 0);
    return std::move(merger.all);
}

}  // namespace svcmgr::compose
