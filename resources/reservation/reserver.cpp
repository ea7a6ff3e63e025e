#include "resources/reservation/reserver.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <mutex>

#include "drivers/tasks.h"
#include "resources/reservation/multipath_daemon.h"

namespace svcmgr {

namespace {

using Action = ReservationChange::Action;
using Level = LogLine::Level;

/// Of a disk that is reserved by all its registrants the type that decides between two who want it.
constexpr ReservationType deciding_type = ReservationType::write_exclusive_registrants;

/// A path that does not answer holds up the others no longer than this.
constexpr Duration one_command = std::chrono::seconds(10);
/// Whoever has lost a race takes his registrations away within a moment.
constexpr Duration withdrawal = std::chrono::seconds(3);
constexpr Duration between_looks = std::chrono::milliseconds(100);

}  // namespace

ReservationKey repair_key(ReservationKey own) {
    return ReservationKey(own.value() ^ (std::uint64_t{1} << 63));
}

Reserver::Reserver(Doing& doing, Claim claim, std::vector<SharedDisk> disks)
    : doing_(doing), claim_(std::move(claim)), disks_(std::move(disks)), states_(disks_.size()), capabilities_(disks_.size()) {
    std::ranges::sort(disks_, {}, &SharedDisk::id);
}

// --- for all disks

Reserver::Indices Reserver::all() const {
    Indices indices(disks_.size());
    for (std::size_t i = 0; i < indices.size(); ++i) indices[i] = i;
    return indices;
}

Reserver::Indices Reserver::all_but_first() const {
    Indices indices = all();
    if (!indices.empty()) indices.erase(indices.begin());
    return indices;
}

void Reserver::each(const Indices& which, const std::function<void(std::size_t)>& work) {
    std::vector<std::optional<Error>> errors(which.size());
    std::vector<std::function<void()>> calls;
    for (std::size_t n = 0; n < which.size(); ++n)
        calls.emplace_back([&, n] {
            try {
                work(which[n]);
            } catch (const Error& error) {
                errors[n] = error;
            }
        });
    run_together(doing_.world.tasks, calls);
    for (const auto& one : errors)
        if (one) throw *one;
}

void Reserver::take() {
    look();
    std::vector<DiskVerdict> before;
    for (const std::size_t i : all()) before.push_back(verdict(i));
    for (const std::size_t i : all()) check_takeable(i);
    doing_.changing();
    try {
        each(all(), [this](std::size_t i) { register_with(i); });
        for (const std::size_t i : all()) check_takeable(i);
        if (!disks_.empty()) seize(0);
        each(all_but_first(), [this](std::size_t i) { seize(i); });
        each(all(), [this](std::size_t i) { settle(i); });
        for (const std::size_t i : all()) check_taken(i);
    } catch (const Error&) {
        give_back(before);
        throw;
    }
    tell_of_disks();
}

void Reserver::give_back(const std::vector<DiskVerdict>& before) {
    try {
        each(all(), [&](std::size_t i) {
            if (before[i].value != DiskVerdict::Value::ours) withdraw(i);
        });
    } catch (const Error& error) {
        doing_.note(Level::warn, fmt::format("not all was given back: {}", error.what()));
    }
}

void Reserver::give_up() {
    give_up_unless([](ReservationKey) { return false; });
}

void Reserver::give_up_unless(const std::function<bool(ReservationKey)>& may_arrive) {
    look();
    for (const std::size_t i : all())
        for (const ReservationKey other : states_[i].others(claim_.key))
            if (verdict(i).value == DiskVerdict::Value::ours && may_arrive(other))
                throw error(i,
                            fmt::format("{} is registered with it, too: a migration to it did not end, and nobody would hold the disk",
                                        claim_.name(other)),
                            "there, svcmgr status --heal takes the disks over when the guest has arrived, and prstop lets go of them "
                            "when it has not");
    doing_.changing();
    each(all(), [this](std::size_t i) { withdraw(i); });
    tell_multipathd_of(ReservationKey());
}

void Reserver::tell_multipathd_of(ReservationKey key) {
    for (const SharedDisk& disk : disks_) tell_multipathd(doing_, disk, key);
}

void Reserver::heal() {
    look();
    for (const std::size_t i : all())
        if (const auto others = states_[i].others(claim_.key); !others.empty())
            throw error(i, fmt::format("{} is registered with it", names(others)), "find out who uses the disk");
    doing_.changing();
    each(all(), [this](std::size_t i) { heal(i); });
    tell_of_disks();
}

void Reserver::repair() {
    look();
    doing_.changing();
    each(all(), [this](std::size_t i) { repair(i); });
    tell_of_disks();
}

void Reserver::join(const std::function<bool(ReservationKey)>& may_hand_over) {
    look();
    for (const std::size_t i : all()) {
        const DiskVerdict verdict = this->verdict(i);
        using enum DiskVerdict::Value;
        if (verdict.value == free)
            throw error(i, "nobody holds it, so that nobody can hand it over", "svcmgr prstart takes it on the node where the guest runs");
        if (verdict.value != ours && verdict.value != foreign) throw error(i, verdict.reason);
        for (const ReservationKey holder : verdict.holders)
            if (!may_hand_over(holder))
                throw error(i, fmt::format("it is reserved by {}, which is no node of the service's", claim_.name(holder)));
    }
    doing_.changing();
    each(all(), [this](std::size_t i) { register_with(i); });
    tell_multipathd_of(claim_.key);
}

void Reserver::adopt(const std::set<ReservationKey>& holders) {
    look();
    for (const std::size_t i : all()) {
        if (states_[i].count(claim_.key) == 0)
            throw error(i, "this node is not registered with it", "register before the guest is handed over");
        const DiskVerdict verdict = this->verdict(i);
        for (const ReservationKey holder : verdict.holders)
            if (!holders.contains(holder)) throw error(i, fmt::format("it is reserved by {}", claim_.name(holder)));
    }
    doing_.changing();
    each(all(), [&](std::size_t i) {
        for (const ReservationKey holder : holders)
            if (states_[i].count(holder) != 0) preempt(i, holder);
        settle(i);
        check_taken(i);
        for (const ReservationKey holder : holders)
            if (states_[i].count(holder) != 0) throw error(i, fmt::format("{} is still registered", claim_.name(holder)));
    });
}

// --- looks

Deadline Reserver::soon() const {
    return doing_.deadline.at_most(doing_.world.clock, one_command);
}

void Reserver::look() {
    each(all(), [this](std::size_t i) {
        states_[i] = look_at_disk(doing_.world, disks_[i], soon());
        if (!states_[i].result.done()) return;
        const auto answer = doing_.world.reservations.capabilities(disks_[i].paths[any_path(i)].device, soon());
        if (answer.result.done()) capabilities_[i] = answer.value;
    });
}

void Reserver::look_again(std::size_t i) {
    svcmgr::look_again(doing_.world, disks_[i], states_[i], soon());
}

void Reserver::check_takeable(std::size_t i) const {
    const DiskVerdict verdict = this->verdict(i);
    using enum DiskVerdict::Value;
    if (verdict.value == free || verdict.value == ours) return;
    if (verdict.value != foreign) throw error(i, verdict.reason);
    for (const ReservationKey holder : verdict.holders)
        if (!claim_.preempt.contains(holder)) throw error(i, fmt::format("it is reserved by {}", names(verdict.holders)));
}

void Reserver::check_registered(std::size_t i) const {
    const DiskState& state = states_[i];
    if (!state.result.done()) throw error(i, state.result.reason);
    const std::size_t expected = expected_registrations(disks_[i], state);
    if (state.count(claim_.key) >= expected) return;
    throw error(i,
                fmt::format("{} of {} paths are registered with {}, although every one was told so", state.count(claim_.key), expected,
                            claim_.key.text()),
                "somebody may be preempting this node: svcmgr prstatus shows who is registered");
}

void Reserver::check_taken(std::size_t i) const {
    const DiskVerdict verdict = this->verdict(i);
    if (verdict.value == DiskVerdict::Value::free) throw error(i, "nobody holds it any more: somebody has cleared it meanwhile");
    if (verdict.value == DiskVerdict::Value::foreign) throw error(i, fmt::format("{} has taken it meanwhile", names(verdict.holders)));
    if (verdict.value != DiskVerdict::Value::ours) throw error(i, verdict.reason);
    check_registered(i);
    for (const ReservationKey victim : claim_.preempt)
        if (states_[i].count(victim) != 0) throw error(i, fmt::format("{} is still registered", claim_.name(victim)));
}

// --- one disk

std::size_t Reserver::any_path(std::size_t i) const {
    const auto found = std::ranges::find_if(states_[i].paths, &ScsiResult::done);
    if (found == states_[i].paths.end()) throw error(i, "no path to it works");
    return static_cast<std::size_t>(found - states_[i].paths.begin());
}

ReservationChange Reserver::command(Action action, ReservationKey service_key) const {
    return {.action = action, .key = claim_.key, .service_key = service_key, .type = deciding_type};
}

void Reserver::change(std::size_t i, std::size_t path, const ReservationChange& change) {
    const Path& device = disks_[i].paths[path].device;
    const ScsiResult result = doing_.world.reservations.change(device, change, soon());
    if (result.done()) return;
    const std::string failed = fmt::format("{} failed on {}: {}", to_string(change.action), device, result.reason);
    if (result.value == ScsiResult::Value::unsupported && change.action == Action::preempt_and_abort)
        throw error(i, failed, "set no_preempt_abort = true for its section");
    if (result.value == ScsiResult::Value::conflict && change.action == Action::register_and_ignore)
        throw error(i, failed, "somebody has it by RESERVE(6), or keeps everybody else out");
    throw error(i, failed);
}

void Reserver::register_paths(std::size_t i, ReservationKey key) {
    ReservationChange command = this->command(Action::register_and_ignore, key);
    command.key = ReservationKey();
    command.survive_power_loss = capabilities_[i].survives_power_loss;
    command.all_target_ports = capabilities_[i].all_target_ports;
    std::mutex mutex;
    std::optional<Error> first;
    std::vector<std::function<void()>> calls;
    for (std::size_t path = 0; path < disks_[i].paths.size(); ++path)
        if (states_[i].paths[path].done())
            calls.emplace_back([&, path] {
                try {
                    change(i, path, command);
                } catch (const Error& error) {
                    const std::lock_guard lock(mutex);
                    if (!first) first = error;
                }
            });
    run_together(doing_.world.tasks, calls);
    if (first) throw *first;
}

void Reserver::register_with(std::size_t i) {
    register_paths(i, claim_.key);
    look_again(i);
    check_registered(i);
}

void Reserver::seize(std::size_t i) {
    const DiskVerdict seen = verdict(i);
    try {
        if (seen.value == DiskVerdict::Value::free) change(i, any_path(i), command(Action::reserve));
        for (const ReservationKey holder : seen.holders) preempt(i, holder);
    } catch (const Error&) {
        look_again(i);
        if (const DiskVerdict now = verdict(i); now.value == DiskVerdict::Value::foreign && now.holders != seen.holders)
            throw error(i, fmt::format("{} was quicker", names(now.holders)));
        throw;
    }
}

void Reserver::preempt(std::size_t i, ReservationKey victim) {
    const bool abort = claim_.preempting == Claim::Preempting::with_abort && !disks_[i].vendor.starts_with("VMware");
    ReservationChange command = this->command(abort ? Action::preempt_and_abort : Action::preempt, victim);
    if (states_[i].held.held) command.type = states_[i].held.type;
    change(i, any_path(i), command);
}

/// Looks again, and gives what was taken the type that it shall have. The holder does so by preempting itself, which takes the
/// registrations of its other paths away (SPC-4, 5.13.11.2.3).
void Reserver::settle(std::size_t i) {
    look_again(i);
    if (held_by_all(claim_.type)) wait_for_others_to_withdraw(i);
    if (verdict(i).value != DiskVerdict::Value::ours || states_[i].held.type == claim_.type) return;
    ReservationChange command = this->command(Action::preempt, held_by_all(states_[i].held.type) ? ReservationKey() : claim_.key);
    command.type = claim_.type;
    change(i, any_path(i), command);
    register_paths(i, claim_.key);
    look_again(i);
    if (held_by_all(claim_.type)) wait_for_others_to_withdraw(i);
}

/// Of a type that all registrants hold they would be holders, too.
void Reserver::wait_for_others_to_withdraw(std::size_t i) {
    Clock& clock = doing_.world.clock;
    const Deadline deadline = doing_.deadline.at_most(clock, withdrawal);
    while (states_[i].result.done() && !states_[i].others(claim_.key).empty()) {
        if (deadline.passed(clock))
            throw error(i, fmt::format("{} is registered with it, and would hold it, too", names(states_[i].others(claim_.key))),
                        "svcmgr prstop on that node takes its key away; prtype = 5 shares with nobody");
        clock.sleep_until(clock.now() + between_looks);
        look_again(i);
    }
}

/// Only the nexus that holds a reservation can release it, and its path may be gone: another one then takes it over from the own key.
void Reserver::withdraw(std::size_t i) {
    if (std::ranges::none_of(states_[i].paths, &ScsiResult::done)) states_[i] = look_at_disk(doing_.world, disks_[i], soon());
    look_again(i);
    if (!states_[i].result.done()) throw error(i, states_[i].result.reason);
    const auto ours = [&] { return states_[i].held.held && verdict(i).value == DiskVerdict::Value::ours; };
    if (states_[i].count(claim_.key) == 0 && !ours()) return;

    const bool stale = states_[i].count(claim_.key) > expected_registrations(disks_[i], states_[i]);
    if (ours() || stale) {
        register_paths(i, claim_.key);
        ReservationChange gather = command(Action::preempt, claim_.key);
        if (states_[i].held.held) gather.type = states_[i].held.type;
        change(i, any_path(i), gather);
        if (ours()) {
            ReservationChange release = command(Action::release);
            release.type = states_[i].held.type;
            change(i, any_path(i), release);
        }
    }
    register_paths(i, ReservationKey());
    look_again(i);
    if (!states_[i].result.done()) throw error(i, states_[i].result.reason);
    if (ours() || states_[i].count(claim_.key) != 0)
        throw error(i, fmt::format("{} is still registered with it", claim_.key.text()), "svcmgr prstop tries again");
}

void Reserver::heal(std::size_t i) {
    register_with(i);
    if (verdict(i).value == DiskVerdict::Value::free) change(i, any_path(i), command(Action::reserve));
    settle(i);
    check_taken(i);
}

void Reserver::repair(std::size_t i) {
    const ReservationKey meanwhile = repair_key(claim_.key);
    if (states_[i].count(claim_.key) == 0 && states_[i].count(meanwhile) == 0) return;
    register_paths(i, meanwhile);
    look_again(i);
    if (states_[i].count(claim_.key) != 0) {
        ReservationChange command = this->command(Action::preempt, claim_.key);
        command.key = meanwhile;
        if (states_[i].held.held) command.type = states_[i].held.type;
        change(i, any_path(i), command);
    }
    register_paths(i, claim_.key);
    look_again(i);
    check_registered(i);
}

// --- words

Error Reserver::error(std::size_t i, std::string message, std::string hint) const {
    std::vector<std::string_view> paths;
    for (const DiskPath& path : disks_[i].paths) paths.push_back(path.name);
    return Error(doing_.deadline.passed(doing_.world.clock) ? Error::Code::timed_out : Error::Code::failed, std::move(message),
                 fmt::format("disk {} ({})", disks_[i].id, fmt::join(paths, " ")), std::move(hint));
}

std::string Reserver::names(const std::vector<ReservationKey>& keys) const {
    std::vector<std::string> names;
    names.reserve(keys.size());
    for (const ReservationKey key : keys) names.push_back(claim_.name(key));
    return fmt::format("{}", fmt::join(names, " and "));
}

void Reserver::tell_of_disks() {
    tell_multipathd_of(claim_.key);
    for (const std::size_t i : all()) {
        const std::size_t working = states_[i].working();
        if (working < disks_[i].paths.size())
            doing_.note(Level::warn,
                        fmt::format("disk {}: {} of {} paths work; the others are registered by `svcmgr status --heal` once they "
                                    "do",
                                    disks_[i].id, working, disks_[i].paths.size()));
        if (const auto others = states_[i].others(claim_.key); !others.empty())
            doing_.note(Level::warn, fmt::format("disk {}: {} is registered, too, and can write", disks_[i].id, names(others)));
    }
}

}  // namespace svcmgr
