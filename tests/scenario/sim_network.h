#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "drivers/network/network.h"
#include "drivers/ssh/ssh.h"

namespace svcmgr::sim {

class Node;
class Process;

/// The network as a process on a node meets it.
class SimNetwork : public Network {
public:
    explicit SimNetwork(Process& process) : process_(process) {}
    Resolution resolve(const std::string& name, Deadline deadline) override;
    PingAnswer ping(const std::string& host, Deadline deadline) override;
    AddressTable addresses() override;
    ProbeAnswer probe(const std::string& adapter, const std::string& address, Deadline deadline) override;
    void add_address(const AdapterAddress& address) override;
    void remove_address(const AdapterAddress& address) override;
    void announce(const std::string& adapter, const std::string& address) override;
    /// Its nodes have no log but svcmgr's own.
    Delivery deliver(const Path&, std::string_view) override { return Delivery::no_receiver; }
    std::unique_ptr<NetworkStay> enter(const std::string& network) override;
    /// Here nothing is bound to a network that is not one of guests.
    std::unique_ptr<NetworkStay> go_home() override { return {}; }

private:
    Process& process_;
};

/// ssh to guests: connections that are refused, lost, silent or not trusted, and commands that fail, hang or lose their guest.
class SimSsh : public Ssh {
public:
    explicit SimSsh(Process& process) : process_(process) {}
    SshOutcome run(const SshTarget& target, const Argv& argv, Deadline deadline, const CommandLimits& limits = {}) override;
    SshOutcome talk(const SshTarget& target, const Argv& argv, const SshTalk& talk, Deadline deadline,
                    const CommandLimits& limits = {}) override;
    /// Its guests move without.
    std::unique_ptr<SshForward> forward(const SshTarget& target, const Argv& argv, const Path& socket) override;
    HostKeyAnswer host_key(const SshTarget& target, Deadline deadline) override;
    tl::expected<HostKey, std::string> read_public_key(std::string_view text) override;

private:
    SshOutcome run_on_node(Node& node, const SshTarget& target, const Argv& argv, const SshTalk& talk, Deadline deadline);

    Process& process_;
    std::map<std::string, std::uint64_t> connected_;  ///< to hosts, and to which run of the guest: one connection serves all commands
};

}  // namespace svcmgr::sim
