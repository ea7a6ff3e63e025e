#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "drivers/ssh/known_hosts.h"
#include "drivers/ssh/libssh/handles.h"
#include "drivers/ssh/settings.h"

namespace svcmgr {

/// The public key as it is written into known_hosts, with its fingerprint.
tl::expected<HostKey, std::string> describe_key(ssh_key key);

/// The key in a line of known_hosts or of a public key file; the reason when libssh can't use it.
tl::expected<HostKey, std::string> describe_public_key(const std::string& type, const std::string& base64);

/// A private key that can be offered, or why it can't.
struct Identity {
    Path file;
    KeyHandle key;
    std::string problem;  ///< "permission denied", "it is protected by a passphrase" …; empty when `key` is there
};

/// The identities of `settings`, or those of the caller's home that exist. Looks at files; nobody is ever asked for a passphrase.
std::vector<Identity> load_identities(const World& world, const SshSettings& settings);

/// All types of host keys, the best first, as types of keys (not of signatures).
const std::vector<std::string>& host_key_types();

/// The same, grouped: of each group a server has one key at most, as a rule.
const std::vector<std::vector<std::string>>& host_key_families();

/// libssh's list of host key algorithms (SSH_OPTIONS_HOSTKEYS) in which `first` come before the others: a server with several keys then
/// shows the one that is recorded.
std::string prefer_host_keys(const std::vector<std::string>& first);
/// The list with `types` alone.
std::string only_host_keys(const std::vector<std::string>& types);

}  // namespace svcmgr
