#include "drivers/network/resolver.h"

#include <fmt/format.h>
#include <netdb.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <system_error>
#include <thread>

#include "drivers/error.h"
#include "drivers/network/errors.h"
#include "drivers/network/namespaces.h"
#include "drivers/waiting.h"

namespace svcmgr {

namespace {

using AddressList = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

struct LookedUp {
    int error = 0;  ///< EAI_…
    int system_error = 0;
    AddressList list{nullptr, freeaddrinfo};
};

LookedUp look_up(const std::string& name, int flags) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags;
    addrinfo* list = nullptr;
    LookedUp result;
    result.error = ::getaddrinfo(name.c_str(), nullptr, &hints, &list);
    result.system_error = errno;
    if (result.error == 0) result.list.reset(list);
    return result;
}

std::string numeric(const addrinfo& entry) {
    char text[NI_MAXHOST];
    return ::getnameinfo(entry.ai_addr, entry.ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST) == 0 ? text : "";
}

std::string lookup_reason(const LookedUp& answer) {
    switch (answer.error) {
        case EAI_NONAME:
        case EAI_NODATA: return "no such name";
        case EAI_AGAIN: return "the name servers gave no answer";
        case EAI_FAIL: return "the name servers could not answer";
        case EAI_SYSTEM: return "the name can't be looked up: " + network_reason(answer.system_error);
    }
    return fmt::format("the name can't be looked up: {}", gai_strerror(answer.error));
}

/// What no resolver has to be asked about.
bool can_be_a_name(const std::string& text) {
    return !text.empty() && text.size() <= 253 &&
           std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > ' ' && c != 127; });
}

void add(const Descriptor& event) {
    ::eventfd_write(event.get(), 1);
}

bool take(const Descriptor& event) {
    eventfd_t count = 0;
    return ::eventfd_read(event.get(), &count) == 0;
}

/// Threads inherit the mask: signals go to the threads that wait for them.
class NoSignalsHere {
public:
    NoSignalsHere() {
        sigset_t all;
        sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    NoSignalsHere(const NoSignalsHere&) = delete;
    NoSignalsHere& operator=(const NoSignalsHere&) = delete;
    ~NoSignalsHere() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
    sigset_t before_;
};

}  // namespace

Resolution system_lookup(const std::string& name) {
    LookedUp answer = look_up(name, 0);
    if (answer.error != 0) return {{}, lookup_reason(answer)};
    Resolution resolution;
    for (const addrinfo* entry = answer.list.get(); entry != nullptr; entry = entry->ai_next) {
        std::string address = numeric(*entry);
        auto& known = resolution.addresses;
        if (!address.empty() && std::find(known.begin(), known.end(), address) == known.end()) known.push_back(std::move(address));
    }
    if (resolution.addresses.empty()) resolution.problem = "the name has no address of a protocol that is known here";
    return resolution;
}

std::string numeric_address(const std::string& text) {
    LookedUp answer = look_up(text, AI_NUMERICHOST);
    return answer.error == 0 ? numeric(*answer.list) : "";
}

/// Shared by the asker and the thread; whoever is last frees it.
struct Resolver::Question {
    Descriptor answered{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    Resolution answer;  ///< to be read once `answered` is readable
};

Resolver::Resolver(const RealSignals& signals, Lookup lookup)
    : signals_(signals),
      lookup_(std::move(lookup)),
      free_places_(std::make_shared<Descriptor>(::eventfd(most_lookups, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE))) {
    if (!*free_places_) throw Error(Error::Code::failed, "names can't be resolved: " + network_reason(errno));
}

/// Whether `event` could be taken before the deadline and before a signal.
bool Resolver::wait(const Descriptor& event, Deadline deadline) const {
    while (!take(event)) {
        pollfd waiting[] = {{event.get(), POLLIN, 0}, {signals_.descriptor(), POLLIN, 0}};
        poll_until(waiting, deadline.at());
        if (waiting[0].revents == 0) return false;
    }
    return true;
}

Resolution Resolver::resolve(const std::string& name, Deadline deadline) const {
    if (!can_be_a_name(name)) return {{}, "no such name"};
    if (std::string address = numeric_address(name); !address.empty()) return {{address}, ""};

    const Moment begin = boot_time();
    auto gave_up = [&]() -> Resolution {
        if (signals_.pending() != 0) return {{}, "interrupted by a signal"};
        return {{}, fmt::format("the resolver gave no answer within {}", to_text(std::max(Duration::zero(), deadline.at() - begin)))};
    };
    if (!wait(*free_places_, deadline)) return gave_up();

    auto question = std::make_shared<Question>();
    if (!question->answered) {
        const int reason = errno;
        add(*free_places_);
        return {{}, "the name can't be looked up: " + network_reason(reason)};
    }
    try {
        NoSignalsHere no_signals;
        std::thread([question, places = free_places_, lookup = lookup_, name] {
            leave_namespace();
            question->answer = lookup(name);
            add(question->answered);
            add(*places);
        }).detach();
    } catch (const std::system_error& error) {
        add(*free_places_);
        return {{}, fmt::format("the name can't be looked up: no thread can be started: {}", error.code().message())};
    }
    return wait(question->answered, deadline) ? question->answer : gave_up();
}

}  // namespace svcmgr
