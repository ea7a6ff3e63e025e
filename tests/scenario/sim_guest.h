#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "drivers/hypervisor/hypervisor.h"
#include "drivers/process/processes.h"

namespace svcmgr::sim {

/// What a launcher in /svc/etc/init.d does when it is run.
struct LauncherModel {
    Duration takes = std::chrono::milliseconds(100);
    int exit_code = 0;
    std::string says;    ///< on stderr
    bool hangs = false;  ///< never ends
};

/// What an sshd takes for a new connection.
constexpr Duration connecting_takes = std::chrono::milliseconds(80);

/// A guest: what is on its disk and how its system behaves. The same wherever it runs.
struct GuestModel {
    struct Adapter {
        std::string name;
        std::string address;
    };
    enum class Ssh { fine, refused, silent, key_unknown, key_changed, not_authorised };

    std::string name;
    std::string hostname;
    std::vector<Adapter> adapters;
    std::map<std::string, LauncherModel> launchers;
    std::vector<GuestDisk> disks;
    std::vector<std::string> bridges;  ///< of the host, to which its adapters are linked

    Duration pings_after = std::chrono::seconds(2);    ///< since its start
    Duration answers_after = std::chrono::seconds(4);  ///< ssh
    Duration connects_in = connecting_takes;
    Duration shuts_down_in = std::chrono::seconds(1);
    bool deaf = false;                   ///< hears no request to shut down
    bool pings = true;                   ///< answers ping once it is up
    Ssh ssh = Ssh::fine;                 ///< once it is up
    std::optional<Duration> dies_after;  ///< since its start: a guest that can't boot
    bool has_ip_command = true;

    std::set<std::string> applications;  ///< that run now: "web" of S10web
};

/// What came of a command in a guest.
struct CommandModel {
    CommandResult result;
    Duration takes{};
    bool hangs = false;
    std::string effect;  ///< for the transcript; empty when nothing changes
    std::string starts;  ///< an application that runs once it ended
    std::string stops;
};

/// Runs `argv` in the guest as a small busybox system would.
CommandModel run_in_guest(const GuestModel& guest, const Argv& argv);

}  // namespace svcmgr::sim
