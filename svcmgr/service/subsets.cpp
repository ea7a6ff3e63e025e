#include "svcmgr/service/subsets.h"

#include <fmt/format.h>

#include <optional>

#include "svcmgr/config/finding.h"

namespace svcmgr {

namespace {

constexpr Group groups[] = {Group::ip, Group::disk, Group::fs, Group::container, Group::share, Group::app, Group::sync, Group::task};

std::optional<Group> group_named(std::string_view word) {
    for (const Group group : groups)
        if (to_string(group) == word) return group;
    return {};
}

std::string nearest_group(std::string_view word) {
    std::vector<std::string_view> words;
    for (const Group group : groups) words.push_back(to_string(group));
    return nearest_word(word, words);
}

}  // namespace

Subsets subsets_of(const std::vector<Options>& sections) {
    Subsets subsets;
    for (const Options& section : sections) {
        const Rid rid(section.section());
        if (rid.kind() != "subset") continue;
        const std::string index = rid.index();
        const std::string word = index.substr(0, index.find(':'));
        const std::string name = index.size() > word.size() ? index.substr(word.size() + 1) : "";
        const std::optional<Group> group = group_named(word);
        if (!group)
            subsets.bad.push_back({section,
                                   fmt::format("[{}] names no group; write [subset#GROUP:NAME], like [subset#fs:data]", section.section()),
                                   nearest_group(word)});
        else if (section.flag("parallel"))
            subsets.parallel.insert({*group, name});
    }
    return subsets;
}

}  // namespace svcmgr
