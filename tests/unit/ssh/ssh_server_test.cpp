// The ssh module against real servers: OpenSSH's and dropbear's, started by each test as children of it.

#include "tests/unit/ssh/ssh_server.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "drivers/descriptor.h"
#include "drivers/ssh/lazy_ssh.h"
#include "tests/unit/ssh/ssh_world.h"

using namespace svcmgr;
using namespace std::chrono_literals;
using Value = SshOutcome::Value;
using Kind = test::SshServer::Kind;

namespace {

const test::SshKeys& shared_keys() {
    static const test::TemporaryDirectory directory;
    static const test::SshKeys keys(directory.path());
    return keys;
}

std::string module_directory() {
    return std::filesystem::canonical("/proc/self/exe").parent_path();
}

std::string read_text(const std::string& file) {
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
}

/// One run of svcmgr: the module, its known_hosts and its keys.
class Client {
public:
    explicit Client(int port) : target{"guest", "root", port} {
        world.names["guest"] = {"127.0.0.1"};
        settings.known_hosts = directory.path() + "/known_hosts";
        settings.identities = {shared_keys().client()};
    }
    explicit Client(const test::SshServer& server) : Client(server.port()) { know(shared_keys().host_key("ed25519")); }

    void know(const std::string& key_file) { write_known(fmt::format("[guest]:{} {}\n", target.port, test::public_half(key_file))); }
    void write_known(const std::string& text) { std::ofstream(settings.known_hosts) << text; }

    LazySsh& ssh() {
        if (!ssh_) {
            ssh_ = std::make_unique<LazySsh>(module_directory(), settings);
            ssh_->set_world(world.world(*ssh_));
        }
        return *ssh_;
    }

    SshOutcome run(const Argv& argv) { return run_within(argv, 60s); }
    SshOutcome run_within(const Argv& argv, Duration time, const CommandLimits& limits = {}) {
        return ssh().run(target, argv, Deadline::in(world.clock, time), limits);
    }

    test::TemporaryDirectory directory;
    test::SshWorld world;
    SshSettings settings;
    SshTarget target;

private:
    std::unique_ptr<LazySsh> ssh_;
};

/// How an outcome describes itself that is all right; compared with it, another one shows its reason.
const std::string success = CommandResult{.exit_code = 0}.describe();

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

#define SKIP_WITHOUT(kind)                                                    \
    if (std::string why = test::SshServer::unavailable(kind); !why.empty()) { \
        MESSAGE("skipped: " << why);                                          \
        return;                                                               \
    }

test::SshServer openssh(const std::vector<std::string>& types = {"ed25519"}) {
    std::vector<std::string> files;
    for (const auto& type : types) files.push_back(shared_keys().host_key(type));
    return test::SshServer(Kind::openssh, shared_keys(), files);
}

bool alive(int pid) {
    return ::kill(pid, 0) == 0;
}

/// A server whose kernel does not answer new connections: its queue is full and nobody accepts.
class DeafPort {
public:
    DeafPort(const std::string& address, int port) : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in place{};
        place.sin_family = AF_INET;
        place.sin_port = htons(static_cast<std::uint16_t>(port));
        ::inet_pton(AF_INET, address.c_str(), &place.sin_addr);
        REQUIRE(::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&place), sizeof place) == 0);
        REQUIRE(::listen(listener_.get(), 0) == 0);
        for (int i = 0; i < 3; ++i) {
            Descriptor filler(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
            ::connect(filler.get(), reinterpret_cast<const sockaddr*>(&place), sizeof place);
            fillers_.push_back(std::move(filler));
        }
    }

private:
    Descriptor listener_;
    std::vector<Descriptor> fillers_;
};

}  // namespace

TEST_CASE("a command runs: output, errors, exit code and signal come back apart") {
    SKIP_WITHOUT(Kind::openssh)
    auto server = openssh();
    INFO("what the server says:\n", server.log());
    Client client(server);

    SshOutcome outcome = client.run({"sh", "-c", "echo \"$1\"; echo oops >&2; exit 3", "sh", "it's  $HOME"});
    CAPTURE(outcome.reason);
    REQUIRE(outcome.value == Value::ran);
    CHECK(outcome.result.out == "it's  $HOME\n");
    CHECK(outcome.result.err == "oops\n");
    CHECK(outcome.result.exit_code == 3);
    CHECK_FALSE(outcome.ok());

    CHECK(client.run({"true"}).describe() == success);
    // What reads from stdin finds its end.
    outcome = client.run({"cat"});
    CHECK(outcome.ok());
    CHECK(outcome.result.out.empty());

    outcome = client.run({"sh", "-c", "kill -KILL $$"});
    REQUIRE(outcome.value == Value::ran);
    CHECK(outcome.result.signal == SIGKILL);
    CHECK(outcome.result.exit_code == -1);

    outcome = client.run({"/nonexistent/program"});
    REQUIRE(outcome.value == Value::ran);
    CHECK(outcome.result.exit_code == 127);
    CHECK(server.connections() == 1);
}

