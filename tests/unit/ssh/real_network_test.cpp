// Pings in network namespaces that the tests make: who answers what is decided there. Without root these tests are skipped.

#include "drivers/network/real_network.h"

#include <doctest/doctest.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <fstream>
#include <map>
#include <thread>

#include "drivers/descriptor.h"
#include "tests/unit/drivers/support.h"
#include "tests/unit/ssh/child_process.h"

using namespace svcmgr;
using namespace std::chrono_literals;

namespace {

enum class Loopback { up, down };

/// Runs `work` in a thread that has a network of its own: nothing but a loopback. False when that is not allowed here.
bool in_own_network(Loopback loopback, const std::function<void()>& work) {
    bool allowed = false;
    std::thread([&] {
        if (::unshare(CLONE_NEWNET) != 0) return;
        allowed = true;
        if (loopback == Loopback::up) {
            Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
            ifreq request{};
            std::strcpy(request.ifr_name, "lo");
            request.ifr_flags = IFF_UP;
            REQUIRE(::ioctl(socket.get(), SIOCSIFFLAGS, &request) == 0);
        }
        work();
    }).join();
    return allowed;
}

/// Of the network of the calling thread.
void set_sysctl(const std::string& name, const std::string& value) {
    std::ofstream file("/proc/sys/net/" + name);
    file << value;
    file.flush();
    REQUIRE(file.good());
}

void nobody_answers() {
    set_sysctl("ipv4/icmp_echo_ignore_all", "1");
}

Lookup names(std::map<std::string, std::vector<std::string>> known) {
    return [known](const std::string& name) {
        auto found = known.find(name);
        return found == known.end() ? Resolution{{}, "no such name"} : Resolution{found->second, ""};
    };
}

std::uint16_t sum16(const std::uint8_t* bytes, std::size_t size) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i + 1 < size; i += 2) sum += static_cast<std::uint32_t>(bytes[i] << 8 | bytes[i + 1]);
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(~sum);
}

using Bytes = std::vector<std::uint8_t>;

/// Sees each echo request of this network, with its IP header, and sends the ICMP message that `answer` makes of it; until it is destroyed.
class Neighbour {
public:
    explicit Neighbour(std::function<Bytes(Bytes request)> answer) : answer_(std::move(answer)) {
        socket_ = Descriptor(::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP));
        REQUIRE(socket_);
        timeval tick{0, 10000};
        ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &tick, sizeof tick);
        // A thread inherits the network of the one that starts it.
        thread_ = std::thread([this] { serve(); });
    }
    ~Neighbour() {
        stop_ = true;
        thread_.join();
    }
    int requests() const { return requests_; }

private:
    void serve() {
        while (!stop_) {
            Bytes packet(512);
            sockaddr_in from{};
            socklen_t size = sizeof from;
            const ssize_t length = ::recvfrom(socket_.get(), packet.data(), packet.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
            if (length < 28 || packet[20] != ICMP_ECHO) continue;
            packet.resize(static_cast<std::size_t>(length));
            ++requests_;
            Bytes icmp = answer_(std::move(packet));
            icmp[2] = icmp[3] = 0;
            const std::uint16_t sum = sum16(icmp.data(), icmp.size());
            icmp[2] = static_cast<std::uint8_t>(sum >> 8);
            icmp[3] = static_cast<std::uint8_t>(sum & 0xff);
            ::sendto(socket_.get(), icmp.data(), icmp.size(), 0, reinterpret_cast<const sockaddr*>(&from), size);
        }
    }

    std::function<Bytes(Bytes)> answer_;
    Descriptor socket_;
    std::atomic<bool> stop_ = false;
    std::atomic<int> requests_ = 0;
    std::thread thread_;
};

/// An answer that is right but for what `change` does to it.
std::function<Bytes(Bytes)> reply_with(std::function<void(Bytes& icmp)> change) {
    return [change = std::move(change)](Bytes request) {
        Bytes icmp(request.begin() + 20, request.end());
        icmp[0] = ICMP_ECHOREPLY;
        change(icmp);
        return icmp;
    };
}

