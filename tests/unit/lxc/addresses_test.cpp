// The addresses of containers, from the kernel's own tables in /proc/PID/net. The texts are of kernels 5.10 and 6.1.

#include "drivers/hypervisor/lxc/addresses.h"

#include <doctest/doctest.h>

#include "tests/unit/machine.h"

namespace svcmgr::lxc {

namespace {

constexpr const char* fib_trie = R"(Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 10.0.3.0/24 2 0 2
        +-- 10.0.3.0/28 2 0 2
           |-- 10.0.3.0
              /24 link UNICAST
           |-- 10.0.3.14
              /32 host LOCAL
        |-- 10.0.3.255
           /32 link BROADCAST
     +-- 127.0.0.0/8 2 0 2
        +-- 127.0.0.0/31 1 0 0
           |-- 127.0.0.0
              /8 host LOCAL
           |-- 127.0.0.1
              /32 host LOCAL
        |-- 127.255.255.255
           /32 link BROADCAST
Local:
  +-- 0.0.0.0/0 3 0 5
     |-- 10.0.3.14
        /32 host LOCAL
     |-- 192.168.7.1
        /32 host LOCAL
)";

constexpr const char* if_inet6 =
    "00000000000000000000000000000001 01 80 10 80       lo\n"
    "fe80000000000000021659fffe0f0a4b 02 40 20 80     eth0\n"
    "20010db8000000000000000000000017 02 40 00 80     eth0\n";

}  // namespace

TEST_CASE("addresses of a network's tables: its own, each once, none that holds on the machine or the link alone") {
    CHECK(ipv4_addresses(fib_trie) == std::vector<std::string>{"10.0.3.14", "192.168.7.1"});
    CHECK(ipv6_addresses(if_inet6) == std::vector<std::string>{"2001:db8::17"});
    for (const char* text : {"", "|-- \n /32 host LOCAL\n", "|-- x\n/32 host LOCAL", "/32 host LOCAL"}) CHECK(ipv4_addresses(text).empty());
    for (const char* text : {"", "zz010db8000000000000000000000017 02 40 00 80 eth0", "2001 02 40 00 80 eth0"})
        CHECK(ipv6_addresses(text).empty());
}

TEST_CASE("a container without a network of its own has the node's addresses, which are not its") {
    test::ImpatientClock clock;
    test::SettableSignals signals;
    MemoryFiles files(clock, signals);
    files.put("/proc/41/net/fib_trie", fib_trie, 0444);
    files.put("/proc/41/net/if_inet6", if_inet6, 0444);
    CHECK(addresses_of(files, 41).empty());  // it can't be told
    files.put_link("/proc/self/ns/net", "net:[1]");
    files.put_link("/proc/41/ns/net", "net:[2]");
    CHECK(addresses_of(files, 41) == std::vector<std::string>{"10.0.3.14", "192.168.7.1", "2001:db8::17"});
    files.put_link("/proc/42/ns/net", "net:[1]");
    files.put("/proc/42/net/fib_trie", fib_trie, 0444);
    CHECK(addresses_of(files, 42).empty());
}

}  // namespace svcmgr::lxc
