#include "resources/fs_order.h"

#include <algorithm>

#include "resources/mounts.h"
#include "resources/rid.h"

namespace svcmgr {

namespace {

std::string said(const Options& section, std::string_view keyword) {
    return section.keywords().find(keyword) == nullptr ? std::string() : section.text(keyword);
}

/// The mount point, or the directory; empty for a section of another kind.
Path point_of(const Options& section) {
    if (Rid(section.section()).kind() != "fs") return {};
    const std::string path = said(section, "path").empty() ? said(section, "mnt") : said(section, "path");
    return path.empty() ? Path() : plain_path(path);
}

bool needs(const Options& section, const Options& other) {
    const Path point = point_of(section);
    const Path below = point_of(other);
    if (point.empty() || below.empty() || point == below) return false;
    const std::string source = said(section, "path").empty() ? said(section, "dev") : std::string();
    return lies_in(point, below) || (source.starts_with('/') && lies_in(plain_path(source), below));
}

/// `left` ends what two binds that show each other would make endless.
int place(const Options& section, const std::vector<Options>& sections, std::size_t left) {
    int highest = -1;
    if (left > 0)
        for (const Options& other : sections)
            if (needs(section, other)) highest = std::max(highest, place(other, sections, left - 1));
    return highest + 1;
}

}  // namespace

int fs_place(const Options& section, const std::vector<Options>& sections) {
    constexpr std::size_t deepest = 16;
    return place(section, sections, std::min(sections.size(), deepest));
}

}  // namespace svcmgr
