#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "drivers/ssh/settings.h"
#include "drivers/ssh/ssh.h"
#include "drivers/world.h"

namespace svcmgr {

class Line;

/// Ssh by libssh. A target has one session, opened when the first command is run there and kept; commands of several threads to one
/// target take turns, those to different targets run side by side. A session that turns out to be broken before a command has been
/// handed over is opened again, once; after that nothing is run twice.
class LibsshSsh : public Ssh {
public:
    LibsshSsh(const World& world, SshSettings settings);
    ~LibsshSsh() override;

    SshOutcome run(const SshTarget& target, const Argv& argv, Deadline deadline, const CommandLimits& limits) override;
    /// One connection for each type of key (ed25519, ecdsa, rsa), the best first.
    SshOutcome talk(const SshTarget& target, const Argv& argv, const SshTalk& talk, Deadline deadline,
                    const CommandLimits& limits) override;
    std::unique_ptr<SshForward> forward(const SshTarget& target, const Argv& argv, const Path& socket) override;
    HostKeyAnswer host_key(const SshTarget& target, Deadline deadline) override;
    tl::expected<HostKey, std::string> read_public_key(std::string_view text) override;

private:
    Line& line_to(const SshTarget& target);

    World world_;
    SshSettings settings_;
    std::mutex mutex_;
    /// By the network, too: the same name is another machine in another one.
    std::map<std::pair<std::uint64_t, SshTarget>, std::unique_ptr<Line>> lines_;
};

}  // namespace svcmgr