TEST_CASE("endless output is cut at the limit, and the command still runs to its end") {
    SKIP_WITHOUT(Kind::openssh)
    auto server = openssh();
    INFO("what the server says:\n", server.log());
    Client client(server);
    SshOutcome outcome = client.run({"sh", "-c", "head -c 67108864 /dev/zero; head -c 2000 /dev/zero >&2; exit 4"});
    CAPTURE(outcome.reason);
    REQUIRE(outcome.value == Value::ran);
    CHECK(outcome.result.truncated);
    CHECK(outcome.result.out.size() == CommandLimits{}.output_bytes);
    CHECK(outcome.result.err.size() == 2000);
    CHECK(outcome.result.exit_code == 4);

    outcome = client.run_within({"printf", "12345"}, 60s, {5});
    CHECK(outcome.result.out == "12345");
    CHECK_FALSE(outcome.result.truncated);
    outcome = client.run_within({"printf", "123456"}, 60s, {5});
    CHECK(outcome.result.out == "12345");
    CHECK(outcome.result.truncated);
}

TEST_CASE("a daemon that a launcher leaves behind does not hold up the launcher's end") {
    SKIP_WITHOUT(Kind::openssh)
    auto server = openssh();
    INFO("what the server says:\n", server.log());
    Client client(server);
    SshOutcome outcome = client.run({"sh", "-c", "sleep 600 & echo $!"});
    CAPTURE(outcome.reason);
    REQUIRE(outcome.ok());
    const int daemon = std::stoi(outcome.result.out);
    CHECK(alive(daemon));
    ::kill(daemon, SIGKILL);
    CHECK(client.run({"true"}).describe() == success);
    CHECK(server.connections() == 1);
}

TEST_CASE("dropbear, which guests run, is spoken to as well") {
    SKIP_WITHOUT(Kind::dropbear)
    test::SshServer server(Kind::dropbear, shared_keys(), {shared_keys().host_key("ed25519")});
    INFO("what the server says:\n", server.log());
    Client client(server);
    SshOutcome outcome = client.run({"sh", "-c", "echo \"$1\"; echo oops >&2; exit 3", "sh", "it's"});
    CAPTURE(outcome.reason);
    REQUIRE(outcome.value == Value::ran);
    CHECK(outcome.result.out == "it's\n");
    CHECK(outcome.result.err == "oops\n");
    CHECK(outcome.result.exit_code == 3);
    CHECK(client.run({"cat"}).ok());
    CHECK(client.run({"sh", "-c", "head -c 8000000 /dev/zero"}).result.truncated);
    CHECK(server.connections() == 1);

    // It passes signals on: what is given up is ended there.
    const std::string pid_file = client.directory.path() + "/pid";
    outcome = client.run_within({"sh", "-c", fmt::format("echo $$ >{}; exec sleep 600", pid_file)}, 500ms);
    CHECK(outcome.value == Value::timed_out);
    REQUIRE(test::eventually([&] { return !read_text(pid_file).empty(); }));
    const int pid = std::stoi(read_text(pid_file));
    CHECK(test::eventually([&] { return !alive(pid); }));

    const HostKeyAnswer answer = client.ssh().host_key(client.target, test::patience(client.world.clock));
    REQUIRE(answer.keys.size() == 1);
    CHECK(answer.keys[0].type + " " + answer.keys[0].base64 == test::public_half(shared_keys().host_key("ed25519")));
}

TEST_CASE("dropbear does not let in everybody") {
    SKIP_WITHOUT(Kind::dropbear)
    test::SshServer server(Kind::dropbear, shared_keys(), {shared_keys().host_key("ed25519")});
    INFO("what the server says:\n", server.log());
    Client client(server);
    client.settings.identities = {shared_keys().stranger()};
    CHECK(client.run({"true"}).value == Value::not_authorised);
}

