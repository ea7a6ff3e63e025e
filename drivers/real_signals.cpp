#include "drivers/real_signals.h"

#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <cstring>

#include "drivers/error.h"

namespace svcmgr {

namespace {

// The one thing that a signal handler can reach. It belongs to the RealSignals that exists, -1 when none does.
std::atomic<int> handler_writer{-1};
static_assert(std::atomic<int>::is_always_lock_free);

void remember(int number) {
    const int saved_errno = errno;
    const char byte = static_cast<char>(number);
    // A full buffer means that many are pending already: one more changes nothing.
    if (const int writer = handler_writer.load(); writer >= 0) (void)::send(writer, &byte, 1, MSG_DONTWAIT | MSG_NOSIGNAL);
    errno = saved_errno;
}

}  // namespace

RealSignals::RealSignals() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0)
        throw Error(Error::Code::failed, std::string("signals can't be received: ") + strerrordesc_np(errno));
    reader_ = Descriptor(ends[0]);
    writer_ = Descriptor(ends[1]);
    int nobody = -1;
    if (!handler_writer.compare_exchange_strong(nobody, writer_.get()))
        throw Error(Error::Code::failed, "signals are received by another part of this process already");

    saved_ = {Saved{SIGINT, {}}, Saved{SIGTERM, {}}, Saved{SIGHUP, {}}, Saved{SIGPIPE, {}}, Saved{SIGCHLD, {}}};
    for (auto& saved : saved_) {
        ::sigaction(saved.number, nullptr, &saved.action);
        const bool ignored = (saved.action.sa_flags & SA_SIGINFO) == 0 && saved.action.sa_handler == SIG_IGN;
        struct sigaction action {};
        action.sa_handler = saved.number == SIGCHLD ? SIG_DFL : saved.number == SIGPIPE || ignored ? SIG_IGN : remember;
        action.sa_flags = SA_RESTART;
        sigfillset(&action.sa_mask);
        ::sigaction(saved.number, &action, nullptr);
    }
}

RealSignals::~RealSignals() {
    for (const auto& saved : saved_) ::sigaction(saved.number, &saved.action, nullptr);
    handler_writer.store(-1);
}

int RealSignals::pending() const {
    char byte = 0;
    return ::recv(reader_.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 1 ? byte : 0;
}

int RealSignals::take() {
    // All of them: pressing Ctrl-C three times is one wish.
    char first = 0;
    char bytes[64];
    for (ssize_t count; (count = ::recv(reader_.get(), bytes, sizeof bytes, MSG_DONTWAIT)) > 0;)
        if (first == 0) first = bytes[0];
    return first;
}

}  // namespace svcmgr
