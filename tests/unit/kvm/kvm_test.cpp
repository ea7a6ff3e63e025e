#include "drivers/hypervisor/kvm/kvm.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <future>

#include "drivers/hypervisor/keywords/kvm.h"
#include "drivers/hypervisor/keywords/kvm_instance.h"
#include "drivers/hypervisor/kvm/definition_file.h"
#include "tests/unit/drivers/support.h"
#include "tests/unit/kvm/doubles.h"

namespace svcmgr::kvm {

namespace {

using Value = GuestState::Value;
using test::TestWorld;

/// A host of libvirt's test driver, from its own configuration file.
class TestHost {
public:
    explicit TestHost(const std::string& domains) { std::ofstream(file()) << "<node>" << domains << "</node>"; }
    std::string uri() const { return "test://" + file(); }

private:
    std::string file() const { return directory_.path() + "/node.xml"; }

    test::TemporaryDirectory directory_;
};

std::string domain_xml(const std::string& name, int state = VIR_DOMAIN_SHUTOFF) {
    return fmt::format(
        "<domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'><name>{}</name><uuid>{}</uuid><memory "
        "unit='KiB'>65536</memory>"
        "<vcpu>3</vcpu><os><type>hvm</type></os><devices><disk type='block' device='disk'><source dev='/dev/vg/{}'/>"
        "<target dev='vda' bus='virtio'/></disk></devices><test:runstate>{}</test:runstate></domain>",
        name, fmt::format("040fd4bb-21c6-4876-b20e-{:012x}", std::hash<std::string>()(name) & 0xffffffffffff), name, state);
}

/// A daemon that lets clients connect and says nothing, like a libvirtd that hangs.
class SilentDaemon {
public:
    SilentDaemon() : threads_(threads()), descriptor_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const auto path = socket();
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        if (::bind(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || ::listen(descriptor_, 16) != 0)
            throw Error(Error::Code::failed, "no socket");
    }
    /// Ends when all those have gone that hung in it.
    ~SilentDaemon() {
        ::close(descriptor_);
        test::eventually([this] { return threads() <= threads_; });
    }
    SilentDaemon(const SilentDaemon&) = delete;
    SilentDaemon& operator=(const SilentDaemon&) = delete;
    std::string uri() const { return "qemu+unix:///system?socket=" + socket(); }
    /// Who comes now finds no daemon; who hangs in it goes on hanging.
    void remove_socket() const { std::filesystem::remove(socket()); }

private:
    std::string socket() const { return directory_.path() + "/socket"; }
    static std::ptrdiff_t threads() {
        return std::distance(std::filesystem::directory_iterator("/proc/self/task"), std::filesystem::directory_iterator());
    }