TEST_CASE("a host whose key is not recorded is not talked to, and the message says what to do") {
    SKIP_WITHOUT(Kind::openssh)
    auto server = openssh();
    INFO("what the server says:\n", server.log());
    Client client(server.port());
    SshOutcome outcome = client.run({"true"});
    CHECK(outcome.value == Value::host_key_unknown);
    CHECK(has(outcome.reason, "SHA256:"));
    CHECK(has(outcome.reason, "svcmgr node trust guest"));

    // The key of the same host on another port does not count; hashed lines are mentioned.
    const std::string key = test::public_half(shared_keys().host_key("ed25519"));
    client.write_known(fmt::format("guest {}\n|1|JfKTdBh7rNbXkVAQCRp4OQoPfmI=|USECr3SWf1JUPsms5AqfD5QfxkM= {}\n", key, key));
    outcome = client.run({"true"});
    CHECK(outcome.value == Value::host_key_unknown);
    CHECK(has(outcome.reason, client.settings.known_hosts + ":2"));

    client.know(shared_keys().host_key("ed25519"));
    CHECK(client.run({"true"}).describe() == success);
}

TEST_CASE("a changed key is refused, and the message names file and line") {
    SKIP_WITHOUT(Kind::openssh)
    auto server = openssh({"ed25519", "rsa"});
    INFO("what the server says:\n", server.log());
    Client client(server.port());
    const std::string place = client.settings.known_hosts + ":2";
    const std::string name = fmt::format("[guest]:{}", server.port());
    auto fingerprint = [&](const std::string& file) {
        return client.ssh().read_public_key(test::public_half(file)).map([](const HostKey& key) { return key.fingerprint; }).value_or("?");
    };

    client.write_known(fmt::format("# ours\n{} {}\n", name, test::public_half(shared_keys().stranger())));
    SshOutcome outcome = client.run({"true"});
    CAPTURE(outcome.reason);
    CHECK(outcome.value == Value::host_key_changed);
    CHECK(has(outcome.reason, place));
    CHECK(has(outcome.reason, fingerprint(shared_keys().stranger())));
    CHECK(has(outcome.reason, fingerprint(shared_keys().host_key("ed25519"))));

    // A type of key that the server does not have (any more).
    client.write_known(fmt::format("# ours\n{} {}\n", name, test::public_half(shared_keys().host_key("ecdsa"))));
    outcome = client.run({"true"});
    CHECK(outcome.value == Value::host_key_changed);
    CHECK(has(outcome.reason, place));

    client.know(shared_keys().host_key("ed25519"));
    std::ofstream(client.settings.known_hosts, std::ios::app)
        << "@revoked * " << test::public_half(shared_keys().host_key("ed25519")) << "\n";
    outcome = client.run({"true"});
    CHECK(outcome.value == Value::host_key_changed);
    CHECK(has(outcome.reason, place + " revokes"));
}

TEST_CASE("a server with several keys is recognised by any of them") {
    SKIP_WITHOUT(Kind::openssh)
    auto server = openssh({"ed25519", "ecdsa", "rsa"});
    INFO("what the server says:\n", server.log());
    for (const char* type : {"rsa", "ecdsa", "ed25519"}) {
        CAPTURE(type);
        Client client(server);
        client.know(shared_keys().host_key(type));
        CHECK(client.run({"true"}).describe() == success);
    }
}

TEST_CASE("a server's keys can be asked for without a login") {
    SKIP_WITHOUT(Kind::openssh)
    auto server = openssh({"rsa", "ecdsa", "ed25519"});
    INFO("what the server says:\n", server.log());
    Client client(server.port());
    client.settings.identities = {"/nonexistent"};
    const HostKeyAnswer answer = client.ssh().host_key(client.target, test::patience(client.world.clock));
    CHECK(answer.problem.empty());
    REQUIRE(answer.keys.size() == 3);
    for (int i = 0; i < 3; ++i) {
        const std::string file = shared_keys().host_key(std::vector{"ed25519", "ecdsa", "rsa"}[static_cast<std::size_t>(i)]);
        const HostKey& key = answer.keys[static_cast<std::size_t>(i)];
        CHECK(key.type + " " + key.base64 == test::public_half(file));
        CHECK(key.fingerprint.starts_with("SHA256:"));
        auto read = client.ssh().read_public_key(read_text(file + ".pub"));
        REQUIRE(read);
        CHECK(read->fingerprint == key.fingerprint);
        CHECK(read->base64 == key.base64);
    }
    CHECK_FALSE(client.ssh().read_public_key("ssh-ed25519 AAAA x"));
    CHECK_FALSE(client.ssh().read_public_key(read_text(shared_keys().client())));
}

