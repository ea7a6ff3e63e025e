#pragma once

#include <string>
#include <vector>

#include "drivers/files/files.h"
#include "drivers/ssh/known_hosts.h"
#include "drivers/ssh/ssh.h"

namespace svcmgr {

/// What known_hosts says about one target, read once for one connection.
class Trust {
public:
    /// A file that does not exist is an empty one.
    Trust(const Files& files, Path known_hosts, const SshTarget& target);

    /// The types of the recorded keys, in the file's order.
    std::vector<std::string> recorded_types() const;

    /// Whether the server that showed `key` may be talked to: `ran` with an empty reason when it may, else `host_key_unknown` or
    /// `host_key_changed` with what a person needs to decide. `server` is how messages name it.
    SshOutcome judge(const HostKey& key, const std::string& server) const;

private:
    std::string place(int line) const;
    std::string unknown(const HostKey& key, const std::string& server) const;

    Path file_;
    std::string host_;
    std::string problem_;  ///< why the file can't be read
    KnownKeys known_;
};

}  // namespace svcmgr
