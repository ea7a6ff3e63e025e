#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "drivers/hypervisor/bounded.h"
#include "drivers/hypervisor/kvm/connection.h"

namespace svcmgr::kvm {

/// The one connection of all threads, asked from threads that can be given up. A connection on which an answer did not come is not used
/// again: whoever asks next opens a new one, and meets a libvirtd that woke up meanwhile.
class Libvirt {
public:
    /// `clock` and `signals` outlive it.
    Libvirt(const Clock& clock, const Signals& signals, std::string uri, Connection::Access access);
    /// Says good-bye to libvirtd, which writes an error into its log about clients that just vanish; waits a second for that at most.
    ~Libvirt();
    Libvirt(const Libvirt&) = delete;
    Libvirt& operator=(const Libvirt&) = delete;

    /// Work that was begun and is waited for. Destroyed before its answer came, it gives the work and its connection up.
    template <typename T>
    class Question {
    public:
        template <typename Work>
        Question(Libvirt& libvirt, std::shared_ptr<Connection> connection, Work work)
            : libvirt_(libvirt),
              connection_(connection),
              bounded_([connection = std::move(connection), work = std::move(work)](const std::stop_token& given_up) {
                  return connection->use(given_up, work);
              }) {}
        ~Question() {
            if (!answered_) libvirt_.give_up(connection_);
        }
        Question(const Question&) = delete;
        Question& operator=(const Question&) = delete;

        /// The answer; nothing when `deadline` passed or a signal is pending before it came: it may be waited for again. Throws Error.
        std::optional<T> wait(Deadline deadline) {
            try {
                auto answer = bounded_.wait(libvirt_.clock_, libvirt_.signals_, deadline);
                answered_ = answer.has_value();
                return answer;
            } catch (...) {
                answered_ = true;
                throw;
            }
        }

    private:
        Libvirt& libvirt_;
        std::shared_ptr<Connection> connection_;
        Bounded<T> bounded_;
        bool answered_ = false;
    };

    /// Begins `work(const Session&)`, which must own what it touches (see Bounded).
    template <typename Work>
    auto begin(Work work) {
        return Question<std::invoke_result_t<Work, const Session&>>(*this, current(), std::move(work));
    }
    template <typename Work>
    auto ask(Deadline deadline, Work work) {
        return begin(std::move(work)).wait(deadline);
    }

    /// The requests that were sent over the present connection.
    std::uint64_t calls() { return current()->calls(); }

private:
    std::shared_ptr<Connection> current();
    void give_up(const std::shared_ptr<Connection>& connection);

    const Clock& clock_;
    const Signals& signals_;
    const std::string uri_;
    const Connection::Access access_;
    std::mutex mutex_;
    std::shared_ptr<Connection> current_;
};

}  // namespace svcmgr::kvm