TEST_CASE("who is not let in is told which keys were tried and why others were not") {
    SKIP_WITHOUT(Kind::openssh)
    auto server = openssh();
    INFO("what the server says:\n", server.log());
    Client client(server);
    client.settings.identities = {"/nonexistent/key", shared_keys().locked(), shared_keys().host_key("ed25519") + ".pub",
                                  shared_keys().stranger()};
    SshOutcome outcome = client.run({"true"});
    CAPTURE(outcome.reason);
    CHECK(outcome.value == Value::not_authorised);
    CHECK(has(outcome.reason, "root@guest (127.0.0.1 port "));
    CHECK(has(outcome.reason, "/nonexistent/key: "));
    CHECK(has(outcome.reason, shared_keys().locked() + ": it is protected by a passphrase"));
    CHECK(has(outcome.reason, ".pub: it is no private key"));
    CHECK(has(outcome.reason, shared_keys().stranger() + ": not accepted"));
}

TEST_CASE("a key that is not accepted does not keep the next one from being tried") {
    SKIP_WITHOUT(Kind::openssh)
    auto server = openssh();
    INFO("what the server says:\n", server.log());
    Client client(server);
    client.settings.identities = {shared_keys().stranger(), shared_keys().client()};
    CHECK(client.run({"true"}).describe() == success);
}

TEST_CASE("without identities the standard files of the caller's home are used") {
    SKIP_WITHOUT(Kind::openssh)
    auto server = openssh();
    INFO("what the server says:\n", server.log());
    Client client(server);
    client.settings.identities.clear();
    client.world.home = client.directory.path();
    CHECK(has(client.run({"true"}).reason, "there is no private key"));
    std::filesystem::create_directory(client.directory.path() + "/.ssh");
    std::filesystem::copy_file(shared_keys().client(), client.directory.path() + "/.ssh/id_ed25519");
    CHECK(client.run({"true"}).describe() == success);
}

TEST_CASE("what can't be reached is told apart: no name, refused, no answer") {
    SKIP_WITHOUT(Kind::openssh)
    auto server = openssh();
    INFO("what the server says:\n", server.log());
    Client client(server);
    client.settings.connect_timeout = 300ms;
    const Deadline deadline = test::patience(client.world.clock);

    SshOutcome outcome = client.ssh().run({"elsewhere"}, {"true"}, deadline, {});
    CHECK(outcome.value == Value::unresolved);
    CHECK(has(outcome.reason, "elsewhere: no such name"));

    const int closed = test::free_port();
    outcome = client.ssh().run({"guest", "root", closed}, {"true"}, deadline, {});
    CHECK(outcome.value == Value::refused);
    CHECK(outcome.reason == fmt::format("guest (127.0.0.1 port {}): connection refused", closed));
    CHECK(client.ssh().host_key({"guest", "root", closed}, deadline).problem == outcome.reason);

    DeafPort deaf("127.0.0.1", closed);
    outcome = client.ssh().run({"guest", "root", closed}, {"true"}, Deadline::in(client.world.clock, 24h), {});
    CHECK(outcome.value == Value::unreachable);
    CHECK(has(outcome.reason, "no answer within "));
}

TEST_CASE("one address that does not answer does not hide the others") {
    SKIP_WITHOUT(Kind::openssh)
    auto server = openssh();
    INFO("what the server says:\n", server.log());
    Client client(server);
    client.world.names["guest"] = {"127.0.0.3", "127.0.0.2", "127.0.0.1"};
    DeafPort deaf("127.0.0.3", server.port());  // 127.0.0.2 refuses
    SshOutcome outcome = client.run({"true"});
    CHECK(outcome.reason == "");
    CHECK(outcome.ok());
}

