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

#include <array>
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

/// Answers each echo request of this network with a reply that `change` has been at, as many as come, until it is told to stop.
class Impostor {
public:
    explicit Impostor(std::function<void(std::uint8_t* icmp)> change) : change_(std::move(change)) {
        socket_ = Descriptor(::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP));
        REQUIRE(socket_);
        timeval tick{0, 10000};
        ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &tick, sizeof tick);
        // A thread inherits the network of the one that starts it.
        thread_ = std::thread([this] { serve(); });
    }
    ~Impostor() {
        stop_ = true;
        thread_.join();
    }
    int answers() const { return answers_; }

private:
    void serve() {
        while (!stop_) {
            std::array<std::uint8_t, 512> packet;
            sockaddr_in from{};
            socklen_t size = sizeof from;
            const ssize_t length = ::recvfrom(socket_.get(), packet.data(), packet.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
            if (length < 28 || packet[20] != ICMP_ECHO) continue;
            const auto message = static_cast<std::size_t>(length) - 20;
            std::uint8_t* icmp = packet.data() + 20;
            icmp[0] = ICMP_ECHOREPLY;
            change_(icmp);
            icmp[2] = icmp[3] = 0;
            const std::uint16_t sum = sum16(icmp, message);
            icmp[2] = static_cast<std::uint8_t>(sum >> 8);
            icmp[3] = static_cast<std::uint8_t>(sum & 0xff);
            ::sendto(socket_.get(), icmp, message, 0, reinterpret_cast<const sockaddr*>(&from), size);
            ++answers_;
        }
    }

    std::function<void(std::uint8_t*)> change_;
    Descriptor socket_;
    std::atomic<bool> stop_ = false;
    std::atomic<int> answers_ = 0;
    std::thread thread_;
};

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
        PingAnswer answer = network.ping("192.0.2.1", test::patience(time.clock));
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

TEST_CASE("a reply to somebody else's request is no answer") {
    test::RealTime time;
    RealNetwork network(time.signals);
    const std::map<std::string, std::function<void(std::uint8_t*)>> changes = {
        {"another process's identifier", [](std::uint8_t* icmp) { icmp[4] ^= 1; }},
        {"a sequence number that was not sent", [](std::uint8_t* icmp) { icmp[6] ^= 0x40; }},
        {"another payload", [](std::uint8_t* icmp) { icmp[8] ^= 1; }},
        {"another type", [](std::uint8_t* icmp) { icmp[0] = ICMP_TIMESTAMPREPLY; }},
    };
    SKIP_UNLESS(in_own_network(Loopback::up, [&] {
        nobody_answers();
        for (const auto& [what, change] : changes) {
            CAPTURE(what);
            Impostor impostor(change);
            CHECK_FALSE(network.ping("127.0.0.1", Deadline::in(time.clock, 150ms)).answered);
            CHECK(impostor.answers() > 0);
        }
        Impostor honest([](std::uint8_t*) {});
        CHECK(network.ping("127.0.0.1", test::patience(time.clock)).answered);
    }));
}

TEST_CASE("requests are repeated: a machine that comes up while we wait is seen") {
    test::RealTime time;
    RealNetwork network(time.signals);
    SKIP_UNLESS(in_own_network(Loopback::up, [&] {
        nobody_answers();
        int seen = 0;
        Impostor late([&](std::uint8_t* icmp) {
            if (++seen < 2) icmp[8] ^= 1;
        });
        CHECK(network.ping("127.0.0.1", test::patience(time.clock)).answered);
        CHECK(late.answers() == 2);
    }));
}

TEST_CASE("a signal ends a ping") {
    test::RealTime time;
    RealNetwork network(time.signals);
    SKIP_UNLESS(in_own_network(Loopback::up, [&] {
        nobody_answers();
        Impostor user([](std::uint8_t* icmp) {
            icmp[8] ^= 1;
            ::kill(::getpid(), SIGINT);
        });
        PingAnswer answer = network.ping("127.0.0.1", test::patience(time.clock));
        CHECK_FALSE(answer.answered);
        CHECK(answer.reason == "interrupted by a signal");
        CHECK(time.signals.take() == SIGINT);
    }));
}
