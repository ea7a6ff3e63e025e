#pragma once

#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>

#include "drivers/real_clock.h"
#include "drivers/real_signals.h"

namespace svcmgr::test {

/// Long enough for the slowest machine; only a broken program waits so long.
inline Deadline patience(const Clock& clock) {
    return Deadline::in(clock, std::chrono::seconds(60));
}

/// Whether it became true before our patience ended.
inline bool eventually(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::yield();
    }
    return true;
}

class TemporaryDirectory {
public:
    TemporaryDirectory() {
        std::string name = std::filesystem::temp_directory_path() / "svcmgr-test-XXXXXX";
        path_ = ::mkdtemp(name.data()) == nullptr ? "" : std::filesystem::canonical(name).string();
    }
    ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

    const std::string& path() const { return path_; }

private:
    std::string path_;
};

/// The process's own signals and clock.
struct RealTime {
    RealSignals signals;
    RealClock clock{signals};
};

/// Sends a signal to this process, as Ctrl-C does, and waits until it has arrived.
inline void receive(const Signals& signals, int number) {
    ::kill(::getpid(), number);
    eventually([&] { return signals.pending() != 0; });
}

}  // namespace svcmgr::test
