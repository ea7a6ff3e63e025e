#pragma once

#include <string>

#include "resources/launch.h"
#include "resources/resource.h"

namespace svcmgr {

/// `task#n`: a command that the action `run` runs on the node (contract.md 2.11). It takes no part in start and stop, and svcmgr runs no
/// schedule by itself: `schedule` is read and left to cron or systemd.
///
/// How its last run ended is kept in a file of this node and is its status: n/a after one that went well (a task is not up), a warning
/// after one that failed.
class Task : public Resource {
public:
    struct Home {
        std::string service;
        Path state;  ///< directory of the file that remembers the last run
        Path logs;   ///< where its output is kept
    };

    Task(Rid rid, Options options, Home home);

    std::string label() const override { return "task"; }
    ResourceObservation look(Looking& looking) const override;
    Intent intend(Goal goal, const ResourceObservation& observation) const override;
    void perform(const std::string& verb, Doing& doing) const override;

private:
    Path memory() const;
    void remember(const CommandResult& result, Doing& doing) const;
    void run_on_error(const Launch& failed, Doing& doing) const;

    Home home_;
};

}  // namespace svcmgr
