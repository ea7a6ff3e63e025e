#pragma once

#include <string>
#include <vector>

namespace svcmgr::test {

/// A program that a test starts and that does not outlive it. Its stderr goes into a file.
class ChildProcess {
public:
    ChildProcess(std::vector<std::string> argv, const std::string& stderr_file);
    /// Ends it and everything that it started and that is still under it.
    ~ChildProcess();
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    int pid() const { return pid_; }
    bool running();
    /// The processes below it, the nearest first.
    std::vector<int> descendants() const;
    /// To it and to all below it.
    void signal_all(int number);

private:
    int pid_ = 0;
    bool ended_ = false;
};

/// Runs a program to its end; its exit code, -1 when there is none.
int run_program(std::vector<std::string> argv);

}  // namespace svcmgr::test
