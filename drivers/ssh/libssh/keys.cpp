#include "drivers/ssh/libssh/keys.h"

#include <fmt/format.h>

#include <algorithm>

#include "drivers/host.h"

namespace svcmgr {

namespace {

std::string fingerprint(ssh_key key) {
    unsigned char* hash = nullptr;
    std::size_t size = 0;
    if (ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &size) != 0) return {};
    TextHandle text(ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, size));
    ssh_clean_pubkey_hash(&hash);
    return text ? text.get() : "";
}

/// libssh asks for a passphrase only when the key needs one. Without this function OpenSSL would ask on the terminal, and wait.
int no_passphrase(const char*, char*, std::size_t, int, int, void* was_asked) {
    *static_cast<bool*>(was_asked) = true;
    return -1;
}

Identity load_identity(const Files& files, const Path& file) {
    Identity identity{file, nullptr, {}};
    auto text = files.read(file);
    if (!text) {
        identity.problem = text.error().reason;
        return identity;
    }
    bool passphrase_needed = false;
    ssh_key key = nullptr;
    if (ssh_pki_import_privkey_base64(text->c_str(), nullptr, no_passphrase, &passphrase_needed, &key) == SSH_OK)
        identity.key.reset(key);
    else
        identity.problem = passphrase_needed ? "it is protected by a passphrase" : "it is no private key that libssh can read";
    return identity;
}

/// What a server may sign with when its key is of this type; nothing for types that we don't ask for.
std::string_view algorithms_of(std::string_view type) {
    if (type == "ssh-rsa") return "rsa-sha2-512,rsa-sha2-256";
    auto& types = host_key_types();
    return std::find(types.begin(), types.end(), type) == types.end() ? "" : type;
}

}  // namespace

tl::expected<HostKey, std::string> describe_key(ssh_key key) {
    char* base64 = nullptr;
    if (ssh_pki_export_pubkey_base64(key, &base64) != SSH_OK) return tl::unexpected<std::string>("the key can't be read");
    TextHandle owner(base64);
    return HostKey{ssh_key_type_to_char(ssh_key_type(key)), base64, fingerprint(key)};
}

tl::expected<HostKey, std::string> describe_public_key(const std::string& type, const std::string& base64) {
    ssh_key key = nullptr;
    if (ssh_pki_import_pubkey_base64(base64.c_str(), ssh_key_type_from_name(type.c_str()), &key) != SSH_OK)
        return tl::unexpected(fmt::format("it is damaged, or keys of the type {} are not known here", printable(type)));
    return describe_key(KeyHandle(key).get());
}

std::vector<Identity> load_identities(const World& world, const SshSettings& settings) {
    std::vector<Identity> identities;
    if (!settings.own_key.empty() && world.files.facts(settings.own_key))
        identities.push_back(load_identity(world.files, settings.own_key));
    for (const Path& file : settings.identities) identities.push_back(load_identity(world.files, file));
    if (!settings.identities.empty()) return identities;
    const std::string home = world.host.environment("HOME").value_or("/root");
    for (const char* name : {"id_ed25519", "id_ecdsa", "id_rsa"}) {
        const Path file = fmt::format("{}/.ssh/{}", home, name);
        if (world.files.facts(file)) identities.push_back(load_identity(world.files, file));
    }
    return identities;
}

const std::vector<std::vector<std::string>>& host_key_families() {
    static const std::vector<std::vector<std::string>> families = {
        {"ssh-ed25519"}, {"ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"}, {"ssh-rsa"}};
    return families;
}

const std::vector<std::string>& host_key_types() {
    static const std::vector<std::string> types = [] {
        std::vector<std::string> all;
        for (const auto& family : host_key_families()) all.insert(all.end(), family.begin(), family.end());
        return all;
    }();
    return types;
}

std::string only_host_keys(const std::vector<std::string>& types) {
    std::string list;
    for (const auto& type : types) {
        std::string_view algorithms = algorithms_of(type);
        if (!algorithms.empty()) list += fmt::format("{}{}", list.empty() ? "" : ",", algorithms);
    }
    return list;
}

std::string prefer_host_keys(const std::vector<std::string>& first) {
    std::vector<std::string> order;
    auto add = [&](const std::string& type) {
        if (std::find(order.begin(), order.end(), type) == order.end()) order.push_back(type);
    };
    for (const auto& type : first) add(type);
    for (const auto& type : host_key_types()) add(type);
    return only_host_keys(order);
}

}  // namespace svcmgr
