#include "tests/unit/ssh/child_process.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <map>
#include <memory>
#include <sstream>

extern char** environ;

namespace svcmgr::test {

namespace {

pid_t spawn(std::vector<std::string> argv, const std::string& stderr_file) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, stderr_file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    std::vector<char*> words;
    for (auto& word : argv) words.push_back(word.data());
    words.push_back(nullptr);
    pid_t pid = 0;
    const int error = ::posix_spawnp(&pid, words[0], &actions, nullptr, words.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    return error == 0 ? pid : -1;
}

/// The parent in /proc/PID/stat: the second field behind the ')' that ends the name.
int parent_of(const std::string& pid) {
    // Not a stream: reading fails when the process has just ended, and a stream's buffer throws then.
    std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(("/proc/" + pid + "/stat").c_str(), "r"), std::fclose);
    char buffer[512];
    const std::size_t size = file ? std::fread(buffer, 1, sizeof buffer, file.get()) : 0;
    const std::string text(buffer, size);
    std::istringstream rest(text.substr(std::min(text.rfind(')') + 1, text.size())));
    std::string state;
    int parent = 0;
    rest >> state >> parent;
    return parent;
}

std::multimap<int, int> children_by_parent() {
    std::multimap<int, int> children;
    std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir("/proc"), ::closedir);
    while (const dirent* entry = ::readdir(directory.get())) {
        const std::string name = entry->d_name;
        if (name.find_first_not_of("0123456789") == std::string::npos) children.emplace(parent_of(name), std::stoi(name));
    }
    return children;
}

}  // namespace

ChildProcess::ChildProcess(std::vector<std::string> argv, const std::string& stderr_file) : pid_(spawn(std::move(argv), stderr_file)) {
    ended_ = pid_ <= 0;
}

ChildProcess::~ChildProcess() {
    signal_all(SIGKILL);
    if (!ended_) ::waitpid(pid_, nullptr, 0);
}

bool ChildProcess::running() {
    if (!ended_ && ::waitpid(pid_, nullptr, WNOHANG) == pid_) ended_ = true;
    return !ended_;
}

std::vector<int> ChildProcess::descendants() const {
    const auto children = children_by_parent();
    std::vector<int> found{pid_};
    for (std::size_t i = 0; i < found.size(); ++i) {
        auto [begin, end] = children.equal_range(found[i]);
        for (auto child = begin; child != end; ++child) found.push_back(child->second);
    }
    found.erase(found.begin());
    return found;
}

void ChildProcess::signal_all(int number) {
    if (!running()) return;
    for (int pid : descendants()) ::kill(pid, number);
    ::kill(pid_, number);
}

int run_program(std::vector<std::string> argv) {
    const pid_t pid = spawn(std::move(argv), "/dev/null");
    int status = 0;
    if (pid <= 0 || ::waitpid(pid, &status, 0) != pid || !WIFEXITED(status)) return -1;
    return WEXITSTATUS(status);
}

}  // namespace svcmgr::test
