#include "tests/scenario/stage.h"

#include <fmt/format.h>

#include <algorithm>

#include "drivers/scsi/reservation_bytes.h"
#include "tests/scenario/phrases.h"

namespace svcmgr::sim {

namespace {

using Said = const Arguments&;
using Disk = Node::Disk;
using Daemon = HypervisorModel::Daemon;
using SshBehaviour = GuestModel::Ssh;
using State = GuestState::Value;

void define_guest(Stage& stage, Said said, const Line&) {
    GuestModel& guest = stage.world().add_guest(said[0]);
    for (std::size_t i = 1; i < said.size(); ++i) {  // NODE or NODE:TYPE
        const std::size_t colon = said[i].find(':');
        const std::string type = colon == std::string::npos ? "kvm" : said[i].substr(colon + 1);
        stage.node(said[i].substr(0, colon)).hypervisor(type).guests()[guest.name];
    }
}

void run_guest(Stage& stage, Said said, const Line&) {
    const auto homes = stage.world().homes(said[0]);
    if (!homes.empty() && homes.front() != said[1]) stage.has_doubled_a_guest = true;
    stage.hypervisor(said[1], said[0]).run_since(said[0], stage.world().scheduler().now() - std::chrono::hours(1));
}

/// While it runs, as a hypervisor moves it: it is nowhere for no moment that anybody could see.
void move_guest(Stage& stage, Said said, const Line&) {
    for (const std::string& home : stage.world().homes(said[0]))
        stage.hypervisor(home, said[0]).set_state(said[0], State::stopped, "shut off (migrated)");
    stage.hypervisor(said[1], said[0]).run_since(said[0], stage.world().scheduler().now() - std::chrono::hours(1));
}

void add_disk(Stage& stage, Said said, const Line&) {
    GuestDisk disk;
    disk.kind = said[2].find("://") == std::string::npos ? GuestDisk::Kind::block : GuestDisk::Kind::network;
    disk.target = said[1];
    disk.source = said[2];
    disk.device = "disk";
    disk.bus = "virtio";
    disk.size = 10ULL << 30;
    stage.guest(said[0]).disks.push_back(disk);
}

/// disk ID on NODE:DEVICE…: a path on a port of its own for each.
void share_disk(Stage& stage, Said said, const Line&) {
    DiskModel& disk = stage.world().disks()[said[0]];
    disk.id = said[0];
    for (std::size_t i = 1; i < said.size(); ++i) {
        const std::size_t colon = said[i].find(':');
        if (colon == std::string::npos) throw ScenarioError(fmt::format("{} is no NODE:DEVICE", said[i]));
        Node& node = stage.node(said[i].substr(0, colon));
        const auto ways = std::ranges::count_if(node.disk_ways, [&](const auto& way) { return way.second.disk == &disk; });
        const auto port = static_cast<std::uint16_t>(ways + 1);
        disk.reservations.features.ports = std::max(disk.reservations.features.ports, port);
        connect_disk(node, disk, said[i].substr(colon + 1), port);
    }
}

DiskModel& shared_disk(Stage& stage, const std::string& id) {
    const auto found = stage.world().disks().find(id);
    if (found == stage.world().disks().end()) throw ScenarioError(fmt::format("there is no disk {}", id));
    return found->second;
}

template <bool works>
void set_path(Stage& stage, Said said, const Line&) {
    const auto found = stage.node(said[0]).disk_ways.find("/dev/" + said[1]);
    if (found == stage.node(said[0]).disk_ways.end()) throw ScenarioError(fmt::format("{} has no {}", said[0], said[1]));
    found->second.works = works;
}

/// A key and a reservation of somebody who is no svcmgr.
void reserve_disk(Stage& stage, Said said, const Line&) {
    const auto key = ReservationKey::parse(said[2]);
    if (!key) throw ScenarioError(fmt::format("{} is no key", said[2]));
    const Nexus nexus{said[1], 1};
    using Action = ReservationChange::Action;
    const auto type = static_cast<ReservationType>(said.size() > 3 ? std::stoi(said[3]) : 5);
    for (const Action action : {Action::register_and_ignore, Action::reserve, Action::preempt}) {
        ReservationChange change{.action = action, .key = *key, .service_key = *key, .type = type};
        const auto& held = shared_disk(stage, said[0]).reservations.held();
        if (action == Action::preempt && (!held || held->holder == nexus)) break;
        if (action == Action::preempt) change.service_key = shared_disk(stage, said[0]).reservations.registrations().at(held->holder);
        shared_disk(stage, said[0]).reservations.execute(nexus, change_command(change));
    }
    stage.world().effect(fmt::format("{} has reserved disk {}", said[1], said[0]));
}

void make_launcher(Stage& stage, Said said, const Line&) {
    LauncherModel launcher;
    for (std::size_t i = 2; i < said.size(); ++i) {
        const bool has_value = i + 1 < said.size();
        if (said[i] == "hangs")
            launcher.hangs = true;
        else if (said[i] == "takes" && has_value)
            launcher.takes = parse_time(said[++i]);
        else if (said[i] == "exits" && has_value)
            launcher.exit_code = std::stoi(said[++i]);
        else if (said[i] == "says" && has_value)
            launcher.says = said[++i];
        else
            throw ScenarioError(fmt::format("a launcher can't do '{}'", said[i]));
    }
    stage.guest(said[0]).launchers[said[1]] = launcher;
}

void make_program(Stage& stage, Said said, const Line&) {
    ProgramModel program;
    for (std::size_t i = 2; i < said.size(); ++i) {
        const bool has_value = i + 1 < said.size();
        if (said[i] == "hangs")
            program.hangs = true;
        else if (said[i] == "takes" && has_value)
            program.takes = parse_time(said[++i]);
        else if (said[i] == "exits" && has_value)
            program.exit_code = std::stoi(said[++i]);
        else if (said[i] == "prints" && has_value)
            program.prints = said[++i] + "\n";
        else if (said[i] == "says" && has_value)
            program.says = said[++i] + "\n";
        else if (said[i] == "starts" && has_value)
            program.starts = said[++i];
        else if (said[i] == "stops" && has_value)
            program.stops = said[++i];
        else if (said[i] == "checks" && has_value)
            program.checks = said[++i];
        else
            throw ScenarioError(fmt::format("a program can't do '{}'", said[i]));
    }
    stage.node(said[0]).programs[said[1]] = program;
}

void add_adapter(Stage& stage, Said said, const Line&) {
    Node& node = stage.node(said[0]);
    const std::size_t slash = said[2].find('/');
    if (slash == std::string::npos) throw ScenarioError(fmt::format("{} has no prefix", said[2]));
    node.adapters.adapters.push_back({said[1], true, true});
    node.adapters.addresses.push_back({said[1], said[2].substr(0, slash), std::stoi(said[2].substr(slash + 1)), said[1], {}});
    node.configured_addresses = node.adapters.addresses;
}

void write_env(Stage& stage, Said said, const Line& line) {
    std::string_view names = said[0];  // NODE[,NODE…]
    while (!names.empty()) {
        const std::size_t comma = std::min(names.find(','), names.size());
        Node& node = stage.node(std::string(names.substr(0, comma)));
        node.files().put(fmt::format("{}/{}.env", stage.paths().configuration, said[1]), line.document);
        names.remove_prefix(std::min(comma + 1, names.size()));
    }
}

template <State state>
void set_state(Stage& stage, Said said, const Line&) {
    constexpr const char* reason = state == State::paused     ? "paused (I/O error)"
                                   : state == State::crashed  ? "crashed (panicked)"
                                   : state == State::changing ? "in shutdown (by a user)"
                                                              : "shut off (destroyed)";
    stage.hypervisor(said[1], said[0]).set_state(said[0], state, reason);
}

template <SshBehaviour behaviour>
void set_ssh(Stage& stage, Said said, const Line&) {
    stage.guest(said[0]).ssh = behaviour;
}

template <Duration GuestModel::*duration>
void set_time(Stage& stage, Said said, const Line&) {
    stage.guest(said[0]).*duration = parse_time(said[1]);
}

template <bool GuestModel::*flag, bool value>
void set_flag(Stage& stage, Said said, const Line&) {
    stage.guest(said[0]).*flag = value;
}

template <Daemon daemon>
void set_daemon(Stage& stage, Said said, const Line&) {
    stage.node(said[0]).hypervisor("kvm").set_daemon(daemon);
}

template <Disk disk>
void set_disk(Stage& stage, Said said, const Line&) {
    stage.node(said[0]).set_disk(disk);
}

std::chrono::microseconds microseconds_of(const std::string& time) {
    return std::chrono::duration_cast<std::chrono::microseconds>(parse_time(time));
}

void obey(Stage& stage, Said said, const Line&) {
    stage.node(said[0]).hypervisor("kvm").cant_start.clear();
    stage.node(said[0]).hypervisor("kvm").cant_force.clear();
    stage.node(said[0]).hypervisor("kvm").cant_come.clear();
}

constexpr Phrase<Stage> phrases[] = {
    {"node NODE", [](Stage& stage, Said said, const Line&) { stage.world().add_node(said[0]); }},
    {"node NODE mode WORD",
     [](Stage& stage, Said said, const Line&) { stage.world().add_node(said[0]).files().put(stage.paths().host_mode, said[1] + "\n"); }},
    {"node NODE without TYPE", [](Stage& stage, Said said, const Line&) { stage.world().add_node(said[0]).without.insert(said[1]); }},
    {"node NODE sudo USER", [](Stage& stage, Said said, const Line&) { stage.world().add_node(said[0]).caller.sudo_user = said[1]; }},
    {"reboot NODE", [](Stage& stage, Said said, const Line&) { stage.node(said[0]).reboot(); }},

    {"file NODE PATH", [](Stage& stage, Said said, const Line& line) { stage.node(said[0]).files().put(said[1], line.document); }},
    {"file NODE PATH MODE",
     [](Stage& stage, Said said, const Line& line) {
         stage.node(said[0]).files().put(said[1], line.document, static_cast<std::uint32_t>(std::stoul(said[2], nullptr, 8)));
     }},
    {"env NODE SERVICE", write_env},
    {"editor NODE writes", [](Stage& stage, Said said, const Line& line) { stage.node(said[0]).editor_writes = line.document; }},
    {"editor NODE fails", [](Stage& stage, Said said, const Line&) { stage.node(said[0]).editor_writes.reset(); }},
    {"program NODE COMMAND ...", make_program},
    {"device NODE PATH", [](Stage& stage, Said said, const Line&) { stage.node(said[0]).mounts().add_device(said[1]); }},
    {"disk ID on ...", share_disk},
    {"disk ID power-cycles", [](Stage& stage, Said said, const Line&) { shared_disk(stage, said[0]).reservations.power_cycle(); }},
    {"disk ID forgets",
     [](Stage& stage, Said said, const Line&) {
         PrDisk& disk = shared_disk(stage, said[0]).reservations;
         disk.features.survives_power_loss = false;
         disk.forget();
     }},
    {"disk ID is removed", [](Stage& stage, Said said, const Line&) { shared_disk(stage, said[0]).present = false; }},
    {"disk ID is back", [](Stage& stage, Said said, const Line&) { shared_disk(stage, said[0]).present = true; }},
    {"disk ID talks nonsense", [](Stage& stage, Said said, const Line&) { shared_disk(stage, said[0]).talks_nonsense = true; }},
    {"disk ID talks sense", [](Stage& stage, Said said, const Line&) { shared_disk(stage, said[0]).talks_nonsense = false; }},
    {"disk ID takes TIME", [](Stage& stage, Said said, const Line&) { shared_disk(stage, said[0]).takes = parse_time(said[1]); }},
    {"disk ID knows no reservations",
     [](Stage& stage, Said said, const Line&) { shared_disk(stage, said[0]).reservations.features.reservations = false; }},
    {"disk ID reserved by ...", [](Stage& stage, Said said, const Line& line) { reserve_disk(stage, said, line); }},
    {"reservations are kept", [](Stage& stage, Said, const Line&) { stage.reservations_are_kept = true; }},
    {"path NODE DEVICE lost", set_path<false>},
    {"path NODE DEVICE back", set_path<true>},
    {"mount NODE POINT is busy", [](Stage& stage, Said said, const Line&) { stage.node(said[0]).mounts().set_busy(said[1], true); }},
    {"mount NODE POINT is free", [](Stage& stage, Said said, const Line&) { stage.node(said[0]).mounts().set_busy(said[1], false); }},
    {"adapter NODE NAME ADDRESS", add_adapter},
    {"disk NODE fine", set_disk<Disk::fine>},
    {"disk NODE full", set_disk<Disk::full>},
    {"disk NODE read-only", set_disk<Disk::read_only>},

    {"guest GUEST on ...", define_guest},
    {"guest GUEST runs on NODE", run_guest},
    {"guest GUEST moves to NODE", move_guest},
    {"guest GUEST reboots on NODE",
     [](Stage& stage, Said said, const Line&) { stage.hypervisor(said[1], said[0]).boot(said[0], "running (booted)"); }},
    {"guest GUEST dies on NODE",
     [](Stage& stage, Said said, const Line&) {
         stage.hypervisor(said[1], said[0]).set_state(said[0], State::stopped, "shut off (crashed)");
     }},
    {"guest GUEST is paused on NODE", set_state<State::paused>},
    {"guest GUEST is crashed on NODE", set_state<State::crashed>},
    {"guest GUEST is changing on NODE", set_state<State::changing>},
    {"guest GUEST is stopped on NODE", set_state<State::stopped>},
    {"guest GUEST autostarts on NODE",
     [](Stage& stage, Said said, const Line&) { stage.hypervisor(said[1], said[0]).guests()[said[0]].warnings = {"autostart is on"}; }},

    {"guest GUEST is deaf", set_flag<&GuestModel::deaf, true>},
    {"guest GUEST hears", set_flag<&GuestModel::deaf, false>},
    {"guest GUEST never pings", set_flag<&GuestModel::pings, false>},
    {"guest GUEST pings", set_flag<&GuestModel::pings, true>},
    {"guest GUEST has no ip command", set_flag<&GuestModel::has_ip_command, false>},
    {"guest GUEST pings after TIME", set_time<&GuestModel::pings_after>},
    {"guest GUEST answers after TIME", set_time<&GuestModel::answers_after>},
    {"guest GUEST connects in TIME", set_time<&GuestModel::connects_in>},
    {"guest GUEST shuts down in TIME", set_time<&GuestModel::shuts_down_in>},
    {"guest GUEST dies after TIME", [](Stage& stage, Said said, const Line&) { stage.guest(said[0]).dies_after = parse_time(said[1]); }},
    {"guest GUEST lives", [](Stage& stage, Said said, const Line&) { stage.guest(said[0]).dies_after.reset(); }},
    {"guest GUEST ssh fine", set_ssh<SshBehaviour::fine>},
    {"guest GUEST ssh refused", set_ssh<SshBehaviour::refused>},
    {"guest GUEST ssh silent", set_ssh<SshBehaviour::silent>},
    {"guest GUEST ssh key-unknown", set_ssh<SshBehaviour::key_unknown>},
    {"guest GUEST ssh key-changed", set_ssh<SshBehaviour::key_changed>},
    {"guest GUEST ssh not-authorised", set_ssh<SshBehaviour::not_authorised>},
    {"guest GUEST address ADDRESS on ADAPTER",
     [](Stage& stage, Said said, const Line&) {
         stage.guest(said[0]).adapters = {{said[2], said[1]}};
     }},
    {"guest GUEST hostname NAME", [](Stage& stage, Said said, const Line&) { stage.guest(said[0]).hostname = said[1]; }},
    {"guest GUEST disk TARGET SOURCE", add_disk},
    {"guest GUEST bridge NAME", [](Stage& stage, Said said, const Line&) { stage.guest(said[0]).bridges.push_back(said[1]); }},
    {"launcher GUEST NAME ...", make_launcher},

    {"hypervisor NODE fine", set_daemon<Daemon::fine>},
    {"hypervisor NODE hung", set_daemon<Daemon::hung>},
    {"hypervisor NODE dead", set_daemon<Daemon::dead>},
    {"hypervisor NODE starts in TIME",
     [](Stage& stage, Said said, const Line&) { stage.node(said[0]).hypervisor("kvm").start_takes = parse_time(said[1]); }},
    {"hypervisor NODE refuses start GUEST",
     [](Stage& stage, Said said, const Line&) { stage.node(said[0]).hypervisor("kvm").cant_start.insert(said[1]); }},
    {"hypervisor NODE refuses arrival GUEST",
     [](Stage& stage, Said said, const Line&) { stage.node(said[0]).hypervisor("kvm").cant_come.insert(said[1]); }},
    {"hypervisor NODE moves in TIME",
     [](Stage& stage, Said said, const Line&) { stage.node(said[0]).hypervisor("kvm").move_takes = parse_time(said[1]); }},
    {"hypervisor NODE refuses force GUEST",
     [](Stage& stage, Said said, const Line&) { stage.node(said[0]).hypervisor("kvm").cant_force.insert(said[1]); }},
    {"hypervisor NODE obeys", obey},

    {"clock forward TIME", [](Stage& stage, Said said, const Line&) { stage.world().clock_set_by += microseconds_of(said[0]); }},
    {"clock back TIME", [](Stage& stage, Said said, const Line&) { stage.world().clock_set_by -= microseconds_of(said[0]); }},
    {"clock of NODE forward TIME",
     [](Stage& stage, Said said, const Line&) { stage.node(said[0]).clock_off += microseconds_of(said[1]); }},
    {"clock of NODE back TIME", [](Stage& stage, Said said, const Line&) { stage.node(said[0]).clock_off -= microseconds_of(said[1]); }},
    {"node NODE has svcmgr VERSION", [](Stage& stage, Said said, const Line&) { stage.node(said[0]).other_version = said[1]; }},
    {"node NODE knows no QUESTION", [](Stage& stage, Said said, const Line&) { stage.node(said[0]).unknown_question = said[1]; }},
    {"node NODE limits keys", [](Stage& stage, Said said, const Line&) { stage.node(said[0]).limits_keys = true; }},
    {"node NODE has no svcmgr", [](Stage& stage, Said said, const Line&) { stage.node(said[0]).has_svcmgr = false; }},
    {"node NODE ssh STATE",
     [](Stage& stage, Said said, const Line&) {
         static const std::map<std::string, Node::Ssh> states = {{"fine", Node::Ssh::fine},
                                                                 {"refused", Node::Ssh::refused},
                                                                 {"silent", Node::Ssh::silent},
                                                                 {"key-unknown", Node::Ssh::key_unknown},
                                                                 {"key-changed", Node::Ssh::key_changed},
                                                                 {"not-authorised", Node::Ssh::not_authorised}};
         const auto found = states.find(said[1]);
         if (found == states.end()) throw ScenarioError(fmt::format("'{}' is no state of an sshd", said[1]));
         stage.node(said[0]).ssh = found->second;
     }},
    {"network delay TIME", [](Stage& stage, Said said, const Line&) { stage.world().network.delay = parse_time(said[0]); }},
    {"network cut FROM TO", [](Stage& stage, Said said, const Line&) { stage.world().network.cut.insert({said[0], said[1]}); }},
    {"network mend FROM TO", [](Stage& stage, Said said, const Line&) { stage.world().network.cut.erase({said[0], said[1]}); }},
    {"name NAME unresolvable", [](Stage& stage, Said said, const Line&) { stage.world().network.unresolvable.insert(said[0]); }},
    {"name NAME resolvable", [](Stage& stage, Said said, const Line&) { stage.world().network.unresolvable.erase(said[0]); }},
    {"name NAME elsewhere", [](Stage& stage, Said said, const Line&) { stage.world().network.elsewhere.insert(said[0]); }},
    {"name NAME nowhere", [](Stage& stage, Said said, const Line&) { stage.world().network.elsewhere.erase(said[0]); }},
};

}  // namespace

bool Stage::knows(const Line& line) const {
    return is_phrase<Stage>(phrases, line);
}

void Stage::play(const Line& line) {
    play_phrase<Stage>(*this, phrases, line);
}

Node& Stage::node(const std::string& name) {
    if (Node* found = world_.find_node(name)) return *found;
    throw ScenarioError(fmt::format("there is no node {}", name));
}

GuestModel& Stage::guest(const std::string& name) {
    if (GuestModel* found = world_.find_guest(name)) return *found;
    throw ScenarioError(fmt::format("there is no guest {}", name));
}

HypervisorModel& Stage::hypervisor(const std::string& node_name, const std::string& guest_name) {
    for (auto& [type, hypervisor] : node(node_name).hypervisors())
        if (hypervisor.guests().contains(guest_name)) return hypervisor;
    throw ScenarioError(fmt::format("{} is not defined on {}", guest_name, node_name));
}

}  // namespace svcmgr::sim
