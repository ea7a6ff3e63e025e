#include "svcmgr/cluster/kept_drill.h"

#include <fmt/format.h>

namespace svcmgr {

const ServiceDrill& KeptDrill::of(const std::string& service) const {
    static const ServiceDrill never;
    const auto found = services.find(service);
    return found == services.end() ? never : found->second;
}

KeptDrill recall_drill(const Files& files, const Paths& paths) {
    constexpr std::size_t largest = 64 << 20;
    const auto text = files.read(paths.kept_drill, largest);
    if (!text && text.error().absent()) return {};
    if (!text) return {{}, fmt::format("{}: {}", paths.kept_drill, text.error().reason)};
    auto document = parse_drill(*text);
    if (!document) return {{}, fmt::format("{}: {}", paths.kept_drill, document.error().reason)};
    return {std::move(document->services), {}};
}

void keep_drill(Files& files, const Paths& paths, const DrillDocument& document, OtherServices others) {
    DrillDocument kept = document;
    if (others == OtherServices::kept) kept.services.merge(recall_drill(files, paths).services);
    files.make_directories(paths.state, 0700);
    files.replace(paths.kept_drill, to_json(kept) + "\n", 0600);
}

}  // namespace svcmgr
