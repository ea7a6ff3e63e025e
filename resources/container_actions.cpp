// What a container does: starting, waiting for a guest, stopping.

#include <fmt/format.h>

#include <algorithm>

#include "drivers/files/files.h"
#include "drivers/network/network.h"
#include "resources/container.h"

namespace svcmgr {

namespace {

constexpr Duration poll_interval = std::chrono::milliseconds(250);
/// While a guest boots, a request that went unanswered is soon followed by the next.
constexpr Duration boot_ping = std::chrono::milliseconds(500);
constexpr Duration one_command = std::chrono::seconds(10);
constexpr Duration shortest_telling = std::chrono::seconds(1);
constexpr Duration one_look = std::chrono::seconds(5);

Error went_down(const Rid& rid, const Guest& guest, const GuestState& now, const std::string& what) {
    std::string message = fmt::format("{} went down ({}) while waiting for {}", guest.name, now.describe(), what);
    for (const std::string& note : now.notes) message += "; " + note;
    return {Error::Code::failed, std::move(message), rid.text(), "its console, its logs or the hypervisor's log say why"};
}

}  // namespace

void Container::perform(const std::string& verb, Doing& doing) const {
    if (verb == "prepare") return prepare(doing);
    if (verb == "start") return start(doing);
    if (verb == "wait up") return wait_up(doing);
    if (verb == "wait healthy") return wait_healthy(doing);
    if (verb == "wait end") return wait_end(doing);
    if (verb == "wait ping") return wait_ping(doing);
    if (verb == "wait operational") return wait_operational(doing);
    if (verb == "stop") return stop(doing);
    if (verb == force_stop_verb) return force_stop(doing);
    if (verb == "undo start") return undo_start(doing);
    if (verb == go_on_verb || verb == turn_away_verb) {
        doing.changing();
        LiveMigration& migration = live_migration(doing.world);
        return verb == go_on_verb ? migration.go_on(guest_, doing.deadline) : migration.turn_away(guest_, doing.deadline);
    }
    throw Error(Error::Code::failed, fmt::format("a container has no verb '{}'", verb), rid().text());
}

LiveMigration& Container::live_migration(World& world) const {
    LiveMigration* migration = world.hypervisors.get(hypervisor_).live_migration();
    if (migration == nullptr)
        throw Error(Error::Code::refused, fmt::format("{} can't move a guest while it runs", hypervisor_), rid().text(), "switch moves it");
    return *migration;
}

void Container::prepare(Doing& doing) const {
    const Tell tell = [&](const std::string& line) { doing.note(LogLine::Level::info, line); };
    doing.world.hypervisors.get(hypervisor_).prepare(guest_, tell, doing.deadline);
}

void Container::start(Doing& doing) const {
    Hypervisor& hypervisor = doing.world.hypervisors.get(hypervisor_);
    doing.changing();
    tell_site(hypervisor, doing);
    hypervisor.start(guest_, doing.deadline);
}

/// A guest that boots with another site's flag would take itself for what it is not: it is not started when that can't be mended.
void Container::tell_site(Hypervisor& hypervisor, Doing& doing) const {
    const std::optional<Path> flag = hypervisor.drp_flag(guest_);
    if (!flag) return;
    Files& files = doing.world.files;
    const bool is_there = files.link_facts(*flag).has_value();
    if (guest_.at_drp_site)
        doing.note(LogLine::Level::info, fmt::format("{} starts at the disaster recovery site: {} tells it so", guest_.name, *flag));
    else if (is_there)
        doing.note(LogLine::Level::info, fmt::format("{} does not start at the disaster recovery site: {} is removed", guest_.name, *flag));
    // It lies where the guest writes: what is followed there leads anywhere on this node.
    if (is_there) files.remove(*flag);
    if (guest_.at_drp_site) files.replace(*flag, "", 0644);
}

void Container::make_devices(Doing& doing) const {
    doing.changing();
    doing.world.hypervisors.get(hypervisor_).restore_devices(guest_, doing.deadline);
}

/// A start that was given up may still come true in the hypervisor: a guest that seems down is looked at twice.
void Container::undo_start(Doing& doing) const {
    constexpr Duration moment = std::chrono::seconds(1);
    const GuestState now = look_now(doing);
    if (!now.exists_here()) doing.world.clock.sleep_until(doing.world.clock.now() + moment);
    stop(doing);
}

GuestState Container::look_now(Doing& doing) const {
    const Deadline deadline = doing.deadline.at_most(doing.world.clock, one_look);
    return doing.world.hypervisors.get(hypervisor_).look({&guest_, 1}, deadline).front();
}

void Container::wait_alive(Doing& doing, const std::string& what, const std::function<bool()>& done) const {
    wait_for(doing, what, poll_interval, [&] {
        if (done()) return true;
        const GuestState now = look_now(doing);
        using enum GuestState::Value;
        if (now.value == stopped || now.value == absent || now.value == crashed) throw went_down(rid(), guest_, now, what);
        return false;
    });
}

void Container::wait_up(Doing& doing) const {
    wait_alive(doing, fmt::format("{} to run", guest_.name), [&] { return look_now(doing).value == GuestState::Value::running; });
}

void Container::wait_healthy(Doing& doing) const {
    using enum GuestState::Health;
    GuestState now;
    try {
        wait_alive(doing, fmt::format("{} to be healthy", guest_.name), [&] {
            now = look_now(doing);
            return now.value == GuestState::Value::running && (now.health == unchecked || now.health == healthy);
        });
    } catch (const Error& error) {
        if (error.code() != Error::Code::timed_out) throw;
        throw Error(Error::Code::timed_out, fmt::format("{}: it is {}", error.message(), now.describe()), rid().text(),
                    "`start_timeout` of its section has to be longer than its health check takes to succeed");
    }
}

void Container::wait_end(Doing& doing) const {
    wait_alive(doing, fmt::format("{} to end", guest_.name), [&] { return look_now(doing).value == GuestState::Value::completed; });
}

void Container::wait_ping(Doing& doing) const {
    wait_alive(doing, fmt::format("{} to answer ping", guest_.hostname),
               [&] { return doing.world.network.ping(guest_.hostname, doing.deadline.at_most(doing.world.clock, boot_ping)).answered; });
}

/// A guest that was connected to and then kept silent may be slow: its sshd asks a dead name server, or its processors are busy. It would
/// never be done in the time of one attempt, so each next one is twice as long.
void Container::wait_operational(Doing& doing) const {
    using enum SshOutcome::Value;
    Clock& clock = doing.world.clock;
    Duration patience = one_command;
    SshOutcome last;
    try {
        wait_alive(doing, fmt::format("a command to run in {}", guest_.hostname), [&] {
            const Deadline deadline = doing.deadline.at_most(clock, patience);
            // What is not answered in the last moment says less than what was not answered before.
            const bool telling = deadline.remaining(clock) >= shortest_telling || last.describe().empty();
            const SshOutcome now = run_inside(doing.world, {"pwd"}, deadline);
            if (now.value == timed_out) patience *= 2;
            if (telling) last = now;
            // Waiting changes nothing about these: somebody has to do something.
            if (now.value == host_key_unknown || now.value == host_key_changed || now.value == not_authorised)
                throw Error(Error::Code::unreachable, now.reason, rid().text());
            return now.ok();
        });
    } catch (const Error& error) {
        if (error.code() != Error::Code::timed_out) throw;
        throw Error(Error::Code::unreachable, fmt::format("{}: {}", error.message(), last.describe()), rid().text());
    }
}

void Container::stop(Doing& doing) const {
    Clock& clock = doing.world.clock;
    const Duration left = doing.deadline.remaining(clock);
    const Duration patience = std::min(options().duration("stop_timeout"), left - std::min(force_time, left / 2));
    const Deadline graceful = Deadline::in(clock, patience);
    const Moment ask_again_at = clock.now() + patience / 2;
    bool asked_again = false;

    using enum GuestState::Value;
    GuestState now = look_now(doing);
    const auto has_ended = [&] {
        now = look_now(doing);
        return now.value == stopped || now.value == absent || now.value == completed;
    };
    if (now.value == unknown)
        throw Error(Error::Code::unreachable, now.reason, rid().text(), fmt::format("make {} answer, then try again", hypervisor_));
    if (has_ended()) return now.value == completed ? force_stop(doing) : release(doing);
    if (now.value == paused || now.value == crashed) {
        doing.note(LogLine::Level::warn, fmt::format("{} is {} and can't shut down by itself", guest_.name, now.describe()));
        force_stop(doing);
        return release(doing);
    }

    Doing asking{doing.world, graceful, doing.note, doing.changing};
    try {
        ask_to_stop(asking);
        wait_for(asking, fmt::format("{} to shut down", guest_.name), poll_interval, [&] {
            if (has_ended()) return true;
            if (!asked_again && clock.now() >= ask_again_at) {
                asked_again = true;
                doing.note(LogLine::Level::info, fmt::format("{} still runs; asked it again to shut down", guest_.name));
                ask_to_stop(asking);
            }
            return false;
        });
    } catch (const Error& error) {
        if (error.code() != Error::Code::timed_out) throw;
        doing.note(LogLine::Level::warn, fmt::format("{}; taking its power away", error.message()));
        force_stop(doing);
        return release(doing);
    }
    // One that runs once and heard the request has ended well, and was not done: nothing of it may stay that says so.
    if (now.value == completed) return force_stop(doing);
    release(doing);
}

void Container::release(Doing& doing) const {
    doing.world.hypervisors.get(hypervisor_).release(guest_, doing.deadline);
}

/// One that was not reached was not asked; of any other failure that can't be said.
void Container::ask_to_stop(Doing& doing) const {
    try {
        doing.world.hypervisors.get(hypervisor_).stop(guest_, StopMode::ask, doing.deadline);
    } catch (const Error& error) {
        if (error.code() != Error::Code::unreachable) doing.changing();
        throw;
    }
    doing.changing();
}

void Container::force_stop(Doing& doing) const {
    doing.changing();
    doing.world.hypervisors.get(hypervisor_).stop(guest_, StopMode::force, doing.deadline);
    wait_for(doing, fmt::format("{} to be gone", guest_.name), poll_interval, [&] {
        const GuestState now = look_now(doing);
        return now.value == GuestState::Value::stopped || now.value == GuestState::Value::absent;
    });
}

}  // namespace svcmgr
