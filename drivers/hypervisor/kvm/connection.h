#pragma once

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "drivers/error.h"

namespace svcmgr::kvm {

/// libvirt's own words about the last call of this thread that failed, in one line of at most 1000 characters.
std::string libvirt_words();

/// Throws Error `interrupted` once nobody waits any more.
void stop_if(const std::stop_token& given_up);

enum class Attempt {
    first,
    second,  ///< the same work was begun before, on a connection that broke: what it finds done may be its own doing
};

/// What one piece of work has while it talks to libvirt; belongs to one thread.
class Session {
public:
    Session(std::shared_ptr<virConnect> connection, std::stop_token given_up, std::atomic<std::uint64_t>& calls, Attempt attempt)
        : connection_(std::move(connection)), given_up_(std::move(given_up)), calls_(calls), attempt_(attempt) {}

    virConnectPtr connection() const { return connection_.get(); }
    Attempt attempt() const { return attempt_; }

    /// Calls a function of libvirt that sends a request, and counts it. Throws Error `interrupted` instead of calling once nobody waits
    /// any more: a libvirtd that wakes up late is not told to do what was given up.
    template <typename Function, typename... Arguments>
    auto ask(Function function, Arguments... arguments) const {
        stop_if(given_up_);
        ++calls_;
        return function(arguments...);
    }

    /// The same for a change, of which libvirt says that another one on the same guest is being done ("cannot acquire state change lock"):
    /// it is asked again, at longer and longer intervals, for as long as somebody waits.
    template <typename Function, typename... Arguments>
    int insist(Function function, Arguments... arguments) const {
        return insist_while([] { return virGetLastErrorCode() == VIR_ERR_OPERATION_TIMEOUT; }, function, arguments...);
    }
    /// `busy` says so of the call before.
    template <typename Busy, typename Function, typename... Arguments>
    int insist_while(Busy busy, Function function, Arguments... arguments) const {
        for (auto pause = std::chrono::milliseconds(50);; pause = std::min(2 * pause, longest_pause)) {
            const int result = ask(function, arguments...);
            if (result == 0 || !busy()) return result;
            std::this_thread::sleep_for(pause);
        }
    }

private:
    static constexpr std::chrono::milliseconds longest_pause{1000};

    std::shared_ptr<virConnect> connection_;
    std::stop_token given_up_;
    std::atomic<std::uint64_t>& calls_;
    Attempt attempt_;
};

/// A connection to libvirt that is opened on first use and shared by threads. Opening and asking may block for ever (see Bounded).
class Connection {
public:
    enum class Access {
        look,  ///< read-only: any user may have it
        change,
    };
    Connection(std::string uri, Access access) : uri_(std::move(uri)), access_(access) {}

    /// Calls `work(const Session&)`. When the connection turns out to be broken (libvirtd was restarted) it is opened anew and `work` is
    /// called once more from its beginning; a change waits some seconds for libvirtd to come back, a look does not. Throws Error
    /// `unreachable` when there is no connection or it breaks again, and what `work` throws.
    template <typename Work>
    auto use(const std::stop_token& given_up, const Work& work) {
        try {
            return attempt(open(given_up), given_up, work, Attempt::first);
        } catch (const Broken&) {
        }
        try {
            return attempt(open_again(given_up), given_up, work, Attempt::second);
        } catch (const Broken& broken) {
            throw Error(Error::Code::unreachable, broken.error.message(), broken.error.where(),
                        "see libvirtd's log: journalctl -u libvirtd");
        }
    }

    bool is_open();
    /// How many requests were sent, opening left out.
    std::uint64_t calls() const { return calls_; }

private:
    struct Broken {
        Error error;
    };
    template <typename Work>
    auto attempt(const std::shared_ptr<virConnect>& connection, const std::stop_token& given_up, const Work& work, Attempt which) {
        try {
            return work(Session(connection, given_up, calls_, which));
        } catch (const Error& error) {
            // Asks nobody: it is what the socket said last.
            if (virConnectIsAlive(connection.get()) == 1) throw;
            forget(connection);
            throw Broken{error};
        }
    }

    std::shared_ptr<virConnect> open(const std::stop_token& given_up);
    /// While libvirtd is being restarted there is nobody to connect to for a moment.
    std::shared_ptr<virConnect> open_again(const std::stop_token& given_up);
    void forget(const std::shared_ptr<virConnect>& broken);

    const std::string uri_;
    const Access access_;
    std::atomic<std::uint64_t> calls_{0};
    std::mutex mutex_;  ///< held while opening, so that threads that come together open one connection
    std::shared_ptr<virConnect> open_;
};

}  // namespace svcmgr::kvm
