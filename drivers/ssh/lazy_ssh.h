#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "drivers/ssh/settings.h"
#include "drivers/ssh/ssh.h"

namespace svcmgr {

/// The production Ssh: `svcmgr-ssh.so`, and with it libssh, is loaded when the first connection is needed, so that commands that need none
/// don't pay for it. When it can't be loaded, every answer says why.
class LazySsh : public Ssh {
public:
    LazySsh(Path module_directory, SshSettings settings);
    ~LazySsh() override;
    /// The world that the module is given; set once, before the first use.
    void set_world(World world);

    SshOutcome run(const SshTarget& target, const Argv& argv, Deadline deadline, const CommandLimits& limits) override;
    SshOutcome talk(const SshTarget& target, const Argv& argv, const SshTalk& talk, Deadline deadline,
                    const CommandLimits& limits) override;
    std::unique_ptr<SshForward> forward(const SshTarget& target, const Argv& argv, const Path& socket) override;
    HostKeyAnswer host_key(const SshTarget& target, Deadline deadline) override;
    tl::expected<HostKey, std::string> read_public_key(std::string_view text) override;

private:
    /// Null when it can't be loaded; `problem_` says why.
    Ssh* loaded();
    void load();

    Path directory_;
    SshSettings settings_;
    std::optional<World> world_;
    std::once_flag once_;
    std::unique_ptr<Ssh> ssh_;
    std::string problem_;
};

}  // namespace svcmgr
