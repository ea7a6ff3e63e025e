#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "resources/resource.h"

namespace svcmgr {

/// A directory that is exported to a client, as exportfs(8) writes it: "client(rw,sync)".
struct NfsExport {
    Path path;
    std::string client;                ///< a name, a network, "*"
    std::vector<std::string> options;  ///< empty: the system's defaults
};

/// The clients in `opts` of a share: "*(ro) 10.0.0.0/8(rw,sync)". What has no parenthesis has no options.
std::vector<NfsExport> parse_share_options(const Path& path, std::string_view opts);
/// The lines of /var/lib/nfs/etab, which exportfs keeps: the path, a tab, client and options.
std::vector<NfsExport> parse_etab(std::string_view text);

/// `share#n` with type = nfs: a directory that is exported while the service is up (contract.md 2.9). Up when each of its clients has it
/// with the options that the section says; a client that lacks it, or has other options, is a warning.
class NfsShare : public Resource {
public:
    NfsShare(Rid rid, Options options);

    std::string label() const override { return "nfs:" + path_; }
    ResourceObservation look(Looking& looking) const override;
    Intent intend(Goal goal, const ResourceObservation& observation) const override;
    void perform(const std::string& verb, Doing& doing) const override;

private:
    Path path_;
    std::vector<NfsExport> wanted_;
};

}  // namespace svcmgr
