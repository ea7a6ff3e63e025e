#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "drivers/files/files.h"
#include "resources/container.h"
#include "resources/resource.h"

namespace svcmgr {

/// A launcher in the guest: S… starts, K… stops, C… checks (contract.md 9.1, 9.2).
struct Launcher {
    std::string path;
    std::string name() const { return path.substr(path.rfind('/') + 1); }
};

/// The launchers of one kind ('S', 'K' or 'C') among the lines that `find /svc/etc/init.d` printed: those directly in the directory, by
/// name.
std::vector<Launcher> launchers_among(std::string_view find_output, char kind);

/// `app`: the launchers in the guest's /svc/etc/init.d. A launcher that fails makes the status and the action fail; OpenSVC passed over it.
class GuestApp : public Resource {
public:
    /// `container` outlives this. Each launcher's output is kept in `logs`/SERVICE.LAUNCHER.log.
    GuestApp(Rid rid, Options options, const Container& container, std::string service, Path logs);

    std::string label() const override { return "app"; }
    const Resource* carrier() const override { return &container_; }

    void announce(Looking& looking) const override { container_.announce(looking); }
    ResourceObservation look(Looking& looking) const override;
    Intent intend(Goal goal, const ResourceObservation& observation) const override;
    void perform(const std::string& verb, Doing& doing) const override;

private:
    struct Listing {
        std::string lines;
        SshOutcome::Value answer = SshOutcome::Value::ran;
        std::string problem;
    };
    Listing list(World& world, Deadline deadline) const;
    /// Runs every launcher of a kind with an argument; throws Error after the first that fails when starting, after all when stopping.
    void run_all(char kind, const std::string& argument, Doing& doing) const;
    void run_one(const Launcher& launcher, const std::string& argument, Doing& doing) const;
    void keep_output(const Launcher& launcher, const CommandResult& result, Doing& doing) const;

    const Container& container_;
    std::string service_;
    Path logs_;
};

}  // namespace svcmgr
