// Guests that move to another node while they run: what libvirtd does, and the driver of a process.

#include <fmt/format.h>

#include "drivers/error.h"
#include "tests/scenario/sim_hypervisor.h"
#include "tests/scenario/sim_process.h"
#include "tests/scenario/sim_world.h"

namespace svcmgr::sim {

namespace {

using enum GuestState::Value;

/// How often it is noticed that a connection has broken.
constexpr Duration heartbeat = std::chrono::milliseconds(200);

}  // namespace

// --- the daemon

void HypervisorModel::begin_move(const std::string& guest, HypervisorModel& there, std::function<bool()> alive) {
    InstanceModel& arriving = there.guests_[guest];
    arriving.arriving = true;
    arriving.state = changing;
    arriving.reason = "paused (migrating)";
    ++arriving.run;
    guests_[guest].leaving = true;
    ++guests_[guest].move;
    world_.effect(fmt::format("{} begins to move from {} to {}", guest, node_.name(), there.node_.name()));
    go_on_moving(guest, there, std::move(alive), world_.scheduler().now() + move_takes);
}

void HypervisorModel::go_on_moving(const std::string& guest, HypervisorModel& there, std::function<bool()> alive, Moment end) {
    const std::uint64_t move = guests_[guest].move;
    const std::uint64_t run_there = there.guests_[guest].run;
    Scheduler& scheduler = world_.scheduler();
    scheduler.at(std::min(end, scheduler.now() + heartbeat),
                 [this, guest, &there, alive = std::move(alive), end, move, run_there]() mutable {
                     InstanceModel& here = guests_[guest];
                     InstanceModel& arriving = there.guests_[guest];
                     const bool same = here.move == move && here.leaving && here.state == running && arriving.run == run_there;
                     if (!same || !alive()) {
                         if (here.move == move) here.leaving = false;
                         if (arriving.run == run_there && arriving.arriving) {
                             arriving.arriving = false;
                             there.set_state(guest, stopped, "shut off (failed)");
                         }
                         return;
                     }
                     if (world_.scheduler().now() < end) return go_on_moving(guest, there, std::move(alive), end);
                     const Moment since = here.since;
                     // In this order: it is never on both, as libvirt lets it wait there.
                     here.leaving = false;
                     GuestModel* model = world_.find_guest(guest);
                     const std::set<std::string> applications = model == nullptr ? std::set<std::string>{} : model->applications;
                     set_state(guest, stopped, "shut off (migrated)");
                     if (model != nullptr) model->applications = applications;
                     arriving.arriving = false;
                     arriving.since = since;
                     there.set_state(guest, paused, "paused (by a user)");
                 });
}

void HypervisorModel::abort_move(const std::string& guest) {
    guests_[guest].leaving = false;
    ++guests_[guest].move;
    world_.happened();
}

void HypervisorModel::resume(const std::string& guest) {
    set_state(guest, running, "running (unpaused)");
}

// --- the driver

std::string SimHypervisor::describe(const Guest& guest, Deadline deadline) {
    process_.call();
    need_answer(guest, deadline);
    return guest.name;
}

std::optional<Error> SimHypervisor::obstacle(const Guest& guest, const std::string& description, Deadline deadline) {
    process_.call();
    if (const auto problem = no_answer(deadline)) return Error(Error::Code::unreachable, *problem, "guest " + guest.name);
    if (description != guest.name) return Error(Error::Code::refused, "what would come is the guest " + description, "guest " + guest.name);
    if (model_.cant_come.contains(guest.name))
        return Error(Error::Code::refused, "its processors can't run what the guest was started on", "guest " + guest.name,
                     "switch moves it now");
    return std::nullopt;
}

void SimHypervisor::migrate(const Guest& guest, const WayThere& way, const Tell& tell, Deadline deadline) {
    process_.call();
    need_answer(guest, deadline);
    SimWorld& world = process_.sim();
    Node* node = world.find_node(way.host.host);
    const auto cut = [this, &world, node] {
        const auto& lost = world.network.cut;
        return lost.contains({process_.node().name(), node->name()}) || lost.contains({node->name(), process_.node().name()});
    };
    if (node == nullptr || cut()) throw Error(Error::Code::failed, "libvirt did not move it: no connection", "guest " + guest.name);
    HypervisorModel& there = node->hypervisor("kvm");
    const auto on_its_way = [&] { return model_.guests()[guest.name].leaving; };
    process_.acted("migrate " + guest.name);
    auto& processes = process_.node().processes();
    // The way goes through this process, and ends with it.
    model_.begin_move(guest.name, there, [&world, &processes, pid = process_.id().pid, from = process_.node().name(), to = node->name()] {
        const auto& lost = world.network.cut;
        return processes.contains(pid) && !lost.contains({from, to}) && !lost.contains({to, from});
    });
    const auto woken = process_.wait([&] { return !on_its_way(); }, deadline.at(), model_.name());
    if (on_its_way()) {
        model_.abort_move(guest.name);
        throw Error(woken == Process::Woken::by_signal ? Error::Code::interrupted : Error::Code::timed_out,
                    woken == Process::Woken::by_signal ? "the move was broken off by a signal" : "it had not moved in time",
                    "guest " + guest.name, "it runs here as before");
    }
    if (model_.guests()[guest.name].exists())
        throw Error(Error::Code::failed, "libvirt did not move it: the connection broke", "guest " + guest.name);
    tell("it has left");
}

void SimHypervisor::go_on(const Guest& guest, Deadline deadline) {
    process_.call();
    need_answer(guest, deadline);
    InstanceModel& instance = model_.guests()[guest.name];
    if (instance.leaving) model_.abort_move(guest.name);
    if (instance.arriving || !instance.exists()) throw Error(Error::Code::failed, "it is not there to go on", "guest " + guest.name);
    if (instance.state == running) return;
    process_.acted("resume " + guest.name);
    model_.resume(guest.name);
}

void SimHypervisor::turn_away(const Guest& guest, Deadline deadline) {
    process_.call();
    need_answer(guest, deadline);
    InstanceModel& instance = model_.guests()[guest.name];
    if (!instance.exists()) return;
    if (instance.state == running) throw Error(Error::Code::refused, "it runs: it is no guest that came here", "guest " + guest.name);
    process_.acted("destroy " + guest.name);
    instance.arriving = false;
    model_.set_state(guest.name, stopped, "shut off (destroyed)");
}

}  // namespace svcmgr::sim
