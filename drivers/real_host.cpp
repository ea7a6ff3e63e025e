#include "drivers/real_host.h"

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <vector>

namespace svcmgr {

namespace {

std::string user_name(uid_t id) {
    std::vector<char> buffer(16384);
    passwd entry{};
    passwd* found = nullptr;
    if (::getpwuid_r(id, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) return found->pw_name;
    return std::to_string(id);
}

}  // namespace

std::string RealHost::nodename() const {
    std::array<char, 256> name{};
    ::gethostname(name.data(), name.size() - 1);
    std::string result(name.data());
    // Not tolower(): a host name is ASCII in every locale.
    for (char& letter : result)
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    return result;
}

std::string RealHost::boot_id() const {
    std::ifstream file("/proc/sys/kernel/random/boot_id");
    std::string id;
    std::getline(file, id);
    return id;
}

Caller RealHost::caller() const {
    Caller result;
    result.user = user_name(::geteuid());
    result.sudo_user = environment("SUDO_USER").value_or("");
    // "client-address client-port server-address server-port"; sudo may keep only the older name.
    const auto connection = environment("SSH_CONNECTION").value_or(environment("SSH_CLIENT").value_or(""));
    result.ssh_client = connection.substr(0, connection.find(' '));
    return result;
}

std::uint32_t RealHost::user_id() const {
    return ::geteuid();
}

std::optional<std::string> RealHost::environment(const std::string& name) const {
    const char* value = ::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

}  // namespace svcmgr
