#include "drivers/ssh/libssh/trust.h"

#include <fmt/format.h>

#include "drivers/ssh/libssh/keys.h"

namespace svcmgr {

Trust::Trust(const Files& files, Path known_hosts, const SshTarget& target) : file_(std::move(known_hosts)), host_(target.host) {
    auto text = files.read(file_);
    if (text)
        known_ = find_known_keys(*text, target);
    else if (!text.error().absent())
        problem_ = fmt::format("{} can't be read: {}", file_, text.error().reason);
}

std::vector<std::string> Trust::recorded_types() const {
    std::vector<std::string> types;
    for (const KnownKey& key : known_.keys)
        if (key.mark == KnownKey::Mark::trusted) types.push_back(key.type);
    return types;
}

std::string Trust::place(int line) const {
    return fmt::format("{}:{}", file_, line);
}

SshOutcome Trust::judge(const HostKey& key, const std::string& server) const {
    const KnownKey* recorded = nullptr;
    bool trusted = false;
    for (const KnownKey& known : known_.keys) {
        if (known.mark == KnownKey::Mark::revoked && known.same_key(key))
            return {SshOutcome::Value::host_key_changed,
                    fmt::format("{} shows the {} key {}, which {} revokes", server, key.type, key.fingerprint, place(known.line)),
                    {}};
        if (known.mark != KnownKey::Mark::trusted) continue;
        if (known.same_key(key)) trusted = true;
        // The line of the same type says most about what changed.
        if (recorded == nullptr || (recorded->type != key.type && known.type == key.type)) recorded = &known;
    }
    if (trusted) return {SshOutcome::Value::ran, {}, {}};
    if (recorded == nullptr) return {SshOutcome::Value::host_key_unknown, unknown(key, server), {}};
    auto old = describe_public_key(recorded->type, recorded->base64);
    return {
        SshOutcome::Value::host_key_changed,
        fmt::format("{} shows the {} key {}, but {} records {} {}: it was installed anew, or somebody else answers in its place; compare "
                    "with the key on its console, then: svcmgr node trust {}",
                    server, key.type, key.fingerprint, place(recorded->line), printable(recorded->type),
                    old ? old->fingerprint : "a key that can't be read", host_),
        {}};
}

std::string Trust::unknown(const HostKey& key, const std::string& server) const {
    std::string text = fmt::format("{} shows the {} key {}, ", server, key.type, key.fingerprint);
    if (!problem_.empty()) return text + fmt::format("which can't be verified: {}", problem_);
    text += fmt::format("and {} has no key of it; compare with the key on its console, then: svcmgr node trust {}", file_, host_);
    if (!known_.authority_lines.empty())
        text += fmt::format(" (certificates are not used: {} does not count)", place(known_.authority_lines.front()));
    if (!known_.hashed_lines.empty())
        text += fmt::format(" (hashed names can't be read: {} and the like do not count)", place(known_.hashed_lines.front()));
    return text;
}

}  // namespace svcmgr
