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

    /// Whether a list of the section names this node.
    bool here(std::string_view keyword) const {
        if (!section_.said(keyword)) return false;
        const std::vector<std::string> names = section_.list(keyword);
        if (contains(names, nodename_)) return true;
        if (contains(names, "nodes") && contains(defaults_.list("nodes"), nodename_)) return true;
        return contains(names, "drpnodes") &&
               (contains(defaults_.list("drpnodes"), nodename_) || contains(defaults_.list("drpnode"), nodename_));
    }

    void settle(const std::string& keyword, std::string_view list) {
        if (here(list)) section_.set(keyword, {"true", section_.place_of(list)});
    }

    void settle_disable() {
        if (defaults_.flag("disable"))
            section_.set("disable", {"true", defaults_.place_of("disable")});
        else if (here("enable_on"))
            section_.set("disable", {"false", section_.place_of("enable_on")});
        else if (!section_.said("disable"))
            settle("disable", "disable_on");
    }

private:
    Options& section_;
    const Options& defaults_;
    std::string_view nodename_;
};

}  // namespace

void settle_where(Options& section, const Options& defaults, std::string_view nodename) {
    if (section.keywords().find("disable") == nullptr) return;  // no resource
    Where where(section, defaults, nodename);
    where.settle_disable();
    where.settle("optional", "optional_on");
    where.settle("monitor", "monitor_on");
    where.settle("standby", "always_on");
}

}  // namespace svcmgr
