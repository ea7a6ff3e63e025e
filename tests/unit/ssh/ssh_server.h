#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/unit/ssh/child_process.h"

namespace svcmgr::test {

/// Keys that the tests of one run share: making them takes longer than most tests.
class SshKeys {
public:
    explicit SshKeys(const std::string& directory);

    std::string host_key(const std::string& type) const { return directory_ + "/host_" + type; }  ///< "ed25519", "ecdsa", "rsa"
    std::string client() const { return directory_ + "/client"; }                                 ///< authorised by every server
    std::string stranger() const { return directory_ + "/stranger"; }                             ///< authorised nowhere
    std::string locked() const { return directory_ + "/locked"; }                                 ///< protected by a passphrase
    const std::string& directory() const { return directory_; }

private:
    std::string directory_;
};

/// "TYPE BASE64" of a private key's public half.
std::string public_half(const std::string& key_file);

/// A real ssh server on a free port of 127.0.0.1, a child of the test.
class SshServer {
public:
    enum class Kind { openssh, dropbear };

    /// Why such a server can't be run here; empty when it can.
    static std::string unavailable(Kind kind);
    /// Returns once it listens. `host_keys` are files.
    SshServer(Kind kind, const SshKeys& keys, const std::vector<std::string>& host_keys);

    int port() const { return port_; }
    /// Connections that it has accepted, from its log.
    int connections() const;
    /// What it wrote, for a test that fails.
    std::string log() const;
    ChildProcess& process() { return *process_; }

private:
    std::string log_;
    int port_ = 0;
    std::unique_ptr<ChildProcess> process_;
};

/// A port on which nobody listens on any address.
int free_port();

}  // namespace svcmgr::test