TEST_CASE("a server that accepts and then is silent costs the deadline and no more") {
    SKIP_WITHOUT(Kind::openssh)
    auto server = openssh();
    INFO("what the server says:\n", server.log());
    Client client(server);
    server.process().signal_all(SIGSTOP);
    SshOutcome outcome = client.run_within({"true"}, 300ms);
    CHECK(outcome.value == Value::timed_out);
    CHECK(has(outcome.reason, "accepted the connection and then said nothing"));
    const HostKeyAnswer answer = client.ssh().host_key(client.target, Deadline::in(client.world.clock, 300ms));
    CHECK(has(answer.problem, "accepted the connection and then said nothing"));

    server.process().signal_all(SIGCONT);
    CHECK(client.run({"true"}).describe() == success);
    server.process().signal_all(SIGSTOP);
    outcome = client.run_within({"true"}, 300ms);
    CHECK(outcome.value == Value::timed_out);
    server.process().signal_all(SIGCONT);
    CHECK(client.run({"true"}).describe() == success);
}

TEST_CASE("a command that does not end is given up at the deadline, and the next one works") {
    SKIP_WITHOUT(Kind::openssh)
    auto server = openssh();
    INFO("what the server says:\n", server.log());
    Client client(server);
    REQUIRE(client.run({"true"}).describe() == success);
    SshOutcome outcome = client.run_within({"sleep", "3"}, 300ms);
    CHECK(outcome.value == Value::timed_out);
    CHECK(has(outcome.reason, "did not end within "));
    CHECK_FALSE(outcome.ok());
    CHECK(client.run({"true"}).describe() == success);
}

TEST_CASE("a signal ends the waiting") {
    SKIP_WITHOUT(Kind::openssh)
    auto server = openssh();
    INFO("what the server says:\n", server.log());
    Client client(server);
    REQUIRE(client.run({"true"}).describe() == success);
    const std::string started = client.directory.path() + "/started";
    std::thread user([&] {
        test::eventually([&] { return std::filesystem::exists(started); });
        ::kill(::getpid(), SIGTERM);
    });
    SshOutcome outcome = client.run({"sh", "-c", fmt::format("touch {}; exec sleep 3", started)});
    user.join();
    CAPTURE(outcome.reason);
    CHECK(outcome.value == Value::interrupted);
    // Nothing is begun as long as it is pending.
    CHECK(client.run({"rm", started}).value == Value::interrupted);
    CHECK(std::filesystem::exists(started));
    CHECK(client.world.signals.take() == SIGTERM);
    CHECK(client.run({"true"}).describe() == success);
}

TEST_CASE("all commands of a run share a connection, and a broken one is opened again") {
    SKIP_WITHOUT(Kind::openssh)
    auto server = openssh();
    INFO("what the server says:\n", server.log());
    Client client(server);
    for (int i = 0; i < 3; ++i) CHECK(client.run({"true"}).describe() == success);
    CHECK(server.connections() == 1);

    for (int pid : server.process().descendants()) ::kill(pid, SIGKILL);
    REQUIRE(test::eventually([&] { return server.process().descendants().empty(); }));
    SshOutcome outcome = client.run({"true"});
    CHECK(outcome.reason == "");
    CHECK(outcome.ok());
    CHECK(server.connections() == 2);
}

TEST_CASE("a command whose connection breaks is not run twice") {
    SKIP_WITHOUT(Kind::openssh)
    auto server = openssh();
    INFO("what the server says:\n", server.log());
    Client client(server);
    REQUIRE(client.run({"true"}).describe() == success);
    const std::string marks = client.directory.path() + "/marks";
    std::thread saboteur([&] {
        test::eventually([&] { return !read_text(marks).empty(); });
        for (int pid : server.process().descendants()) ::kill(pid, SIGKILL);
    });
    SshOutcome outcome = client.run({"sh", "-c", fmt::format("echo x >>{}; exec sleep 3", marks)});
    saboteur.join();
    CHECK(outcome.value == Value::unreachable);
    CHECK(has(outcome.reason, "broke while the command ran"));
    CHECK(client.run({"true"}).describe() == success);
    CHECK(read_text(marks) == "x\n");
}

TEST_CASE("threads share the connection and get each its own output") {
    SKIP_WITHOUT(Kind::openssh)
    auto server = openssh();
    INFO("what the server says:\n", server.log());
    Client client(server);
    client.ssh();  // made before there are threads
    std::atomic<int> right = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&, i] {
            for (int j = 0; j < 3; ++j) {
                const std::string word = fmt::format("{}-{}", i, j);
                SshOutcome outcome = client.run({"echo", word});
                if (outcome.ok() && outcome.result.out == word + "\n") ++right;
            }
        });
    for (auto& thread : threads) thread.join();
    CHECK(right == 24);
    CHECK(server.connections() == 1);
}

