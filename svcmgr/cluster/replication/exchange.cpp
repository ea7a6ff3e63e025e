#include "svcmgr/cluster/replication/exchange.h"

#include <optional>
#include <set>

namespace svcmgr {

namespace {

using What = Exchange::What;

std::string identity_in(const FileStates& files, const std::string& name) {
    const auto found = files.find(name);
    return found == files.end() ? std::string() : found->second.identity();
}

/// `here` and `there` differ, and one of them may be empty.
std::optional<What> decide(FileKind kind, const std::string& here, const std::string& there, const std::string& agreed,
                           const Partner& partner) {
    const bool forced = partner.force == Partner::Force::overwrite;
    const bool takes = partner.site == Partner::Site::node && kind != FileKind::definition;
    if (here.empty()) {
        if (kind == FileKind::definition) return std::nullopt;
        if (kind == FileKind::launcher && (there == agreed || forced)) return What::remove;
        return takes && agreed.empty() ? What::fetch : takes ? What::conflict : What::newer_there;
    }
    if (there.empty() || there == agreed || forced) return What::send;
    if (here != agreed) return What::conflict;
    return takes ? What::fetch : What::newer_there;
}

}  // namespace

std::vector<Exchange> reconcile(const FileStates& here, const FileStates& there, const Agreement& agreed, const Partner& partner) {
    std::set<std::string, FileOrder> names;
    for (const auto* files : {&here, &there})
        for (const auto& [name, state] : *files) names.insert(name);
    const bool fresh = !there.contains("env");  // it has lost what it had, or never had anything
    std::vector<Exchange> exchanges;
    for (const std::string& name : names) {
        const std::string ours = identity_in(here, name);
        const std::string theirs = identity_in(there, name);
        const auto known = agreed.find(name);
        const auto kind = kind_of_file(name);
        if (ours == theirs || !kind) continue;
        const std::string base = known == agreed.end() || fresh ? std::string() : known->second;
        if (const auto what = decide(*kind, ours, theirs, base, partner)) exchanges.push_back({name, *what, theirs});
    }
    return exchanges;
}

Agreement agreement_of(const FileStates& here, const FileStates& there) {
    Agreement agreement;
    for (const auto& [name, state] : here)
        if (identity_in(there, name) == state.identity()) agreement[name] = state.identity();
    return agreement;
}

}  // namespace svcmgr
