// What a look at reservations tells (faults.md C.8).

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "drivers/tasks.h"
#include "resources/scsi_reservation.h"

namespace svcmgr {

namespace {

/// Contract.md 7.2: the disks, as far as they fit on a line.
std::string label_of(const std::vector<SharedDisk>& disks) {
    constexpr std::size_t longest = 248;
    if (disks.empty()) return "preserv 0 scsi disk";
    std::vector<std::string_view> ids;
    ids.reserve(disks.size());
    for (const SharedDisk& disk : disks) ids.push_back(disk.id);
    const std::string text = fmt::format("{}", fmt::join(ids, ", "));
    return text.size() <= longest ? text : fmt::format("preserv {} ...", text.substr(0, longest));
}

std::string number_of(std::size_t count, std::string_view what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

}  // namespace

struct ScsiReservation::Seen {
    std::vector<SharedDisk> disks;
    std::vector<DiskState> states;
    std::vector<DiskVerdict> verdicts;
    std::string runs;  ///< "vm188 runs here (running)"; empty when it does not

    std::string where(std::size_t i) const {
        std::vector<std::string_view> names;
        for (const DiskPath& path : disks[i].paths) names.push_back(path.name);
        return fmt::format("disk {} ({})", disks[i].id, fmt::join(names, " "));
    }
};

ResourceObservation ScsiReservation::look(Looking& looking) const {
    ResourceObservation result;
    const auto unknown = [&](const std::string& reason, const std::string& hint) {
        result.status = Status::undef;
        result.say(LogLine::Level::warn, reason);
        result.unstartable = Error(Error::Code::refused, reason, rid().text(), hint);
        return result;
    };
    if (!key_) return unknown(fmt::format("prkey = {} is no key", options().text("prkey")), "write 0x and 1 to 16 hexadecimal digits");
    const Devices devices = owner_.devices_below(looking);
    if (!devices.problem.empty())
        return unknown(fmt::format("its disks are not known: {}", devices.problem), "make the hypervisor answer, then try again");
    SharedDisks found = shared_disks(looking.world().files, part_.nodename, devices.paths);
    for (const std::string& line : found.problems) result.say(LogLine::Level::warn, line);
    if (!found.problems.empty()) return unknown("not all of its disks are there", "connect them, then try again");
    result.label = label_of(found.disks);
    std::vector<std::string> unreserved = devices.passed_over;
    unreserved.insert(unreserved.end(), found.passed_over.begin(), found.passed_over.end());
    for (const std::string& line : unreserved) result.say(LogLine::Level::warn, fmt::format("{}, and is not reserved", line));
    if (looking.purpose() == Purpose::start) judge_unreserved(looking, unreserved, result);
    if (found.disks.empty()) {
        result.status = Status::not_applicable;
        return result;
    }

    Seen seen;
    seen.disks = std::move(found.disks);
    seen.states = look_at_disks(looking.world(), seen.disks, Deadline::in(looking.world().clock, looking.limits().hypervisor));
    for (const DiskState& state : seen.states) seen.verdicts.push_back(judge(state, key_));
    if (container_ != nullptr) {
        const GuestState guest = container_->state(looking);
        if (guest.exists_here())
            seen.runs =
                fmt::format("{} is here ({})", container_->guest().name, guest.reason.empty() ? to_string(guest.value) : guest.reason);
    }
    judge_disks(seen, result);
    if (!seen.runs.empty() && !judge_half_handed_over(looking, seen, result)) judge_running(seen, result);
    if (seen.runs.empty() && looking.purpose() == Purpose::start && result.status != Status::up) judge_startable(looking, seen, result);
    return result;
}

/// Promise 2 of design.md 6: a guest whose disks are to be reserved does not run on others.
void ScsiReservation::judge_unreserved(Looking& looking, const std::vector<std::string>& unreserved, ResourceObservation& result) const {
    if (container_ == nullptr || unreserved.empty() || container_->state(looking).exists_here()) return;
    result.conflict =
        Error(Error::Code::refused, fmt::format("scsireserv = true, and {}: that can't be reserved", unreserved.front()), rid().text(),
              "give the guest disks that know SCSI reservations, or set scsireserv = false when no other node can use it; "
              "--force starts it all the same");
}

/// Up: all are ours. Down: one is not. Not known: the others are, and one does not say.
void ScsiReservation::judge_disks(const Seen& seen, ResourceObservation& result) const {
    using enum DiskVerdict::Value;
    result.status = Status::up;
    bool registered = false;
    bool undecided = false;
    bool incomplete = false;
    std::size_t own = 0;
    for (std::size_t i = 0; i < seen.disks.size(); ++i) {
        const DiskState& state = seen.states[i];
        const DiskVerdict& verdict = seen.verdicts[i];
        registered = registered || state.count(key_) != 0;
        own += verdict.value == ours ? 1 : 0;
        if (verdict.value == foreign || verdict.value == free) result.status = Status::down;
        if (verdict.value == foreign) {
            std::vector<std::string> names;
            for (const ReservationKey holder : verdict.holders) names.push_back(name_of(holder));
            result.say(LogLine::Level::info, fmt::format("{}: reserved by {}", seen.where(i), fmt::join(names, " and ")));
        }
        if (verdict.value != ours && verdict.value != free && verdict.value != foreign) {
            undecided = true;
            result.say(LogLine::Level::warn, fmt::format("{}: {}", seen.where(i), verdict.reason));
        }
        if (verdict.value != ours) continue;
        const std::size_t expected = expected_registrations(seen.disks[i], state);
        if (state.count(key_) < expected || state.working() < seen.disks[i].paths.size()) {
            result.say(LogLine::Level::warn,
                       fmt::format("{}: {} of {} paths work, {} registered", seen.where(i), state.working(), seen.disks[i].paths.size(),
                                   state.count(key_) == 1 ? "1 is" : fmt::format("{} are", state.count(key_))));
            incomplete = incomplete || state.count(key_) < expected;
        }
        if (const auto others = state.others(key_); !others.empty())
            result.say(LogLine::Level::warn,
                       fmt::format("{}: {} is registered, too, and can write", seen.where(i), name_of(others.front())));
    }
    result.detail = incomplete ? std::string(not_all_paths) : fmt::format("{} of {} reserved", own, number_of(seen.disks.size(), "disk"));
    if (incomplete && !seen.runs.empty()) result.unready = not_all_paths;
    if (result.status == Status::up && undecided) result.status = Status::undef;
    if (result.status == Status::up &&
        std::ranges::any_of(result.log, [](const LogLine& line) { return line.level == LogLine::Level::warn; }))
        result.status = Status::warn;
    if (!registered && own == 0 && !undecided) result.detail = untouched;
}

/// A migration was killed between the guest's arrival and the taking over: this node may write, and somebody else holds the disks for it.
bool ScsiReservation::judge_half_handed_over(Looking& looking, const Seen& seen, ResourceObservation& result) const {
    using enum DiskVerdict::Value;
    std::set<ReservationKey> holders;
    for (std::size_t i = 0; i < seen.disks.size(); ++i) {
        if (seen.states[i].count(key_) == 0) return false;
        if (seen.verdicts[i].value == foreign) holders.insert(seen.verdicts[i].holders.begin(), seen.verdicts[i].holders.end());
    }
    if (holders.empty() || !std::ranges::all_of(holders, [this](ReservationKey key) { return is_peer(key); })) return false;
    result.say(LogLine::Level::warn, fmt::format("{}, and {} has not handed its disks over yet; svcmgr status --heal takes them over",
                                                 seen.runs, name_of(*holders.begin())));
    result.detail = half_handed_over;
    result.unready = half_handed_over;
    if (looking.purpose() != Purpose::start) return true;
    for (const ReservationKey holder : holders) judge_holder(looking, seen.where(0), holder, result);
    return true;
}

/// Of a guest that runs here: whether somebody has taken its disks, or nobody holds them any more.
void ScsiReservation::judge_running(const Seen& seen, ResourceObservation& result) const {
    using enum DiskVerdict::Value;
    for (std::size_t i = 0; i < seen.disks.size(); ++i) {
        if (seen.verdicts[i].value != foreign && seen.verdicts[i].value != free) continue;
        const auto others = seen.states[i].others(key_);
        if (!others.empty()) {
            result.conflict.reset();
            const std::string message = fmt::format("fenced: {} has taken {} while {}", name_of(others.front()), seen.where(i), seen.runs);
            result.say(LogLine::Level::error, message);
            result.unstartable =
                Error(Error::Code::refused, message, rid().text(),
                      fmt::format("svcmgr -s {} stop, unless {} is to give them back", part_.service, name_of(others.front())));
            result.unready.clear();
            result.detail = fenced;
            return;
        }
        result.unready = "nobody holds its disks any more";
        result.say(LogLine::Level::error,
                   fmt::format("lost: nobody holds {} any more while {}; svcmgr status --heal takes it again", seen.where(i), seen.runs));
    }
}

void ScsiReservation::judge_startable(Looking& looking, const Seen& seen, ResourceObservation& result) const {
    using enum DiskVerdict::Value;
    for (std::size_t i = 0; i < seen.disks.size(); ++i) {
        const DiskVerdict& verdict = seen.verdicts[i];
        if (verdict.value == foreign) {
            for (const ReservationKey holder : verdict.holders) judge_holder(looking, seen.where(i), holder, result);
            // A guest may have moved to a node that is registered beside the holder, and has not taken the disks over yet.
            for (const ReservationKey other : seen.states[i].others(key_))
                if (is_peer(other)) judge_holder(looking, seen.where(i), other, result);
        }
        if (verdict.value == free || verdict.value == ours || verdict.value == foreign || result.unstartable) continue;
        result.unstartable = Error(Error::Code::refused, fmt::format("{}: {}", seen.where(i), verdict.reason), rid().text(),
                                   verdict.value == unsupported ? "set scsireserv = false only when no other node can use these disks"
                                                                : "sg_persist --in --read-full-status shows what the disk says");
    }
}

/// The rows of faults.md C.8 about foreign keys.
void ScsiReservation::judge_holder(Looking& looking, const std::string& disk, ReservationKey holder, ResourceObservation& result) const {
    if (std::ranges::find(result.takes_from, holder) != result.takes_from.end()) return;
    const std::string node = node_of(holder);
    const bool typed = looking.preemptable.contains(holder);
    if (node.empty() && !typed) {
        if (!result.unstartable)
            result.unstartable =
                Error(Error::Code::refused, fmt::format("{} is reserved by {}, which is no node of the service's", disk, holder.text()),
                      rid().text(), fmt::format("find out who that is; --force-foreign-key {} takes the disks from him", holder.text()));
        return;
    }
    result.takes_from.push_back(holder);
    if (typed) return;
    const std::string answer = why_in_use_on(looking, node);
    if (answer.empty())
        return result.say(LogLine::Level::info, looking.fenced.contains(node) ? fmt::format("{} has been fenced", node)
                                                                              : fmt::format("{} says that the guest is down there", node));
    if (!result.conflict)
        result.conflict = Error(Error::Code::refused, fmt::format("{} is reserved by {}, and {}", disk, name_of(holder), answer),
                                rid().text(), fmt::format("stop the service on {}; --force takes the disks from it", node));
}

std::string ScsiReservation::why_in_use_on(Looking& looking, const std::string& peer) const {
    if (looking.why_in_use_on == nullptr) return fmt::format("{} has not been asked", peer);
    return looking.why_in_use_on(peer, user().rid());
}

ScsiReservation::Report ScsiReservation::report(Looking& looking) const {
    Report report;
    const Devices devices = owner_.devices_below(looking);
    report.problem = devices.problem;
    report.devices = shared_disks(looking.world().files, part_.nodename, devices.paths);
    report.devices.passed_over.insert(report.devices.passed_over.end(), devices.passed_over.begin(), devices.passed_over.end());
    World& world = looking.world();
    const Deadline deadline = Deadline::in(world.clock, looking.limits().hypervisor);
    report.states = look_at_disks(world, report.devices.disks, deadline);
    report.registrants.resize(report.devices.disks.size());
    std::vector<std::function<void()>> asking;
    for (std::size_t i = 0; i < report.devices.disks.size(); ++i)
        asking.emplace_back([&, i] {
            const auto& paths = report.states[i].paths;
            const auto working = std::ranges::find_if(paths, &ScsiResult::done);
            if (working == paths.end()) return;
            const auto& device = report.devices.disks[i].paths[static_cast<std::size_t>(working - paths.begin())].device;
            report.registrants[i] = world.reservations.registrants(device, deadline);
        });
    run_together(world.tasks, asking);
    return report;
}

}  // namespace svcmgr
