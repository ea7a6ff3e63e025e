#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "resources/launch.h"
#include "resources/resource.h"

namespace svcmgr {

/// `app#n` of the node: a launcher that starts, stops and checks an application there (contract.md 2.10, 9.3).
///
/// `start`, `stop` and `check` say each whether it takes part: a number is its place among the apps and calls the script, a yes calls the
/// script, a command is run instead of it. The status is what the check exits with: 0 up, 1 down, anything else a warning, unless
/// `retcodes` says otherwise. A check that does not answer in time is undef: nobody saw it down.
///
/// The launcher runs as `user`, else as its script's owner, in a process group of its own; what it leaves running stays.
class NodeApp : public Resource {
public:
    struct Home {
        std::string service;
        Path launchers;                  ///< where a script without a slash is: /etc/svcmgr/SERVICE.d
        Path logs;                       ///< where outputs are kept
        std::vector<Path> mount_points;  ///< of the service's own file systems: what lies on one that is not mounted is not missed
    };

    NodeApp(Rid rid, Options options, Home home);

    std::string label() const override;
    ResourceObservation look(Looking& looking) const override;
    Intent intend(Goal goal, const ResourceObservation& observation) const override;
    void perform(const std::string& verb, Doing& doing) const override;
    int place(Goal goal) const override;

private:
    /// What `verb` (start, stop, check) is to call; nothing when it takes no part in it.
    std::optional<Argv> call(std::string_view verb) const;
    Path script() const;
    Duration patience(std::string_view verb) const;
    /// The program of `argv`, when it is a path that leads nowhere: why.
    std::optional<FileProblem> missing(World& world, const Mounts& mounts, const Argv& argv, Deadline deadline) const;
    bool on_an_absent_mount(const Mounts& mounts, const Path& path) const;
    tl::expected<Surroundings, std::string> surroundings(World& world, const Mounts& mounts, const std::string& action,
                                                         const std::vector<std::string>& environment, Deadline deadline) const;
    /// Whom the launcher runs as, when not as we do.
    tl::expected<std::optional<Account>, std::string> account(World& world, const Mounts& mounts, Deadline deadline) const;
    void judge(const CommandResult& result, ResourceObservation& seen) const;
    void run(std::string_view verb, Doing& doing) const;

    Home home_;
};

}  // namespace svcmgr
