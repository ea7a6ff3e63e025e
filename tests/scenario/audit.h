#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "svcmgr/cluster/node.h"
#include "tests/scenario/sim_process.h"
#include "tests/scenario/sim_world.h"

namespace svcmgr::sim {

/// One command line, as it was begun and as it ended.
struct CommandRun {
    std::vector<std::string> argv;  ///< behind "svcmgr"
    std::string input;              ///< what it finds on the standard input
    std::unique_ptr<Process> process;
    std::string out;
    std::string err;
    Moment begun{};
    /// Something else happened meanwhile (another command, an event of the scenario): what the guest did is not this run's doing alone.
    bool disturbed = false;
    std::map<std::string, bool> existed;  ///< guests on this node, before
    std::map<Path, std::string> files;    ///< of this node, before

    bool says(const std::string& word) const;
    /// Whether it may leave out the service, or resources of it.
    bool selects() const;
    /// The one service that -s names; empty for none or several.
    std::string service() const;
    /// The action's words: "print status".
    std::string action() const;
};

/// Checks what may never be otherwise (design.md 6), whatever a scenario is about.
class Audit {
public:
    Audit(SimWorld& world, const Paths& paths) : world_(world), paths_(paths) {}

    void begun(CommandRun& run);
    /// After each effect: at most one node runs a guest.
    void effect();
    /// After each effect, where nobody else takes reservations away: a guest runs only where its disks are reserved (design.md 6, 2).
    void check_reservations();
    /// After a command: its exit code, the journal, the world and what it printed say the same, and it left nothing behind.
    void ended(const CommandRun& run);

    /// Also for what a scenario itself demands.
    void problem(const std::string& text);
    const std::vector<std::string>& problems() const { return problems_; }

private:
    void check_exit_code(const CommandRun& run);
    void check_journal(const CommandRun& run);
    void check_guests(const CommandRun& run);
    void check_status(const CommandRun& run);
    void check_leftovers(const CommandRun& run);
    /// The guests of a service that an action on all of it acts on.
    std::vector<std::string> guests_of(Node& node, const std::string& service);

    SimWorld& world_;
    const Paths& paths_;
    std::set<std::string> doubled_;     ///< guests that are on several nodes now
    std::set<std::string> unreserved_;  ///< "GUEST NODE DEVICE", now
    std::vector<std::string> problems_;
};

}  // namespace svcmgr::sim
