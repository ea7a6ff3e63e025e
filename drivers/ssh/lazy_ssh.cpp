#include "drivers/ssh/lazy_ssh.h"

#include <cassert>

#include "drivers/error.h"
#include "drivers/module.h"

namespace svcmgr {

LazySsh::LazySsh(Path module_directory, SshSettings settings) : directory_(std::move(module_directory)), settings_(std::move(settings)) {}

LazySsh::~LazySsh() = default;

void LazySsh::set_world(World world) {
    world_.emplace(world);
}

void LazySsh::load() {
    assert(world_);
    try {
        Module module(directory_ + "/svcmgr-ssh.so", "svcmgr");
        auto make = reinterpret_cast<MakeSsh>(module.symbol("svcmgr_make_ssh"));
        ssh_.reset(make(*world_, settings_));
    } catch (const Error& error) {
        problem_ = error.what();
    }
}

Ssh* LazySsh::loaded() {
    std::call_once(once_, [this] { load(); });
    return ssh_.get();
}

SshOutcome LazySsh::run(const SshTarget& target, const Argv& argv, Deadline deadline, const CommandLimits& limits) {
    if (Ssh* ssh = loaded()) return ssh->run(target, argv, deadline, limits);
    return {SshOutcome::Value::unreachable, problem_, {}};
}

SshOutcome LazySsh::talk(const SshTarget& target, const Argv& argv, const SshTalk& talk, Deadline deadline, const CommandLimits& limits) {
    if (Ssh* ssh = loaded()) return ssh->talk(target, argv, talk, deadline, limits);
    return {SshOutcome::Value::unreachable, problem_, {}};
}

std::unique_ptr<SshForward> LazySsh::forward(const SshTarget& target, const Argv& argv, const Path& socket) {
    if (Ssh* ssh = loaded()) return ssh->forward(target, argv, socket);
    throw Error(Error::Code::failed, problem_, target.host);
}

HostKeyAnswer LazySsh::host_key(const SshTarget& target, Deadline deadline) {
    if (Ssh* ssh = loaded()) return ssh->host_key(target, deadline);
    return {{}, problem_};
}

tl::expected<HostKey, std::string> LazySsh::read_public_key(std::string_view text) {
    if (Ssh* ssh = loaded()) return ssh->read_public_key(text);
    return tl::unexpected(problem_);
}

}  // namespace svcmgr
