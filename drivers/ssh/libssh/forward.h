#pragma once

#include <atomic>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "drivers/descriptor.h"
#include "drivers/ssh/settings.h"
#include "drivers/ssh/ssh.h"
#include "drivers/world.h"

namespace svcmgr {

/// SshForward by libssh: a thread that takes connections, and for each connection a thread with a session of its own.
class Forward : public SshForward {
public:
    /// `command` is quoted for the shell there. Throws Error when there can be no such socket.
    Forward(const World& world, SshSettings settings, SshTarget target, std::string command, Path socket);
    Forward(const Forward&) = delete;
    Forward& operator=(const Forward&) = delete;
    ~Forward() override;

    std::string problem() const override;

private:
    void listen();
    void take_connections();
    /// To its end.
    void serve(Descriptor connection);
    void complain(const std::string& problem);

    World world_;
    const SshSettings settings_;
    const SshTarget target_;
    const std::string command_;
    const Path socket_;
    Descriptor listening_;
    std::atomic<bool> over_ = false;
    mutable std::mutex mutex_;
    std::string problem_;
    std::list<std::thread> connections_;  ///< of the taking thread, until that has ended
    std::thread taking_;
};

}  // namespace svcmgr
