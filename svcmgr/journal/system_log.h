#pragma once

#include <string>

#include "drivers/files/files.h"
#include "drivers/world.h"

namespace svcmgr {

/// The log of the node's system: systemd's journal, where entries have fields, and syslog where there is none.
class SystemLog {
public:
    /// Of syslog(3).
    enum class Priority { error = 3, warning = 4, info = 6 };
    struct Entry {
        Priority priority = Priority::info;
        std::string message;  ///< UTF-8; what is longer than 16 KiB is cut off
        std::string service;
        std::string rid;  ///< empty of what is about the whole action
        std::string action;
        std::string sid;
    };

    /// `root` stands before the sockets' names (Paths::root): what is tried out below a directory does not reach the machine's log.
    SystemLog(World world, const Path& root);

    /// One datagram. An entry that is not taken is lost, and the service's own log has it; who made somebody wait once is not tried again.
    /// Never throws.
    void add(const Entry& entry);

    static Path journal_socket(const Path& root) { return root + "/run/systemd/journal/socket"; }
    static Path syslog_socket(const Path& root) { return root + "/dev/log"; }

private:
    bool deliver(Path& socket, const std::string& datagram);

    World world_;
    Path journal_;  ///< empty when it is not tried again
    Path syslog_;
};

/// An entry in the journal's native protocol (https://systemd.io/JOURNAL_NATIVE_PROTOCOL): MESSAGE, PRIORITY, SYSLOG_IDENTIFIER,
/// SYSLOG_FACILITY, and SVCMGR_SERVICE, SVCMGR_RID, SVCMGR_ACTION, SVCMGR_SID where they are known.
std::string journal_datagram(const SystemLog::Entry& entry);

/// The same as a line of syslog (RFC 3164, of the facility daemon) whose fields stand behind the message. Without a time: the receiver's
/// own counts, in whatever zone it keeps it.
std::string syslog_datagram(const SystemLog::Entry& entry);

}  // namespace svcmgr