void spoil(Bytes& icmp) {
    icmp[8] ^= 1;
}

/// What a router sends back that does not get a packet through (RFC 792).
Bytes host_unreachable(Bytes request) {
    constexpr std::size_t header = 8, quoted = 28;
    Bytes icmp(header + quoted);
    icmp[0] = ICMP_DEST_UNREACH;
    icmp[1] = ICMP_HOST_UNREACH;
    std::copy_n(request.begin(), quoted, icmp.begin() + header);
    return icmp;
}

#define SKIP_UNLESS(done) \
    if (!(done)) MESSAGE("skipped: only root can make a network of its own")

}  // namespace

TEST_CASE("whoever is there answers, over both protocols, by name and by address") {
    test::RealTime time;
    RealNetwork network(time.signals, names({{"both", {"::1", "127.0.0.1"}}, {"v6", {"::1"}}}));
    for (const char* range : {"1 0", "0 2147483647"}) {
        CAPTURE(range);  // without and with unprivileged ping sockets
        SKIP_UNLESS(in_own_network(Loopback::up, [&] {
            set_sysctl("ipv4/ping_group_range", range);
            for (const char* host : {"127.0.0.1", "::1", "both", "v6"}) {
                CAPTURE(host);
                PingAnswer answer = network.ping(host, test::patience(time.clock));
                CHECK(answer.reason == "");
                CHECK(answer.answered);
            }
        }));
    }
}

TEST_CASE("silence is an answer once the deadline has passed") {
    test::RealTime time;
    RealNetwork network(time.signals, names({{"vm188", {"127.0.0.1"}}}));
    SKIP_UNLESS(in_own_network(Loopback::up, [&] {
        nobody_answers();
        PingAnswer answer = network.ping("127.0.0.1", Deadline::in(time.clock, 60ms));
        CHECK_FALSE(answer.answered);
        CHECK(answer.reason.starts_with("no answer within "));
        CHECK(answer.reason.find("from") == std::string::npos);
        CHECK(network.ping("vm188", Deadline::in(time.clock, 60ms)).reason.ends_with(" from 127.0.0.1"));
        CHECK(network.ping("nobody", Deadline::in(time.clock, 60ms)).reason == "no such name");
    }));
}

TEST_CASE("any address of a name will do") {
    test::RealTime time;
    RealNetwork network(time.signals, names({{"vm188", {"127.0.0.1", "::1"}}, {"far", {"192.0.2.1", "::1"}}}));
    SKIP_UNLESS(in_own_network(Loopback::up, [&] {
        nobody_answers();  // over IPv4
        CHECK(network.ping("vm188", test::patience(time.clock)).answered);
        CHECK(network.ping("far", test::patience(time.clock)).answered);
    }));
}

TEST_CASE("without a route there is no waiting") {
    test::RealTime time;
    RealNetwork network(time.signals);
    SKIP_UNLESS(in_own_network(Loopback::down, [&] {
        PingAnswer answer = network.ping("192.0.2.1", Deadline::in(time.clock, 24h));
        CHECK_FALSE(answer.answered);
        CHECK(answer.reason == "network is unreachable");
    }));
}

TEST_CASE("what the network says about a request is the reason") {
    test::RealTime time;
    RealNetwork network(time.signals);
    SKIP_UNLESS(in_own_network(Loopback::up, [&] {
        REQUIRE(test::run_program({"ip", "route", "add", "unreachable", "198.51.100.0/24"}) == 0);
        REQUIRE(test::run_program({"ip", "route", "add", "prohibit", "203.0.113.0/24"}) == 0);
        CHECK(network.ping("198.51.100.1", Deadline::in(time.clock, 60ms)).reason.starts_with("the host is unreachable"));
        CHECK(network.ping("203.0.113.1", Deadline::in(time.clock, 60ms)).reason == "permission denied");
    }));
}