TEST_CASE("whoever waits for another's command waits no longer than the own deadline") {
    SKIP_WITHOUT(Kind::openssh)
    auto server = openssh();
    INFO("what the server says:\n", server.log());
    Client client(server);
    client.ssh();  // made before there are threads
    const std::string fifo = client.directory.path() + "/fifo", started = client.directory.path() + "/started";
    REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    SshOutcome slow;
    std::thread first([&] { slow = client.run({"sh", "-c", fmt::format("touch {}; cat {}", started, fifo)}); });
    REQUIRE(test::eventually([&] { return std::filesystem::exists(started); }));
    SshOutcome outcome = client.run_within({"true"}, 200ms);
    CHECK(outcome.value == Value::timed_out);
    CHECK(has(outcome.reason, "an earlier command"));
    std::ofstream(fifo) << "done";
    first.join();
    CHECK(slow.result.out == "done");
}

TEST_CASE("nothing is left open") {
    SKIP_WITHOUT(Kind::openssh)
    auto server = openssh();
    INFO("what the server says:\n", server.log());
    auto open_descriptors = [] {
        auto entries = std::filesystem::directory_iterator("/proc/self/fd");
        return std::distance(begin(entries), end(entries));
    };
    auto use = [&] {
        Client client(server);
        CHECK(client.run({"true"}).describe() == success);
        CHECK(client.run_within({"sleep", "1"}, 50ms).value == Value::timed_out);
        CHECK(client.run({"true"}).describe() == success);
        client.ssh().host_key(client.target, test::patience(client.world.clock));
        client.write_known("");
        const SshTarget again{"guest", "nobody", server.port()};
        CHECK(has(client.ssh().run(again, {"true"}, test::patience(client.world.clock), {}).reason, "svcmgr node trust"));
    };
    use();  // loads the module, which keeps what it needs
    const auto before = open_descriptors();
    use();
    CHECK(open_descriptors() == before);
}

namespace {

/// Connects to a socket of this machine, writes `text`, and reads until the other side ends.
std::string say_and_hear(const std::string& path, const std::string& text) {
    const Descriptor own(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un place{};
    place.sun_family = AF_UNIX;
    path.copy(place.sun_path, sizeof place.sun_path - 1);
    REQUIRE(::connect(own.get(), reinterpret_cast<const sockaddr*>(&place), sizeof place) == 0);
    std::jthread writer([&] {
        for (std::size_t at = 0; at < text.size();) {
            const ssize_t size = ::send(own.get(), text.data() + at, text.size() - at, MSG_NOSIGNAL);
            if (size <= 0) return;
            at += static_cast<std::size_t>(size);
        }
    });
    std::string heard;
    std::array<char, 65536> piece;
    for (ssize_t size; (size = ::recv(own.get(), piece.data(), piece.size(), 0)) > 0;)
        heard.append(piece.data(), static_cast<std::size_t>(size));
    return heard;
}

}  // namespace

TEST_CASE("a socket leads to a command on the other machine: all bytes come through, both ways, and nothing is left when it ends") {
    SKIP_WITHOUT(Kind::openssh)
    auto server = openssh();
    INFO("what the server says:\n", server.log());
    Client client(server);
    const std::string path = client.directory.path() + "/door";
    // More than a window of the protocol, and every byte.
    std::string text;
    for (int i = 0; i < 5'000'000; ++i) text += static_cast<char>(i * 7 + i / 256);
    {
        const auto forward = client.ssh().forward(client.target, {"head", "-c", std::to_string(text.size())}, path);
        struct stat facts {};
        REQUIRE(::stat(path.c_str(), &facts) == 0);
        CHECK((facts.st_mode & 0777) == 0600);
        CHECK(say_and_hear(path, text) == text);
        CHECK(say_and_hear(path, text) == text);
        CHECK(forward->problem().empty());
    }
    CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("a command behind a socket that fails says why") {
    SKIP_WITHOUT(Kind::openssh)
    auto server = openssh();
    Client client(server);
    const std::string path = client.directory.path() + "/door";
    const auto forward = client.ssh().forward(client.target, {"sh", "-c", "echo 'no way in' >&2; exit 3"}, path);
    CHECK(say_and_hear(path, "").empty());
    for (int tenths = 0; tenths < 100 && forward->problem().empty(); ++tenths) std::this_thread::sleep_for(100ms);
    CHECK(has(forward->problem(), "no way in"));
}
