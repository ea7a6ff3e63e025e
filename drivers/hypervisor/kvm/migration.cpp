#include "drivers/hypervisor/kvm/migration.h"

#include <fmt/format.h>

#include <algorithm>

#include "drivers/hypervisor/kvm/domain_xml.h"
#include "drivers/hypervisor/kvm/moving.h"
#include "drivers/signals.h"

namespace svcmgr::kvm {

namespace {

constexpr Duration between_looks = std::chrono::seconds(1);
constexpr Duration between_reports = std::chrono::seconds(5);
constexpr Duration to_break_off = std::chrono::minutes(1);

std::string mib(std::uint64_t bytes) {
    constexpr std::uint64_t one = std::uint64_t{1} << 20;
    return fmt::format("{} MiB", (bytes + one / 2) / one);
}

}  // namespace

KvmMigration::KvmMigration(const World& world, std::string uri)
    : world_(world), uri_(std::move(uri)), libvirt_(world.clock, no_signals_, uri_, Connection::Access::change) {}

void KvmMigration::ask(const Guest& guest, Deadline deadline, std::function<void(const Session&)> work) {
    const Duration given = deadline.remaining(world_.clock);
    const auto done = libvirt_.ask(deadline, [work = std::move(work)](const Session& session) {
        work(session);
        return true;
    });
    if (!done)
        throw Error(Error::Code::timed_out, fmt::format("libvirtd did not answer within {}", to_text(given)), "guest " + guest.name,
                    fmt::format("libvirtd may still do what it was told; look with: virsh domstate {}", guest.name));
}

std::string KvmMigration::describe(const Guest& guest, Deadline deadline) {
    auto text = std::make_shared<std::string>();
    ask(guest, deadline, [name = guest.name, text](const Session& session) { *text = migratable_text(session, name); });
    return *text;
}

std::optional<Error> KvmMigration::obstacle(const Guest& guest, const std::string& description, Deadline deadline) {
    const auto refused = [&](std::string what, std::string hint = {}) {
        return Error(Error::Code::refused, std::move(what), "guest " + guest.name, std::move(hint));
    };
    const auto domain = parse_domain(description);
    if (!domain) return refused("its description can't be read: " + domain.error());
    if (domain->name != guest.name)
        return refused(fmt::format("what would come is the guest {}", domain->name), "make both env files the same");
    for (const std::vector<Path>& paths : {domain->devices, domain->files})
        for (const Path& path : paths)
            if (!world_.files.facts(path))
                return refused(fmt::format("there is no {}", path), "it moves live only with disks that both nodes see");
    try {
        auto found = std::make_shared<std::optional<Error>>();
        ask(guest, deadline, [guest, description, found](const Session& session) { *found = obstacle_of(session, guest, description); });
        return *found;
    } catch (const Error& error) {
        return error;
    }
}

void KvmMigration::report(const Guest& guest, const Tell& tell) {
    try {
        const auto progress = libvirt_.ask(Deadline::in(world_.clock, between_looks),
                                           [name = guest.name](const Session& session) { return progress_of(session, name); });
        if (!progress || !*progress) return;
        const MoveProgress& now = **progress;
        std::string line = fmt::format("{} sent, {} remain", mib(now.sent), mib(now.remaining));
        if (now.speed != 0) line += fmt::format(", {}/s", mib(now.speed));
        tell(line);
    } catch (const Error&) {
        // It moves all the same.
    }
}

void KvmMigration::migrate(const Guest& guest, const WayThere& way, const Tell& tell, Deadline deadline) {
    const auto there = world_.ssh.forward(way.host, way.door, way.socket);
    // One of its own: the call lasts as long as the move.
    Libvirt moving(world_.clock, no_signals_, uri_, Connection::Access::change);
    const Moment begin = world_.clock.now();
    Moment next_report = begin + between_reports;
    auto move = moving.begin([name = guest.name, destination = "qemu+unix:///system?socket=" + way.socket](const Session& session) {
        move_domain(session, name, destination);
        return true;
    });
    const auto wait = [&](Deadline until) {
        try {
            return move.wait(until).has_value();
        } catch (const Error& error) {
            const std::string why = there->problem();
            throw why.empty() ? error : Error(error.code(), fmt::format("{} ({})", error.message(), why), error.where(), error.hint());
        }
    };
    while (!deadline.passed(world_.clock) && world_.signals.pending() == 0) {
        if (wait(deadline.at_most(world_.clock, between_looks / 4)))
            return tell(fmt::format("it has left after {}", to_text(world_.clock.now() - begin)));
        if (world_.clock.now() < next_report) continue;
        report(guest, tell);
        next_report = world_.clock.now() + between_reports;
    }
    const bool stopped = world_.signals.pending() != 0;
    const Deadline breaking_off = Deadline::in(world_.clock, to_break_off);
    ask(guest, breaking_off, [name = guest.name](const Session& session) { abort_move(session, name); });
    const Error why(
        stopped ? Error::Code::interrupted : Error::Code::timed_out,
        stopped ? std::string("the move was broken off by a signal")
                : fmt::format("it had not moved after {}", to_text(world_.clock.now() - begin)),
        "guest " + guest.name,
        stopped ? "it runs here as before" : "it runs here as before; it writes faster than it can be sent, or migrate_timeout is short");
    try {
        // It may have been too late to break it off.
        if (wait(breaking_off)) return tell("it had left before it could be broken off");
    } catch (const Error&) {
        throw why;
    }
    throw Error(Error::Code::timed_out, "libvirt was told to break its move off, and has not ended it", "guest " + guest.name,
                fmt::format("look with: virsh domjobinfo {}", guest.name));
}

void KvmMigration::go_on(const Guest& guest, Deadline deadline) {
    ask(guest, deadline, [name = guest.name](const Session& session) { resume_domain(session, name); });
}

void KvmMigration::turn_away(const Guest& guest, Deadline deadline) {
    ask(guest, deadline, [name = guest.name](const Session& session) { end_paused_domain(session, name); });
}

Argv KvmMigration::door() const {
    return {"virt-ssh-helper", uri_};
}

}  // namespace svcmgr::kvm
