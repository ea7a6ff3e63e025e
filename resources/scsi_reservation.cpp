#include "resources/scsi_reservation.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "drivers/hypervisor/table.h"
#include "drivers/scsi/node_key.h"
#include "drivers/ssh/ssh.h"
#include "drivers/tasks.h"
#include "resources/keywords.h"

namespace svcmgr {

namespace {

constexpr Duration patience = std::chrono::minutes(1);
constexpr Duration to_ask_a_peer = std::chrono::seconds(15);
constexpr std::string_view start_verb = "start";
constexpr std::string_view preempting = "start, preempting ";
/// As `detail` of an observation: there is nothing to give up.
constexpr std::string_view untouched = "this node is not registered";
/// The same: a path came later, or lost its registration.
constexpr std::string_view not_all_paths = "not every path is registered";

Options options_of(const Resource& owner) {
    const std::string rid = owner.rid().text() + "pr";
    Options options(rid, owner.options().place(), implicit_reservation_keywords());
    for (const std::string_view keyword :
         {"tags", "disable", "optional", "scsireserv", "no_preempt_abort", "prkey", "prtype", "fenced_action"})
        if (owner.options().keywords().find(keyword) != nullptr && owner.options().said(keyword))
            options.set(std::string(keyword), {owner.options().text(keyword), owner.options().place_of(keyword)});
    return options;
}

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

ScsiReservation::ScsiReservation(const Resource& owner, const Container* container, ReservationPart part)
    : Resource(Rid(owner.rid().text() + "pr"), Group::disk, std::string(resource_type), options_of(owner)),
      owner_(owner),
      container_(container),
      part_(std::move(part)) {
    const std::string said = options().text("prkey");
    key_ = said.empty() ? part_.key : ReservationKey::parse(said).value_or(ReservationKey());
}

std::string ScsiReservation::label() const {
    return fmt::format("preserv of {}", owner_.label());
}

std::string ScsiReservation::node_of(ReservationKey key) const {
    if (key == key_) return part_.nodename;
    if (const auto found = part_.names.find(key); found != part_.names.end()) return found->second;
    const auto peer = std::ranges::find_if(part_.peers, [&](const std::string& name) { return was_generated_for(key, name); });
    return peer == part_.peers.end() ? std::string() : *peer;
}

std::string ScsiReservation::name_of(ReservationKey key) const {
    if (key == repair_key(key_)) return fmt::format("{} (this node's prrepair, which did not end)", key.text());
    const std::string node = node_of(key);
    return node.empty() ? key.text() : fmt::format("{} ({})", node, key.text());
}

// --- looks

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
    if (!seen.runs.empty()) judge_running(seen, result);
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
        if (verdict.value == foreign)
            for (const ReservationKey holder : verdict.holders) judge_holder(looking, seen.where(i), holder, result);
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
    const std::string answer = ask(looking.world(), node);
    if (answer.empty()) return result.say(LogLine::Level::info, fmt::format("{} says that the guest is down there", node));
    if (!result.conflict)
        result.conflict = Error(Error::Code::refused, fmt::format("{} is reserved by {}, and {}", disk, name_of(holder), answer),
                                rid().text(), fmt::format("stop the service on {}; --force takes the disks from it", node));
}

/// Why the peer may still use the disks; empty when it has seen the guest stopped.
std::string ScsiReservation::ask(World& world, const std::string& peer) const {
    const SshTarget target{peer, part_.ssh_user, part_.ssh_port};
    const std::string what = container_ == nullptr ? owner_.rid().text() : container_->rid().text();
    const SshOutcome outcome =
        world.ssh.run(target, {"svcmgr", "-s", part_.service, "status", "--rid", what}, Deadline::in(world.clock, to_ask_a_peer));
    if (outcome.value != SshOutcome::Value::ran) return fmt::format("{} does not say that it is down there: {}", peer, outcome.reason);
    const std::string_view word = trimmed(outcome.result.out);
    if (word == "down" && outcome.result.exit_code == static_cast<int>(Status::down)) return {};
    return fmt::format("{} says that {} is {} there", peer, what, word.empty() ? "in a state that it can't tell" : word);
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

// --- what is to be done

Intent ScsiReservation::intend(Goal goal, const ResourceObservation& observation) const {
    if (goal == Goal::down) {
        if (observation.status == Status::not_applicable) return Intent::leave("there is no disk to reserve");
        if (observation.detail == untouched) return Intent::leave(std::string(untouched));
        Intent intent;
        intent.verbs.push_back({"stop", "give its disks up", patience, "", {}});
        return intent;
    }
    if (observation.status == Status::not_applicable) {
        Intent intent = Intent::leave("there is no disk to reserve");
        intent.conflict = observation.conflict;
        return intent;
    }
    Intent intent;
    intent.checked = "nobody else may hold its disks";
    intent.refusal = observation.unstartable;
    intent.conflict = observation.conflict;
    if (intent.refusal) return intent;
    if (!observation.unready.empty()) {
        intent.verbs.push_back({std::string(heal_verb), observation.unready, patience, "", {}});
        return intent;
    }
    if (observation.detail == not_all_paths && observation.takes_from.empty() && observation.status == Status::warn) {
        intent.verbs.push_back({std::string(start_verb), std::string(not_all_paths), patience, "", {}});
        return intent;
    }
    if (observation.status == Status::up || observation.status == Status::warn) return Intent::leave("this node holds its disks");
    if (observation.takes_from.empty()) {
        intent.verbs.push_back({std::string(start_verb), "reserve its disks", patience, "undo start", patience});
        return intent;
    }
    std::vector<std::string> keys;
    std::vector<std::string> names;
    for (const ReservationKey key : observation.takes_from) {
        keys.push_back(key.text());
        names.push_back(name_of(key));
    }
    intent.verbs.push_back({fmt::format("{}{}", preempting, fmt::join(keys, " ")),
                            fmt::format("take its disks from {}", fmt::join(names, " and ")), patience, "undo start", patience});
    return intent;
}

// --- doing it

void ScsiReservation::perform(const std::string& verb, Doing& doing) const {
    if (verb == start_verb || verb.starts_with(preempting)) return take(verb, doing);
    if (verb == "stop" || verb == "undo start") return give_up(doing);
    if (verb == heal_verb) return heal(doing);
    if (verb == repair_verb) return Reserver(doing, claim(), disks(doing)).repair();
    throw Error(Error::Code::failed, fmt::format("a reservation has no verb '{}'", verb), rid().text());
}

Claim ScsiReservation::claim() const {
    Claim claim{.key = key_};
    if (options().text("prtype") == "7") claim.type = ReservationType::write_exclusive_all;
    if (options().flag("no_preempt_abort")) claim.preempting = Claim::Preempting::without_abort;
    claim.name = [this](ReservationKey key) { return name_of(key); };
    return claim;
}

std::vector<SharedDisk> ScsiReservation::disks(Doing& doing) const {
    Looking looking(doing.world, Purpose::start, {});
    const Devices devices = owner_.devices_below(looking);
    if (!devices.problem.empty()) throw Error(Error::Code::unreachable, devices.problem, rid().text());
    SharedDisks found = shared_disks(doing.world.files, part_.nodename, devices.paths);
    if (!found.problems.empty()) throw Error(Error::Code::failed, found.problems.front(), rid().text(), "connect the disk, then try again");
    return std::move(found.disks);
}

void ScsiReservation::take(const std::string& verb, Doing& doing) const {
    Claim claim = this->claim();
    if (verb.starts_with(preempting))
        for (const std::string& word : split_words(std::string_view(verb).substr(preempting.size())))
            if (const auto key = ReservationKey::parse(word)) claim.preempt.insert(*key);
    Reserver(doing, std::move(claim), disks(doing)).take();
}

std::string ScsiReservation::in_use(Doing& doing) const {
    if (container_ == nullptr) {
        Looking looking(doing.world, Purpose::stop, {});
        const Status status = owner_.look(looking).status;
        if (status == Status::undef)
            throw Error(Error::Code::unreachable, fmt::format("whether {} is up can't be told", owner_.rid().text()), rid().text());
        return status == Status::up || status == Status::warn ? fmt::format("{} is {}", owner_.rid().text(), to_string(status)) : "";
    }
    Looking looking(doing.world, Purpose::stop, {});
    const GuestState guest = container_->state(looking);
    if (guest.value == GuestState::Value::unknown)
        throw Error(Error::Code::unreachable, fmt::format("whether {} runs here can't be told: {}", container_->guest().name, guest.reason),
                    rid().text(), "make the hypervisor answer; its disks stay reserved until then");
    if (!guest.exists_here()) return {};
    return fmt::format("{} is here ({})", container_->guest().name, guest.reason.empty() ? to_string(guest.value) : guest.reason);
}

void ScsiReservation::give_up(Doing& doing) const {
    if (const std::string use = in_use(doing); !use.empty())
        throw Error(Error::Code::failed, fmt::format("{}: its disks stay reserved", use), rid().text(),
                    fmt::format("svcmgr -s {} stop stops it first", part_.service));
    Reserver(doing, claim(), disks(doing)).give_up();
}

void ScsiReservation::heal(Doing& doing) const {
    if (in_use(doing).empty())
        throw Error(Error::Code::failed, "what used its disks does not run here any more", rid().text(), "nothing is to be mended then");
    Reserver(doing, claim(), disks(doing)).heal();
}

}  // namespace svcmgr
