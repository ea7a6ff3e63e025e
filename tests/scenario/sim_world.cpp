#include "tests/scenario/sim_world.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "drivers/no_signals.h"
#include "drivers/ssh/ssh.h"
#include "tests/scenario/sim_process.h"

namespace svcmgr::sim {

namespace {

/// The clock of the world itself, for whatever is no process.
class WorldClock : public Clock {
public:
    WorldClock(Scheduler& scheduler, const std::chrono::microseconds& set_by) : scheduler_(scheduler), set_by_(set_by) {}
    Moment now() const override { return scheduler_.now(); }
    WallTime wall() const override {
        return first_wall_time() + std::chrono::floor<std::chrono::microseconds>(scheduler_.now().time_since_epoch()) + set_by_;
    }
    void sleep_until(Moment until) override {
        scheduler_.wait([] { return false; }, until, "time to pass");
    }

private:
    Scheduler& scheduler_;
    const std::chrono::microseconds& set_by_;
};

bool caller_is_dead() {
    const Process* caller = Scheduler::process_of_this_thread();
    return caller != nullptr && caller->killed();
}

}  // namespace

WallTime first_wall_time() {
    using namespace std::chrono;
    return sys_days(year(2026) / 11 / 20) + hours(10);
}

std::string time_text(Moment moment) {
    return fmt::format("{:.3f}", seconds(moment.time_since_epoch()));
}

// --- Node

Node::Node(SimWorld& world, std::string name)
    : world_(world),
      name_(std::move(name)),
      files_(world.clock(), world.no_signals()),
      databases_({[&world] { world.happened(); }, caller_is_dead,
                  [&world](Duration duration) { world.clock().sleep_until(world.clock().now() + duration); }}) {
    for (const char* directory : {"/etc/svcmgr", "/run", "/var/lib", "/var/log"}) files_.put_directory(directory);
}

std::string Node::boot_id() const {
    return fmt::format("boot-{}-of-{}", boots_, name_);
}

void Node::set_disk(Disk disk) {
    files_.clear_faults();
    if (disk != Disk::fine) files_.fail("/var", MemoryFiles::FaultOn::change, disk == Disk::full ? ENOSPC : EROFS);
    using enum DatabaseDisk::Health;
    databases_.set_health(disk == Disk::fine ? fine : disk == Disk::full ? full : read_only);
}

HypervisorModel& Node::hypervisor(const std::string& type) {
    return hypervisors_.try_emplace(type, world_, *this, type).first->second;
}

void Node::reboot() {
    for (const auto& [pid, process] : std::map(processes_)) process->kill();
    for (auto& [type, hypervisor] : hypervisors_) {
        for (auto& [guest, instance] : hypervisor.guests())
            if (instance.exists()) hypervisor.set_state(guest, GuestState::Value::stopped, "shut off (crashed)");
        hypervisor.set_daemon(HypervisorModel::Daemon::fine);
    }
    mounts_.forget();
    applications.clear();
    adapters.addresses = configured_addresses;
    databases_.lose_power();
    files_.remove_tree("/run");
    files_.remove_tree("/sys/class/net");
    files_.put_directory("/run");
    ++boots_;
}

// --- SimWorld

SimWorld::SimWorld(std::uint64_t seed)
    : scheduler_(seed), clock_(std::make_unique<WorldClock>(scheduler_, clock_set_by)), no_signals_(std::make_unique<NoSignals>()) {}

SimWorld::~SimWorld() = default;

Node& SimWorld::add_node(const std::string& name) {
    auto& node = nodes_[name];
    if (!node) node = std::make_unique<Node>(*this, name);
    return *node;
}

SimWorld::RemoteRun& SimWorld::run_on(Node& node, std::vector<std::string> words, std::string input) {
    auto made = std::make_unique<RemoteRun>();
    RemoteRun& run = *made;
    remote_runs_.push_back(std::move(made));
    run.input = std::move(input);
    run.process = std::make_unique<Process>(*this, node);
    if (node.limits_keys) {
        words.insert(words.begin(), "svcmgr");
        run.process->ssh_command = quote_for_shell(words);
        words = {"peer"};
    }
    run.process->run([this, &run, words = std::move(words)] { return svcmgr(*run.process, words, run.input, run.out, run.err); });
    return run;
}

bool SimWorld::remote_runs_ended() const {
    return std::ranges::all_of(remote_runs_, [](const auto& run) { return run->process->ended(); });
}

Node* SimWorld::find_node(const std::string& name) {
    const auto found = nodes_.find(name);
    return found == nodes_.end() ? nullptr : found->second.get();
}

GuestModel& SimWorld::add_guest(const std::string& name) {
    GuestModel& guest = guests_[name];
    guest.name = name;
    guest.hostname = name;
    guest.adapters = {{"eth0", fmt::format("10.0.0.{}", 10 + guests_.size())}};
    return guest;
}

GuestModel* SimWorld::find_guest(const std::string& name) {
    const auto found = guests_.find(name);
    return found == guests_.end() ? nullptr : &found->second;
}

GuestModel* SimWorld::guest_at(const std::string& name_or_address) {
    for (auto& [name, guest] : guests_) {
        if (guest.hostname == name_or_address) return &guest;
        for (const auto& adapter : guest.adapters)
            if (adapter.address == name_or_address) return &guest;
    }
    return nullptr;
}

std::vector<std::string> SimWorld::addresses_of(const std::string& name) {
    if (network.unresolvable.contains(name)) return {};
    if (!name.empty() && name.find_first_not_of("0123456789.") == std::string::npos) return {name};
    if (const GuestModel* guest = guest_at(name)) return {guest->adapters.front().address};
    return {};
}

const InstanceModel* SimWorld::reachable(const std::string& from, const GuestModel& guest) {
    if (network.cut.contains({from, guest.hostname})) return nullptr;
    for (const auto& [node_name, node] : nodes_) {
        if (node_name != from && network.cut.contains({from, node_name})) continue;
        for (auto& [type, hypervisor] : node->hypervisors()) {
            const auto found = hypervisor.guests().find(guest.name);
            if (found != hypervisor.guests().end() && found->second.state == GuestState::Value::running) return &found->second;
        }
    }
    return nullptr;
}

std::vector<std::string> SimWorld::homes(const std::string& guest) {
    std::vector<std::string> names;
    for (const auto& [name, node] : nodes_)
        for (auto& [type, hypervisor] : node->hypervisors())
            if (const auto found = hypervisor.guests().find(guest);
                found != hypervisor.guests().end() && found->second.exists() && !found->second.arriving)
                names.push_back(name);
    return names;
}

void SimWorld::log(const std::string& text) {
    transcript_.push_back(fmt::format("{:>8} {}", time_text(scheduler_.now()), text));
}

void SimWorld::happened() {
    ++version_;
    const Process* caller = scheduler_.in_event() ? nullptr : Scheduler::process_of_this_thread();
    for (const auto& [name, node] : nodes_)
        for (const auto& [pid, process] : std::map(node->processes()))
            if (process != caller) process->world_changed();
}

void SimWorld::effect(const std::string& text) {
    happened();
    ++effects_;
    last_happening_ = text;
    log(text);
    if (on_effect) on_effect(text);
}

}  // namespace svcmgr::sim
