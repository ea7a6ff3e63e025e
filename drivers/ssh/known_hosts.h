#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "drivers/ssh/ssh.h"

namespace svcmgr {

// The text of svcmgr's own known_hosts, in OpenSSH's format (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT): `names type base64 [comment]`.
// Names are separated by commas, may have the wildcards * and ?, and count as absent when preceded by '!'. A server on another port
// than 22 is called `[host]:port`. Case does not matter in names. Pure functions: nothing here reads or writes a file.

/// A key that a line records for a host.
struct KnownKey {
    enum class Mark {
        trusted,
        revoked,  ///< the line begins with @revoked: this key must never be accepted
    };
    Mark mark = Mark::trusted;
    std::string type;
    std::string base64;
    int line = 0;  ///< from 1

    bool same_key(const HostKey& key) const { return type == key.type && base64 == key.base64; }
};

/// What the file says about one host.
struct KnownKeys {
    std::vector<KnownKey> keys;  ///< in the file's order
    /// Lines that name a certificate authority for this host (@cert-authority). Host certificates are not used; a plain key is needed.
    std::vector<int> authority_lines;
    /// All hashed lines of the file (`|1|…`): whose they are can't be read from them, so they count for no host. A message that says
    /// that a key is unknown should mention them.
    std::vector<int> hashed_lines;
};

/// "host", or "[host]:port" when the port is not 22; lower case.
std::string known_host_name(const SshTarget& target);

KnownKeys find_known_keys(std::string_view text, const SshTarget& target);

/// The text with one line more at its end; every other line stays byte for byte. Adding a key that is there changes nothing.
/// Throws Error `invalid` when the name can't be written into such a file.
std::string add_known_key(std::string_view text, const SshTarget& target, const HostKey& key);

/// The text in which `keys` are the only ones that lines recording this very name trust. Where such a line names other hosts too, only
/// this name is taken from it. Lines that match through a wildcard, @revoked, @cert-authority and hashed lines stay: whoever wrote
/// them meant more than this host. Throws Error `invalid` as above.
std::string replace_known_keys(std::string_view text, const SshTarget& target, const std::vector<HostKey>& keys);

/// The key of a public key file (`ssh-ed25519 AAAA… comment`), without its fingerprint (see Ssh::read_public_key); else why it is none.
tl::expected<HostKey, std::string> parse_public_key(std::string_view text);

}  // namespace svcmgr
