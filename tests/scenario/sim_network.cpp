#include "tests/scenario/sim_network.h"

#include <fmt/format.h>

#include <algorithm>

#include "drivers/error.h"
#include "tests/scenario/sim_process.h"

namespace svcmgr::sim {

namespace {

using Value = SshOutcome::Value;

constexpr Duration connect_timeout = std::chrono::seconds(10);

/// Whether the guest's system, which runs since `since`, is that far.
bool is_up(const InstanceModel* instance, Duration after, Moment now) {
    return instance != nullptr && now >= instance->since + after;
}

/// Who answers there where the process is: in a network that leads nowhere, this node's copies of guests and nobody else.
GuestModel* guest_met(Process& process, const std::string& host) {
    GuestModel* guest = process.sim().guest_at(host);
    return guest == nullptr || process.network_entered.empty() ? guest : process.sim().find_guest(guest->name + "-rehearsal");
}

const InstanceModel* instance_met(Process& process, const GuestModel& guest) {
    return process.sim().reachable(process.node().name(), guest);
}

SshOutcome failure(Value value, std::string reason) {
    return {value, std::move(reason), {}};
}

}  // namespace

Resolution SimNetwork::resolve(const std::string& name, Deadline) {
    process_.call();
    auto addresses = process_.sim().addresses_of(name);
    std::string problem = addresses.empty() ? fmt::format("{} has no address", name) : "";
    return {std::move(addresses), std::move(problem)};
}

PingAnswer SimNetwork::ping(const std::string& host, Deadline deadline) {
    process_.call();
    SimWorld& world = process_.sim();
    const auto addresses = world.addresses_of(host);
    if (addresses.empty()) return {false, fmt::format("{} has no address", host)};
    const Moment begin = world.clock().now();
    const auto answers = [&] {
        if (process_.network_entered.empty() && world.network.elsewhere.contains(host)) return true;
        const GuestModel* guest = guest_met(process_, host);
        if (guest == nullptr || !guest->pings) return false;
        return is_up(instance_met(process_, *guest), guest->pings_after, world.clock().now());
    };
    // A request is sent every second; one that nobody was there for stays unanswered.
    for (Moment request = begin; request < deadline.at(); request += std::chrono::seconds(1)) {
        if (answers()) {
            process_.pause(std::min(request + world.network.delay, deadline.at()), "an echo");
            return {true, ""};
        }
        if (process_.pause(std::min(request + std::chrono::seconds(1), deadline.at()), "an echo") == Process::Woken::by_signal)
            return {false, "interrupted by a signal"};
    }
    const std::string text = fmt::format("no answer within {}", to_text(std::max(Duration::zero(), deadline.at() - begin)));
    return {false, addresses.front() == host ? text : fmt::format("{} from {}", text, addresses.front())};
}

AddressTable SimNetwork::addresses() {
    process_.call();
    return process_.node().adapters;
}

ProbeAnswer SimNetwork::probe(const std::string&, const std::string& address, Deadline deadline) {
    process_.call();
    SimWorld& world = process_.sim();
    if (world.network.elsewhere.contains(address)) return {true, "52:54:00:00:00:99", ""};
    for (const auto& [name, node] : world.nodes())
        if (node.get() != &process_.node() && node->adapters.find(address) != nullptr) return {true, name, ""};
    process_.pause(deadline.at(), "somebody to claim " + address);
    return {};
}

void SimNetwork::add_address(const AdapterAddress& address) {
    process_.call();
    AddressTable& table = process_.node().adapters;
    if (table.find(address.address) != nullptr) return;
    table.addresses.push_back(address);
    const std::string effect = fmt::format("{} is on {} of {}", address.address, address.adapter, process_.node().name());
    process_.acted(effect);
    process_.sim().effect(effect);
}

void SimNetwork::remove_address(const AdapterAddress& address) {
    process_.call();
    if (std::erase_if(process_.node().adapters.addresses,
                      [&](const AdapterAddress& held) { return same_address(held.address, address.address); }) == 0)
        return;
    const std::string effect = fmt::format("{} is no longer on {} of {}", address.address, address.adapter, process_.node().name());
    process_.acted(effect);
    process_.sim().effect(effect);
}

void SimNetwork::announce(const std::string& adapter, const std::string& address) {
    process_.call();
    process_.sim().effect(fmt::format("{} is announced on {} by {}", address, adapter, process_.node().name()));
}

namespace {

class SimStay : public NetworkStay {
public:
    SimStay(Process& process, const std::string& network) : process_(process) { process.network_entered = network; }
    ~SimStay() override { process_.network_entered.clear(); }

private:
    Process& process_;
};

}  // namespace

std::unique_ptr<NetworkStay> SimNetwork::enter(const std::string& network) {
    process_.call();
    if (!process_.node().files().facts("/run/netns/" + network))
        throw Error(Error::Code::failed, fmt::format("the network {} can't be entered: no such file or directory", network), network);
    return std::make_unique<SimStay>(process_, network);
}

SshOutcome SimSsh::run(const SshTarget& target, const Argv& argv, Deadline deadline, const CommandLimits& limits) {
    return talk(target, argv, {}, deadline, limits);
}

/// Guests' commands read nothing.
SshOutcome SimSsh::talk(const SshTarget& target, const Argv& argv, const SshTalk& talk, Deadline deadline, const CommandLimits&) {
    process_.call();
    SimWorld& world = process_.sim();
    if (Node* node = world.find_node(target.host); node != nullptr) return run_on_node(*node, target, argv, talk, deadline);
    const auto addresses = world.addresses_of(target.host);
    if (addresses.empty()) return failure(Value::unresolved, fmt::format("{0}: {0} has no address", target.host));
    const std::string server = fmt::format("{} ({} port {})", target.host, addresses.front(), target.port);
    const Moment begin = world.clock().now();
    const auto now = [&] { return world.clock().now(); };
    const auto interrupted = [&] {
        return failure(Value::interrupted, fmt::format("interrupted by a signal while talking to {}", target.host));
    };

    GuestModel* guest = guest_met(process_, target.host);
    const InstanceModel* instance = guest == nullptr ? nullptr : instance_met(process_, *guest);
    if (!is_up(instance, guest == nullptr ? Duration{} : guest->pings_after, begin)) {
        const Moment until = std::min(deadline.at(), begin + connect_timeout);
        if (process_.pause(until, server) == Process::Woken::by_signal) return interrupted();
        return failure(Value::unreachable, fmt::format("{}: no answer within {}", server, to_text(until - begin)));
    }
    if (guest->ssh == GuestModel::Ssh::refused || !is_up(instance, guest->answers_after, begin)) {
        process_.pause(std::min(begin + world.network.delay, deadline.at()), server);
        return failure(Value::refused, fmt::format("{}: connection refused", server));
    }
    if (guest->ssh == GuestModel::Ssh::silent) {
        if (process_.pause(deadline.at(), server) == Process::Woken::by_signal) return interrupted();
        return failure(Value::timed_out, fmt::format("{}: connected, and then silence for {}", server, to_text(now() - begin)));
    }
    const auto connection = connected_.find(target.host);
    const bool connected = connection != connected_.end() && connection->second == instance->run;
    const Moment answer = begin + world.network.delay + (connected ? Duration::zero() : guest->connects_in);
    if (process_.pause(std::min(answer, deadline.at()), server) == Process::Woken::by_signal) return interrupted();
    switch (guest->ssh) {
        case GuestModel::Ssh::key_unknown:
            return failure(Value::host_key_unknown,
                           fmt::format("no key of {} is recorded; record it with: svcmgr node trust {}", target.host, target.host));
        case GuestModel::Ssh::key_changed:
            return failure(Value::host_key_changed,
                           fmt::format("{} shows another key than /etc/svcmgr/known_hosts:3 records", target.host));
        case GuestModel::Ssh::not_authorised:
            return failure(Value::not_authorised, fmt::format("{} accepts none of our keys for {}", target.host, target.user));
        default: break;
    }
    if (deadline.at() <= now()) return failure(Value::timed_out, fmt::format("{}: no answer within {}", server, to_text(now() - begin)));

    connected_[target.host] = instance->run;

    // The command runs in the guest whether or not we still wait for it.
    const CommandModel command = run_in_guest(*guest, argv);
    if (!command.effect.empty()) process_.acted(command.effect);
    const std::uint64_t run = instance->run;
    const auto lost = [&, instance, run] { return instance->run != run; };
    const Moment end = command.hangs ? Scheduler::never : now() + command.takes;
    const auto woken = process_.wait(lost, std::min(end, deadline.at()), server);
    if (lost()) return failure(Value::unreachable, fmt::format("{}: the connection broke", server));
    if (woken == Process::Woken::by_signal) return interrupted();
    if (now() < end) return failure(Value::timed_out, fmt::format("{}: no answer within {}", server, to_text(now() - begin)));
    if (!command.starts.empty()) guest->applications.insert(command.starts);
    if (!command.stops.empty()) guest->applications.erase(command.stops);
    if (!command.effect.empty()) world.effect(command.effect);
    return {Value::ran, "", command.result};
}

/// A peer: its sshd answers at once, and what it runs is svcmgr.
SshOutcome SimSsh::run_on_node(Node& node, const SshTarget& target, const Argv& argv, const SshTalk& talk, Deadline deadline) {
    SimWorld& world = process_.sim();
    const Moment begin = world.clock().now();
    const auto elapsed = [&] { return to_text(world.clock().now() - begin); };
    const auto interrupted = [&] {
        return failure(Value::interrupted, fmt::format("interrupted by a signal while talking to {}", target.host));
    };
    const auto cut = [&] {
        const auto& lost = world.network.cut;
        return lost.contains({process_.node().name(), node.name()}) || lost.contains({node.name(), process_.node().name()});
    };
    const auto wait = [&](Moment until) { return process_.pause(std::min(until, deadline.at()), target.host) == Process::Woken::by_time; };
    if (cut() || node.ssh == Node::Ssh::silent) {
        if (!wait(cut() ? std::min(deadline.at(), begin + connect_timeout) : deadline.at())) return interrupted();
        if (cut()) return failure(Value::unreachable, fmt::format("{}: no answer within {}", target.host, elapsed()));
        return failure(Value::timed_out, fmt::format("{}: connected, and then silence for {}", target.host, elapsed()));
    }
    if (!wait(begin + world.network.delay + connecting_takes)) return interrupted();
    switch (node.ssh) {
        case Node::Ssh::refused: return failure(Value::refused, fmt::format("{}: connection refused", target.host));
        case Node::Ssh::key_unknown:
            return failure(Value::host_key_unknown,
                           fmt::format("no key of {} is recorded; record it with: svcmgr node trust {}", target.host, target.host));
        case Node::Ssh::key_changed:
            return failure(Value::host_key_changed,
                           fmt::format("{} shows another key than /etc/svcmgr/known_hosts:3 records", target.host));
        case Node::Ssh::not_authorised:
            return failure(Value::not_authorised, fmt::format("{} accepts none of our keys for {}", target.host, target.user));
        default: break;
    }
    CommandResult result;
    if (argv.front() != "svcmgr" || !node.has_svcmgr) {
        result.exit_code = 127;
        result.err = fmt::format("sh: 1: {}: not found\n", argv.front());
        return {Value::ran, "", result};
    }
    if (!node.other_version.empty()) {
        result.exit_code = 0;
        result.out = fmt::format(R"({{"schema":"svcmgr.peer/9","node":"{}","version":"{}"}})", target.host, node.other_version);
        return {Value::ran, "", result};
    }
    if (argv.size() > 2 && argv[2] == node.unknown_question) {
        result.exit_code = 2;
        result.err = fmt::format("svcmgr: a peer can't ask for '{}'\n", argv[2]);
        return {Value::ran, "", result};
    }
    SimWorld::RemoteRun& run = world.run_on(node, {argv.begin() + 1, argv.end()}, std::string(talk.input));
    std::size_t told = 0;
    const auto tell_lines = [&] {
        const std::string said = run.err.str();
        for (std::size_t end = said.find('\n', told); end != std::string::npos; end = said.find('\n', told)) {
            talk.on_error_line(std::string_view(said).substr(told, end - told));
            told = end + 1;
        }
    };
    const auto heard = [&] { return talk.on_error_line && run.err.view().find('\n', told) != std::string_view::npos; };
    auto woken = Process::Woken::by_time;
    do {
        woken = process_.wait([&] { return run.process->ended() || cut() || heard(); }, deadline.at(), target.host);
        if (heard() && !cut()) tell_lines();
    } while (woken == Process::Woken::by_time && !run.process->ended() && !cut() && world.clock().now() < deadline.at());
    if (woken == Process::Woken::by_signal) return interrupted();
    if (cut() || run.process->killed()) return failure(Value::unreachable, fmt::format("{}: the connection broke", target.host));
    if (!run.process->ended()) return failure(Value::timed_out, fmt::format("{}: no answer within {}", target.host, elapsed()));
    result.exit_code = run.process->exit_code();
    result.out = run.out.str();
    result.err = run.err.str();
    return {Value::ran, "", result};
}

std::unique_ptr<SshForward> SimSsh::forward(const SshTarget& target, const Argv&, const Path&) {
    throw Error(Error::Code::failed, "the simulation has no sockets", target.host);
}

HostKeyAnswer SimSsh::host_key(const SshTarget& target, Deadline) {
    process_.call();
    if (const Node* node = process_.sim().find_node(target.host); node != nullptr)
        return {{{"ssh-ed25519", "AAAA" + node->name(), "SHA256:" + node->name()}}, ""};
    GuestModel* guest = process_.sim().guest_at(target.host);
    if (guest == nullptr || process_.sim().reachable(process_.node().name(), *guest) == nullptr)
        return {{}, fmt::format("{}: no answer", target.host)};
    return {{{"ssh-ed25519", "AAAA" + guest->name, "SHA256:" + guest->name}}, ""};
}

tl::expected<HostKey, std::string> SimSsh::read_public_key(std::string_view) {
    return tl::unexpected(std::string("the simulation knows no keys"));
}

}  // namespace svcmgr::sim
