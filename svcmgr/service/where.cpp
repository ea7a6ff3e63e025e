#include "svcmgr/service/where.h"

#include <algorithm>
#include <string>
#include <vector>

namespace svcmgr {

namespace {

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

class Where {
public:
    Where(Options& section, const Options& defaults, std::string_view nodename)
        : section_(section), defaults_(defaults), nodename_(nodename) {}

    void settle(bool all_disabled) {
        settle_disable(all_disabled);
        settle("optional", "optional_on");
        settle("monitor", "monitor_on");
        settle("standby", "always_on");
    }

private:
    /// Whether a list of the section names this node.
    bool here(std::string_view keyword) const {
        if (!section_.said(keyword)) return false;
        const std::vector<std::string> names = section_.list(keyword);
        if (contains(names, nodename_)) return true;
        if (contains(names, "nodes") && contains(defaults_.list("nodes"), nodename_)) return true;
        return contains(names, "drpnodes") &&
               (contains(defaults_.list("drpnodes"), nodename_) || contains(defaults_.list("drpnode"), nodename_));
    }

    void settle(std::string_view keyword, std::string_view list) {
        if (here(list)) section_.set(std::string(keyword), {"true", section_.place_of(list)});
    }

    void settle_disable(bool all_disabled) {
        if (all_disabled)
            section_.set("disable", {"true", defaults_.place_of("disable")});
        else if (here("enable_on"))
            section_.set("disable", {"false", section_.place_of("enable_on")});
        else if (!section_.said("disable"))
            settle("disable", "disable_on");
    }

    Options& section_;
    const Options& defaults_;
    std::string_view nodename_;
};

}  // namespace

void settle_where(std::vector<Options>& sections, const Options& defaults, std::string_view nodename) {
    const bool all_disabled = defaults.flag("disable");
    const auto is_where = [](const auto& value) { return value.first.ends_with("_on"); };
    for (Options& section : sections) {
        if (!all_disabled && std::ranges::none_of(section.values(), is_where)) continue;
        if (section.keywords().find("disable") == nullptr) continue;  // no resource
        Where(section, defaults, nodename).settle(all_disabled);
    }
}

}  // namespace svcmgr