TEST_CASE("what a router says about a request is the reason") {
    test::RealTime time;
    RealNetwork network(time.signals);
    for (const char* range : {"1 0", "0 2147483647"}) {
        CAPTURE(range);  // without and with unprivileged ping sockets
        SKIP_UNLESS(in_own_network(Loopback::up, [&] {
            set_sysctl("ipv4/ping_group_range", range);
            nobody_answers();
            Neighbour router(host_unreachable);
            PingAnswer answer = network.ping("127.0.0.1", Deadline::in(time.clock, 200ms));
            CHECK(answer.reason.starts_with("the host is unreachable"));
            CHECK_FALSE(answer.answered);
        }));
    }
}

TEST_CASE("a route that goes away meanwhile is the reason") {
    test::RealTime time;
    RealNetwork network(time.signals);
    SKIP_UNLESS(in_own_network(Loopback::up, [&] {
        nobody_answers();
        REQUIRE(test::run_program({"ip", "route", "add", "local", "198.51.100.0/24", "dev", "lo"}) == 0);
        Neighbour neighbour(reply_with([](Bytes& icmp) {
            spoil(icmp);
            test::run_program({"ip", "route", "del", "local", "198.51.100.0/24", "dev", "lo"});
        }));
        CHECK(network.ping("198.51.100.1", Deadline::in(time.clock, 1200ms)).reason == "network is unreachable");
        CHECK(neighbour.requests() == 1);
    }));
}

TEST_CASE("a reply to somebody else's request is no answer") {
    test::RealTime time;
    RealNetwork network(time.signals);
    const std::map<std::string, std::function<void(Bytes&)>> changes = {
        {"another process's identifier", [](Bytes& icmp) { icmp[4] ^= 1; }},
        {"a sequence number that was not sent", [](Bytes& icmp) { icmp[6] ^= 0x40; }},
        {"another payload", spoil},
        {"another type", [](Bytes& icmp) { icmp[0] = ICMP_TIMESTAMPREPLY; }},
    };
    SKIP_UNLESS(in_own_network(Loopback::up, [&] {
        nobody_answers();
        for (const auto& [what, change] : changes) {
            const auto& the_what = what;
            CAPTURE(the_what);
            Neighbour impostor(reply_with(change));
            CHECK_FALSE(network.ping("127.0.0.1", Deadline::in(time.clock, 150ms)).answered);
            CHECK(impostor.requests() > 0);
        }
        Neighbour honest(reply_with([](Bytes&) {}));
        CHECK(network.ping("127.0.0.1", test::patience(time.clock)).answered);
    }));
}

TEST_CASE("requests are repeated: a machine that comes up while we wait is seen") {
    test::RealTime time;
    RealNetwork network(time.signals);
    SKIP_UNLESS(in_own_network(Loopback::up, [&] {
        nobody_answers();
        int seen = 0;
        Neighbour late(reply_with([&](Bytes& icmp) {
            if (++seen < 2) spoil(icmp);
        }));
        CHECK(network.ping("127.0.0.1", test::patience(time.clock)).answered);
        CHECK(late.requests() >= 2);
    }));
}

TEST_CASE("a signal ends a ping") {
    test::RealTime time;
    RealNetwork network(time.signals);
    SKIP_UNLESS(in_own_network(Loopback::up, [&] {
        nobody_answers();
        Neighbour user(reply_with([](Bytes& icmp) {
            spoil(icmp);
            ::kill(::getpid(), SIGINT);
        }));
        // A deadline that nobody waits for.
        PingAnswer answer = network.ping("127.0.0.1", Deadline::in(time.clock, 24h));
        CHECK_FALSE(answer.answered);
        CHECK(answer.reason == "interrupted by a signal");
        CHECK(time.signals.take() == SIGINT);
    }));
}
