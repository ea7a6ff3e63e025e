#include "tests/unit/ssh/ssh_server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "tests/unit/drivers/support.h"

namespace svcmgr::test {

namespace {

std::string read_text(const std::string& file) {
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
}

void write_text(const std::string& file, const std::string& text) {
    std::ofstream(file) << text;
    ::chmod(file.c_str(), 0600);
}

void make_key(const std::string& file, const std::string& type, const std::string& passphrase = "") {
    if (run_program({"ssh-keygen", "-q", "-t", type, "-N", passphrase, "-C", "test", "-f", file}) != 0)
        throw std::runtime_error("ssh-keygen failed");
}

int count(const std::string& text, const std::string& word) {
    int found = 0;
    for (std::size_t at = 0; (at = text.find(word, at)) != std::string::npos; at += word.size()) ++found;
    return found;
}

/// In a mount namespace of its own the server finds what it insists on (sshd: /run/sshd; dropbear: ~/.ssh) and a home without anybody's
/// .bashrc, and the machine keeps its own.
std::vector<std::string> with_mounts(const std::string& script, const std::vector<std::string>& argv) {
    std::vector<std::string> all = {"unshare", "--mount", "sh", "-c", script + " && exec \"$@\"", "sh"};
    all.insert(all.end(), argv.begin(), argv.end());
    return all;
}

std::vector<std::string> openssh(int port, const SshKeys& keys, const std::vector<std::string>& host_keys) {
    std::string config = fmt::format(
        "ListenAddress 127.0.0.1\nPort {}\nAuthorizedKeysFile {}.pub\nStrictModes no\nUsePAM no\nPasswordAuthentication no\n"
        "KbdInteractiveAuthentication no\nPidFile none\nLogLevel VERBOSE\nMaxSessions 100\nMaxStartups 100\nUseDNS no\n",
        port, keys.client());
    for (const auto& key : host_keys) config += fmt::format("HostKey {}\n", key);
    const std::string file = fmt::format("{}/sshd_config.{}", keys.directory(), port);
    write_text(file, config);
    std::vector<std::string> argv = {"/usr/sbin/sshd", "-D", "-e", "-f", file};
    if (::geteuid() != 0) return argv;
    return with_mounts("mount -t tmpfs tmpfs /run && mkdir /run/sshd && mount -t tmpfs -o mode=700 tmpfs /root", argv);
}

std::vector<std::string> dropbear(int port, const SshKeys& keys, const std::vector<std::string>& host_keys) {
    std::vector<std::string> argv = {
        "/usr/sbin/dropbear", "-F", "-E", "-s", "-m", "-P", "/dev/null", "-p", fmt::format("127.0.0.1:{}", port)};
    for (const auto& key : host_keys) {
        argv.push_back("-r");
        argv.push_back(key + ".dropbear");
    }
    return with_mounts(
        fmt::format("mount -t tmpfs -o mode=700 tmpfs /root && mkdir -m 700 /root/.ssh && cp {}.pub /root/.ssh/authorized_keys",
                    keys.client()),
        argv);
}

}  // namespace

SshKeys::SshKeys(const std::string& directory) : directory_(directory) {
    for (const char* type : {"ed25519", "ecdsa", "rsa"}) make_key(host_key(type), type);
    make_key(client(), "ed25519");
    make_key(stranger(), "ed25519");
    make_key(locked(), "ed25519", "secret");
    if (SshServer::unavailable(SshServer::Kind::dropbear).empty() &&
        run_program({"dropbearconvert", "openssh", "dropbear", host_key("ed25519"), host_key("ed25519") + ".dropbear"}) != 0)
        throw std::runtime_error("dropbearconvert failed");
}

std::string public_half(const std::string& key_file) {
    const std::string text = read_text(key_file + ".pub");
    return text.substr(0, text.find(' ', text.find(' ') + 1));
}

std::string SshServer::unavailable(Kind kind) {
    if (kind == Kind::openssh) return ::access("/usr/sbin/sshd", X_OK) == 0 ? "" : "the package openssh-server is not installed";
    if (::access("/usr/sbin/dropbear", X_OK) != 0) return "the package dropbear-bin is not installed";
    if (::geteuid() != 0) return "only root can give dropbear a home directory of its own";
    return "";
}

SshServer::SshServer(Kind kind, const SshKeys& keys, const std::vector<std::string>& host_keys) {
    // Between the choice of a port and its use somebody else may take it: then the server ends, and another port is tried.
    for (int attempt = 0; attempt < 5; ++attempt) {
        port_ = free_port();
        log_ = fmt::format("{}/log.{}", keys.directory(), port_);
        // An earlier server may have had this port.
        std::filesystem::remove(log_);
        process_ = std::make_unique<ChildProcess>(
            kind == Kind::openssh ? openssh(port_, keys, host_keys) : dropbear(port_, keys, host_keys), log_);
        const std::string listening = kind == Kind::openssh ? "Server listening" : "Not backgrounding";
        eventually([&] { return read_text(log_).find(listening) != std::string::npos || !process_->running(); });
        if (process_->running()) return;
    }
    throw std::runtime_error("the server did not start: " + read_text(log_));
}

std::string SshServer::log() const {
    return read_text(log_);
}

int SshServer::connections() const {
    const std::string text = log();
    return count(text, "Connection from ") + count(text, "Child connection from ");
}

int free_port() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    socklen_t size = sizeof address;
    ::bind(socket, reinterpret_cast<const sockaddr*>(&address), size);
    ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
    ::close(socket);
    return ntohs(address.sin_port);
}

}  // namespace svcmgr::test