    std::ptrdiff_t threads_;
    test::TemporaryDirectory directory_;
    int descriptor_;
};

Guest guest(const std::string& name) {
    return {name, name + ".example.org", false};
}

GuestState look_at_one(KvmHypervisor& hypervisor, const std::string& name, Deadline deadline) {
    const Guest one = guest(name);
    const auto states = hypervisor.look({&one, 1}, deadline);
    REQUIRE(states.size() == 1);
    return states.front();
}

ProcessInfo qemu(int pid, const std::string& guest) {
    return {pid, {"/usr/bin/qemu-system-x86_64", "-name", "guest=" + guest + ",debug-threads=on", "-S"}};
}

Error error_of(const std::function<void()>& call) {
    try {
        call();
    } catch (const Error& error) {
        return error;
    }
    return {Error::Code::failed, "nothing was thrown"};
}

constexpr auto missing_socket = "qemu+unix:///system?socket=/nowhere/libvirt-sock";

}  // namespace

TEST_CASE("a look tells state, reason, sizes") {
    TestWorld world;
    TestHost host(domain_xml("up", VIR_DOMAIN_RUNNING) + domain_xml("down") + domain_xml("held", VIR_DOMAIN_PAUSED) +
                  domain_xml("broken", VIR_DOMAIN_CRASHED));
    KvmHypervisor hypervisor(world.world(), host.uri());
    const std::vector<Guest> guests = {guest("up"), guest("down"), guest("held"), guest("broken"), guest("nobody"), guest("up")};
    const auto states = hypervisor.look(guests, world.patient());
    REQUIRE(states.size() == 6);
    CHECK(states[5].value == Value::running);
    CHECK(states[0].value == Value::running);
    CHECK(states[0].warnings.empty());
    CHECK(states[1].value == Value::stopped);
    CHECK(states[2].value == Value::paused);
    CHECK(states[3].value == Value::crashed);
    CHECK(states[4].value == Value::absent);
    CHECK(states[4].reason == "libvirt knows no guest of this name");

    const auto one = look_at_one(hypervisor, "up", world.patient());
    CHECK(one.vcpus == 3);
    CHECK(one.memory_kib == 65536);
}

TEST_CASE("a thousand guests cost as many requests as two") {
    TestWorld world;
    std::string domains;
    std::vector<Guest> guests;
    for (int number = 0; number < 1000; ++number) {
        guests.push_back(guest(fmt::format("vm{}", number)));
        domains += domain_xml(guests.back().name, number % 2 == 0 ? VIR_DOMAIN_RUNNING : VIR_DOMAIN_SHUTOFF);
    }
    TestHost host(domains);
    KvmHypervisor hypervisor(world.world(), host.uri());
    const auto states = hypervisor.look(guests, world.patient());
    REQUIRE(states.size() == 1000);
    CHECK(states[998].value == Value::running);
    CHECK(states[999].value == Value::stopped);
    CHECK(hypervisor.requests() == 2);

    hypervisor.look(std::span(guests).first(2), world.patient());
    CHECK(hypervisor.requests() == 4);
    hypervisor.look(std::span(guests).first(1), world.patient());
    CHECK(hypervisor.requests() == 9);  // itself, its state, its autostart, its sizes, and the definition that leads to its addresses
    CHECK(hypervisor.look({}, world.patient()).empty());
    CHECK(hypervisor.requests() == 9);
}

TEST_CASE("while libvirtd does not run, a guest is found by its process, and is never said to be stopped") {
    TestWorld world;
    world.processes.processes = {qemu(4711, "vm188")};
    KvmHypervisor hypervisor(world.world(), missing_socket);

    const auto running = look_at_one(hypervisor, "vm188", world.patient());
    CHECK(running.value == Value::running);
    CHECK(running.reason == "its process 4711 runs");
    CHECK(running.warnings == std::vector<std::string>{"libvirtd is not running; vm188 was found by its process 4711"});

    const auto other = look_at_one(hypervisor, "vm18", world.patient());
    CHECK(other.value == Value::unknown);
    CHECK(other.reason == "libvirtd is not running: whether vm18 is stopped can't be told (it has no process here)");
}

TEST_CASE("libvirt prints nothing by itself") {
    TestWorld world;
    const test::TemporaryDirectory directory;
    const std::string file = directory.path() + "/stderr";
    const int before = ::dup(STDERR_FILENO);
    const int captured = ::open(file.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    ::dup2(captured, STDERR_FILENO);
    KvmHypervisor hypervisor(world.world(), missing_socket);
    look_at_one(hypervisor, "vm188", world.patient());
    ::dup2(before, STDERR_FILENO);
    ::close(captured);
    ::close(before);
    CHECK(std::filesystem::file_size(file) == 0);
}

TEST_CASE("processes of this machine say nothing about guests of another one") {
    TestWorld world;
    world.processes.processes = {qemu(4711, "vm188")};
    KvmHypervisor hypervisor(world.world(), "test+unix:///default?socket=/nowhere/libvirt-sock");
    const auto state = look_at_one(hypervisor, "vm188", world.patient());
    CHECK(state.value == Value::unknown);
    CHECK(state.reason.ends_with(": whether vm188 is stopped can't be told"));
}

TEST_CASE("while libvirtd hangs, a look ends at its deadline and claims nothing") {
    TestWorld world;
    world.processes.processes = {qemu(4711, "vm188")};
    const SilentDaemon daemon;
    {
        KvmHypervisor hypervisor(world.world(), daemon.uri());
        const auto here = look_at_one(hypervisor, "vm188", world.soon());
        CHECK(here.value == Value::unknown);
        CHECK(here.reason == "libvirtd did not answer within 100 ms; its process 4711 is there");
        const auto other = look_at_one(hypervisor, "vm189", world.soon());
        CHECK(other.value == Value::unknown);
        CHECK(other.reason == "libvirtd did not answer within 100 ms");

        CHECK(hypervisor.capabilities(world.soon()).problem == "libvirtd did not answer within 100 ms");
        CHECK(hypervisor.disks(guest("vm188"), world.soon()).problem == "libvirtd did not answer within 100 ms");
    }
}

TEST_CASE("after a libvirtd that hung, the next call does not wait behind the one that was given up") {
    TestWorld world;
    SilentDaemon daemon;
    KvmHypervisor hypervisor(world.world(), daemon.uri());
    CHECK(look_at_one(hypervisor, "vm188", world.soon()).value == Value::unknown);
    daemon.remove_socket();
    CHECK(look_at_one(hypervisor, "vm188", world.patient()).reason.starts_with("libvirtd is not running"));
}

TEST_CASE("a pending signal ends a look at a libvirtd that hangs") {
    TestWorld world;
    world.signals.number = SIGINT;
    const SilentDaemon daemon;
    KvmHypervisor hypervisor(world.world(), daemon.uri());
    CHECK(look_at_one(hypervisor, "vm188", world.patient()).reason == "stopped by a signal before libvirtd answered");
}

TEST_CASE("a change that libvirtd does not answer says that it may still happen") {
    TestWorld world;
    const SilentDaemon daemon;
    KvmHypervisor hypervisor(world.world(), daemon.uri());
    const auto error = error_of([&] { hypervisor.stop(guest("vm188"), StopMode::force, world.soon()); });
    CHECK(error.code() == Error::Code::timed_out);
    CHECK(error.message() == "libvirtd did not answer within 100 ms");
    CHECK(error.hint() == "libvirtd may still do what it was told; look with: virsh domstate vm188");

    world.signals.number = SIGTERM;
    CHECK(error_of([&] { hypervisor.start(guest("vm188"), world.patient()); }).code() == Error::Code::interrupted);
}

TEST_CASE("a change while libvirtd does not run tells what to do") {
    TestWorld world;
    KvmHypervisor hypervisor(world.world(), missing_socket);
    const auto error = error_of([&] { hypervisor.stop(guest("vm188"), StopMode::ask, world.patient()); });
    CHECK(error.code() == Error::Code::unreachable);
    CHECK(error.message() == "libvirtd is not running");
    CHECK(error.where() == missing_socket);
    CHECK(error.hint() == "start it with: systemctl start libvirtd");
}

TEST_CASE("start, double start, stop, stop of a stopped guest") {
    TestWorld world;
    world.files.content[definition_path("vm188")] = domain_xml("vm188");
    // All connections to the default host of the test driver share its guests.
    KvmHypervisor hypervisor(world.world(), "test:///default");
    CHECK(look_at_one(hypervisor, "vm188", world.patient()).value == Value::absent);

    hypervisor.start(guest("vm188"), world.patient());
    CHECK(look_at_one(hypervisor, "vm188", world.patient()).value == Value::running);
    const auto error = error_of([&] { hypervisor.start(guest("vm188"), world.patient()); });
    CHECK(error.code() == Error::Code::failed);
    CHECK(error.where() == "guest vm188");
    CHECK(error.message() == "libvirt says that it is started already");

    hypervisor.stop(guest("vm188"), StopMode::ask, world.patient());
    CHECK(look_at_one(hypervisor, "vm188", world.patient()).value == Value::stopped);
    hypervisor.stop(guest("vm188"), StopMode::ask, world.patient());
    hypervisor.stop(guest("vm188"), StopMode::force, world.patient());
    hypervisor.stop(guest("nobody"), StopMode::force, world.patient());

    hypervisor.start(guest("vm188"), world.patient());
    hypervisor.stop(guest("vm188"), StopMode::force, world.patient());
    CHECK(look_at_one(hypervisor, "vm188", world.patient()).value == Value::stopped);
}

TEST_CASE("a guest made from its section: a changed template counts at the next start, and another guest of its name is not taken for it") {
    TestWorld world;
    KvmHypervisor hypervisor(world.world(), "test:///default");
    const auto instance = [](const std::string& memory, const std::string& uuid) {
        Options section("container#1", {"/etc/svcmgr/made.env", 1, 1}, kvm_keywords());
        section.set("template", {"<domain type='test'><memory unit='KiB'>" + memory + "</memory><os><type>hvm</type></os></domain>",
                                 {"/etc/svcmgr/made.env", 2, 1}});
        section.set("uuid", {uuid, {"/etc/svcmgr/made.env", 3, 1}});
        Guest guest{"made", "made"};
        guest.section = std::make_shared<const Options>(section);
        return settle_kvm_guest(guest, "");
    };
    const auto look = [&](const Guest& guest) { return hypervisor.look({&guest, 1}, world.patient()).front(); };
    const auto first = instance("65536", "aaaaaaaa-0000-4000-8000-000000000001");
    CHECK(first.name == "made-aaaaa");
    CHECK(look(first).value == Value::absent);
    hypervisor.start(first, world.patient());
    CHECK(look(first).value == Value::running);
    CHECK(look(first).memory_kib == 65536);
    hypervisor.stop(first, StopMode::force, world.patient());
    const auto changed = instance("131072", "aaaaaaaa-0000-4000-8000-000000000001");
    hypervisor.start(changed, world.patient());
    CHECK(look(changed).memory_kib == 131072);

    const auto other = instance("65536", "aaaaaaaa-0000-4000-8000-000000000002");
    CHECK(look(other).value == Value::unknown);
    CHECK(
        look(other).reason ==
        "libvirt's guest made-aaaaa has the uuid aaaaaaaa-0000-4000-8000-000000000001 and not aaaaaaaa-0000-4000-8000-000000000002: it is "
        "another one");
    auto renamed = first;
    renamed.name = "before";
    CHECK(look(renamed).value == Value::unknown);
    CHECK(look(renamed).reason == "libvirt's guest made-aaaaa has its uuid: was it renamed?");
    hypervisor.stop(first, StopMode::force, world.patient());
}

TEST_CASE("a guest that runs has the addresses that libvirt knows; none that does not, and none in a look at several") {
    TestWorld world;
    auto xml = domain_xml("leased");
    xml.replace(xml.find("</devices>"), 0, "<interface type='network'><source network='default'/></interface>");
    world.files.content[definition_path("leased")] = xml;
    // libvirt's test driver makes up a lease for each interface of a network that it knows.
    KvmHypervisor hypervisor(world.world(), "test:///default");
    hypervisor.start(guest("leased"), world.patient());
    const auto addresses = look_at_one(hypervisor, "leased", world.patient()).addresses;
    REQUIRE(addresses.size() == 1);
    CHECK(addresses.front().starts_with("192.168."));
    const std::vector<Guest> both = {guest("leased"), guest("test")};
    CHECK(hypervisor.look(both, world.patient()).front().addresses.empty());
    hypervisor.stop(guest("leased"), StopMode::force, world.patient());
    CHECK(look_at_one(hypervisor, "leased", world.patient()).addresses.empty());
}

TEST_CASE("a guest whose definition is here, and which runs under another name, is not called absent") {
    TestWorld world;
    TestHost host(domain_xml("after", VIR_DOMAIN_RUNNING));
    KvmHypervisor hypervisor(world.world(), host.uri());
    CHECK(look_at_one(hypervisor, "before", world.patient()).value == Value::absent);
    auto xml = domain_xml("after");
    xml.replace(xml.find("after"), 5, "before");
    world.files.content[definition_path("before")] = xml;
    const auto state = look_at_one(hypervisor, "before", world.patient());
    CHECK(state.value == Value::unknown);
    CHECK(state.reason == "libvirt's guest after has its uuid: was it renamed?");
    world.files.content[definition_path("before")] = domain_xml("before");
    CHECK(look_at_one(hypervisor, "before", world.patient()).value == Value::absent);
}

TEST_CASE("what stands in the way of a start is known before it") {
    TestWorld world;
    KvmHypervisor hypervisor(world.world(), missing_socket);
    const auto obstacle = [&] {
        const auto outlook = hypervisor.outlook(guest("vm188"), world.patient());
        return outlook.obstacle ? outlook.obstacle->message() : "";
    };
    CHECK(obstacle().empty());  // that there is no definition is somebody else's business
    world.files.content[definition_path("vm188")] = "<domain>";
    CHECK(obstacle().starts_with("/etc/libvirt/qemu/vm188.xml: this definition can't be used: "));
    world.files.content[definition_path("vm188")] =
        "<domain><name>vm188</name><devices><disk type='file'><source file='/srv/a.img'/></disk></devices></domain>";
    CHECK(obstacle() == "vm188 can't be started: /srv/a.img: no such file");
    CHECK(error_of([&] { hypervisor.start(guest("vm188"), world.patient()); }).message() == obstacle());
    world.files.content["/srv/a.img"] = "";
    CHECK(obstacle().empty());
}

TEST_CASE("threads look and change side by side over the connections that they share") {
    TestWorld world;
    KvmHypervisor hypervisor(world.world(), "test:///default");
    std::vector<Guest> guests;
    for (int number = 0; number < 8; ++number) {
        guests.push_back(guest(fmt::format("side{}", number)));
        world.files.content[definition_path(guests.back().name)] = domain_xml(guests.back().name);
    }
    std::vector<std::future<Value>> results;
    for (const Guest& one : guests)
        results.push_back(std::async(std::launch::async, [&] {
            hypervisor.start(one, world.patient());
            const auto state = hypervisor.look({&one, 1}, world.patient()).front();
            hypervisor.stop(one, StopMode::force, world.patient());
            return state.value;
        }));
    for (auto& result : results) CHECK(result.get() == Value::running);
    for (const GuestState& state : hypervisor.look(guests, world.patient())) CHECK(state.value == Value::stopped);
}

// If this fails, GLib ends svcmgr in the middle of an action.
TEST_CASE("without descriptors libvirt is not begun with") {
    TestWorld world;
    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    const rlimit few{32, before.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &few);
    const Error error = error_of([&] { KvmHypervisor(world.world(), "test:///default"); });
    ::setrlimit(RLIMIT_NOFILE, &before);
    CHECK(error.message().starts_with("libvirt needs 48 descriptors, and "));
    CHECK(error.hint() == "ulimit -n shows it; 1024 is usual");
}

// If this fails, a stop at the moment of a backup or of a look by somebody else fails, and the guest stays up.
TEST_CASE("while another change of the same guest is being made, a change is asked for again until nobody waits any more") {
    std::atomic<std::uint64_t> requests{0};
    int calls = 0;
    const auto third_time = [](int* call) { return ++*call > 2 ? 0 : -1; };
    const auto busy = [] { return true; };
    const Session session(nullptr, std::stop_token(), requests, Attempt::first);
    CHECK(session.insist_while(busy, third_time, &calls) == 0);
    CHECK(calls == 3);
    CHECK(requests == 3);

    std::stop_source given_up;
    given_up.request_stop();
    calls = 0;
    const Session late(nullptr, given_up.get_token(), requests, Attempt::first);
    CHECK_THROWS_AS(late.insist_while(busy, third_time, &calls), Error);
    CHECK(calls == 0);

    CHECK(session.insist_while([] { return false; }, third_time, &calls) == -1);
    CHECK(calls == 1);
}

TEST_CASE("a guest that is defined nowhere is not started, and the error says which file is missing") {
    TestWorld world;
    KvmHypervisor hypervisor(world.world(), "test:///default");
    const auto error = error_of([&] { hypervisor.start(guest("nobody"), world.patient()); });
    CHECK(error.code() == Error::Code::failed);
    CHECK(error.message() == "libvirt does not know it, and there is no /etc/libvirt/qemu/nobody.xml");
    CHECK(error.where() == "guest nobody");
    CHECK_FALSE(error.hint().empty());
}

TEST_CASE("a definition that can't be right is refused before libvirt sees it") {
    TestWorld world;
    KvmHypervisor hypervisor(world.world(), missing_socket);
    const auto refusal = [&](const std::string& name, const std::string& xml) {
        world.files.content[definition_path(name)] = xml;
        const auto error = error_of([&] { hypervisor.start(guest(name), world.patient()); });
        CHECK(error.code() == Error::Code::invalid);
        CHECK(error.where() == definition_path(name));
        return error.message();
    };
    CHECK(refusal("vm188", domain_xml("vm189")) == "this definition can't be used: it defines the guest 'vm189' and not 'vm188'");
    CHECK(refusal("vm188", "<domain>\n<name>vm188").starts_with("this definition can't be used: line 2: "));
    CHECK(refusal("vm188", std::string(2 << 20, ' ')) == "this definition can't be used: larger than its limit");
    CHECK(refusal("../vm188", domain_xml("../vm188")) == "this definition can't be used: '../vm188' can't be the name of a guest");
}

TEST_CASE("a definition that libvirt refuses is told with libvirt's words and the file") {
    TestWorld world;
    world.files.content[definition_path("vm188")] = "<domain type='test'><name>vm188</name><os><type>nonsense</type></os></domain>";
    KvmHypervisor hypervisor(world.world(), "test:///default");
    const auto error = error_of([&] { hypervisor.start(guest("vm188"), world.patient()); });
    CHECK(error.code() == Error::Code::failed);
    CHECK(error.where() == definition_path("vm188"));
    CHECK(error.message().starts_with("libvirt refuses this definition: "));
    CHECK(error.message().find("nonsense") != std::string::npos);
}

TEST_CASE("disks come from libvirt, from the file of the next start, and from the file alone when libvirt can't be asked") {
    TestWorld world;
    TestHost host(domain_xml("up", VIR_DOMAIN_RUNNING) + domain_xml("down"));
    KvmHypervisor hypervisor(world.world(), host.uri());
    const auto sources = [&](KvmHypervisor& asked, const std::string& name) {
        std::vector<std::string> result;
        for (const auto& disk : asked.disks(guest(name), world.patient()).disks) result.push_back(disk.target + " " + disk.source);
        return result;
    };
    CHECK(sources(hypervisor, "up") == std::vector<std::string>{"vda /dev/vg/up"});
    CHECK(sources(hypervisor, "down") == std::vector<std::string>{"vda /dev/vg/down"});
    CHECK(hypervisor.disks(guest("nobody"), world.patient()).problem ==
          "libvirt does not know nobody, and there is no /etc/libvirt/qemu/nobody.xml");

    // A peer replicated another definition: what runs has its own disk, what will be started has the new one.
    const auto other_disks = [](const std::string& name) {
        return "<domain type='test'><name>" + name +
               "</name><devices><disk type='block'><source dev='/dev/new'/><target dev='vda'/></disk><disk type='block'><source "
               "dev='/dev/second'/><target dev='vdb'/></disk></devices></domain>";
    };
    for (const std::string name : {"up", "down", "elsewhere"}) world.files.content[definition_path(name)] = other_disks(name);
    CHECK(sources(hypervisor, "up") == std::vector<std::string>{"vda /dev/vg/up", "vdb /dev/second"});
    CHECK(sources(hypervisor, "down") == std::vector<std::string>{"vda /dev/new", "vdb /dev/second"});
    CHECK(sources(hypervisor, "elsewhere") == std::vector<std::string>{"vda /dev/new", "vdb /dev/second"});
    CHECK(hypervisor.disks(guest("up"), world.patient()).problem.empty());
    CHECK(hypervisor.disks(guest("elsewhere"), world.patient()).problem.empty());

    KvmHypervisor dead(world.world(), missing_socket);
    CHECK(sources(dead, "up") == std::vector<std::string>{"vda /dev/new", "vdb /dev/second"});
    CHECK(dead.disks(guest("up"), world.patient()).problem == "libvirtd is not running: these are the disks of /etc/libvirt/qemu/up.xml");
    CHECK(dead.disks(guest("nobody"), world.patient()).problem == "libvirtd is not running");
}

TEST_CASE("a volume's disk is told by the path that is reserved, while libvirt can tell it") {
    TestWorld world;
    TestHost host(
        "<pool type='dir'><name>images</name><target><path>/srv/images</path></target><volume type='file'><name>data</name>"
        "<capacity unit='bytes'>1048576</capacity><target><path>/srv/images/data</path></target></volume></pool>"
        "<domain type='test'><name>vm188</name><memory unit='KiB'>65536</memory><os><type>hvm</type></os><devices>"
        "<disk type='volume' device='disk'><source pool='images' volume='data'/><target dev='vda' bus='virtio'/></disk>"
        "<disk type='volume' device='disk'><source pool='images' volume='gone'/><target dev='vdb' bus='virtio'/></disk>"
        "<disk type='volume' device='disk'><source pool='other' volume='data'/><target dev='vdc' bus='virtio'/></disk>"
        "</devices></domain>");
    KvmHypervisor hypervisor(world.world(), host.uri());
    const auto found = hypervisor.disks(guest("vm188"), world.patient());
    CHECK(found.problem.empty());
    REQUIRE(found.disks.size() == 3);
    CHECK(found.disks[0].source == "/srv/images/data");
    CHECK(found.disks[0].size == 1048576);
    CHECK(found.disks[0].kind == GuestDisk::Kind::volume);
    CHECK(found.disks[1].source == "images/gone");
    CHECK(found.disks[2].source == "other/data");
}

TEST_CASE("a definition that can't be read does not hide the disks that libvirt knows") {
    TestWorld world;
    TestHost host(domain_xml("up", VIR_DOMAIN_RUNNING));
    KvmHypervisor hypervisor(world.world(), host.uri());
    world.files.problems[definition_path("up")] = {EACCES, "permission denied"};
    const auto disks = hypervisor.disks(guest("up"), world.patient());
    CHECK(disks.disks.size() == 1);
    CHECK(disks.problem == "/etc/libvirt/qemu/up.xml: permission denied");
}

TEST_CASE("the definition is the file and the firmware that exist") {
    TestWorld world;
    KvmHypervisor hypervisor(world.world(), missing_socket);
    CHECK(hypervisor.definition(guest("vm188")).empty());
    CHECK(hypervisor.definition(guest("../../shadow")).empty());

    world.files.content[definition_path("vm188")] =
        "<domain><name>vm188</name><os><loader>/usr/share/OVMF/CODE.fd</loader><nvram>/srv/VARS.fd</nvram></os></domain>";
    CHECK(hypervisor.definition(guest("vm188")) == std::vector<Path>{definition_path("vm188")});
    world.files.content["/srv/VARS.fd"] = "";
    CHECK(hypervisor.definition(guest("vm188")) == std::vector<Path>{definition_path("vm188"), "/srv/VARS.fd"});
    world.files.content["/usr/share/OVMF/CODE.fd"] = "";
    CHECK(hypervisor.definition(guest("vm188")).size() == 3);
    // A broken one is replicated as well: what it is about is not ours to judge.
    world.files.content[definition_path("vm188")] = "<domain>";
    CHECK(hypervisor.definition(guest("vm188")) == std::vector<Path>{definition_path("vm188")});
}

TEST_CASE("what this host can do is asked once") {
    TestWorld world;
    KvmHypervisor hypervisor(world.world(), "test:///default");
    const auto capabilities = hypervisor.capabilities(world.patient());
    CHECK(capabilities.problem.empty());
    CHECK(capabilities.can == std::set{Capability::start, Capability::live_migration, Capability::disks, Capability::definition});
    const auto requests = hypervisor.requests();
    CHECK(hypervisor.capabilities(world.patient()).has(Capability::start));
    CHECK(hypervisor.requests() == requests);

    KvmHypervisor dead(world.world(), missing_socket);
    CHECK(dead.capabilities(world.patient()).problem == "libvirtd is not running");
    CHECK(dead.capabilities(world.patient()).can.empty());
}

TEST_CASE("commands run inside as root over ssh, and not at all in Windows") {
    TestWorld world;
    KvmHypervisor hypervisor(world.world(), missing_socket);
    CHECK(hypervisor.run_inside(guest("vm188"), {"pwd"}, world.patient()).ok());
    REQUIRE(world.ssh.commands.size() == 1);
    CHECK(world.ssh.commands[0].first.host == "vm188.example.org");
    CHECK(world.ssh.commands[0].first.user == "root");
    CHECK(world.ssh.commands[0].first.port == 22);
    CHECK(world.ssh.commands[0].second == Argv{"pwd"});

    Guest windows = guest("vm9");
    windows.windows = true;
    const auto outcome = hypervisor.run_inside(windows, {"pwd"}, world.patient());
    CHECK_FALSE(outcome.ok());
    CHECK(outcome.reason == "nothing can be run inside vm9: its env file says that it runs Windows");
    CHECK(world.ssh.commands.size() == 1);
}

// If this fails, a drill says yes of a node on which libvirt refuses the guest.
TEST_CASE("what a guest takes from the host: networks that libvirt does not know and memory that is not there are missing") {
    TestWorld world;
    TestHost host(
        "<network><name>here</name><ip address='192.168.9.1' netmask='255.255.255.0'/></network>"
        "<domain type='test'><name>big</name><memory unit='TiB'>900</memory><os><type>hvm</type></os><devices>"
        "<interface type='network'><source network='here'/></interface><interface type='network'><source network='gone'/></interface>"
        "</devices></domain>");
    KvmHypervisor hypervisor(world.world(), host.uri());
    std::map<std::string, HostNeed> needs;
    for (const HostNeed& need : hypervisor.needs(guest("big"), world.patient())) needs[need.what] = need;
    CHECK(needs["network here"].answer == HostNeed::Answer::here);
    CHECK(needs["network here"].what == "network here");
    CHECK(needs["network gone"].answer == HostNeed::Answer::missing);
    CHECK(needs["memory"].answer != HostNeed::Answer::here);
    CHECK(hypervisor.needs(guest("nobody"), world.patient()).empty());
}

TEST_CASE("what a guest takes from the host is not known while libvirtd hangs, and that is said in time") {
    TestWorld world;
    SilentDaemon daemon;
    KvmHypervisor hypervisor(world.world(), daemon.uri());
    const auto needs = hypervisor.needs(guest("any"), Deadline::in(world.world().clock, std::chrono::milliseconds(200)));
    REQUIRE(needs.size() == 1);
    CHECK(needs[0].answer == HostNeed::Answer::unknown);
    CHECK(needs[0].reason.find("libvirtd did not answer within") != std::string::npos);
    daemon.remove_socket();
}

}  // namespace svcmgr::kvm
