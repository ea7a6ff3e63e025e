#include "resources/scsi_reservation.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "drivers/hypervisor/table.h"
#include "drivers/scsi/node_key.h"
#include "resources/keywords.h"

namespace svcmgr {

namespace {

constexpr Duration patience = std::chrono::minutes(1);
constexpr std::string_view start_verb = "start";
constexpr std::string_view stop_verb = "stop";
constexpr std::string_view preempting = "start, preempting ";
constexpr std::string_view adopting = "take over from ";

Options options_of(const Resource& owner) {
    const std::string rid = owner.rid().text() + "pr";
    Options options(rid, owner.options().place(), implicit_reservation_keywords());
    for (const std::string_view keyword :
         {"tags", "disable", "optional", "scsireserv", "no_preempt_abort", "prkey", "prtype", "fenced_action"})
        if (owner.options().keywords().find(keyword) != nullptr && owner.options().said(keyword))
            options.set(std::string(keyword), {owner.options().text(keyword), owner.options().place_of(keyword)});
    return options;
}

/// The keys at the end of a verb.
std::set<ReservationKey> keys_of(std::string_view verb, std::string_view beginning) {
    std::set<ReservationKey> keys;
    for (const std::string& word : split_words(verb.substr(beginning.size())))
        if (const auto key = ReservationKey::parse(word)) keys.insert(*key);
    return keys;
}

}  // namespace

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

// --- what is to be done

Intent ScsiReservation::intend(Goal goal, const ResourceObservation& observation) const {
    if (goal == Goal::down) {
        if (observation.status == Status::not_applicable) return Intent::leave("there is no disk to reserve");
        if (observation.detail == untouched) return Intent::leave(std::string(untouched));
        Intent intent;
        intent.verbs.push_back({std::string(stop_verb), "give its disks up", patience, "", {}});
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
    if (observation.detail == half_handed_over) {
        intent.verbs.push_back(
            {adopt_verb({observation.takes_from.begin(), observation.takes_from.end()}), std::string(half_handed_over), patience, "", {}});
        return intent;
    }
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
    if (verb == stop_verb || verb == "undo start" || verb == leave_verb) return give_up(verb, doing);
    if (verb == heal_verb) return heal(doing);
    if (verb == repair_verb) return Reserver(doing, claim(), disks(doing.world)).repair();
    if (verb == join_verb) return join(doing);
    if (verb.starts_with(adopting)) return adopt(verb, doing);
    throw Error(Error::Code::failed, fmt::format("a reservation has no verb '{}'", verb), rid().text());
}

Claim ScsiReservation::claim() const {
    Claim claim{.key = key_};
    if (options().text("prtype") == "7") claim.type = ReservationType::write_exclusive_all;
    if (options().flag("no_preempt_abort")) claim.preempting = Claim::Preempting::without_abort;
    claim.name = [this](ReservationKey key) { return name_of(key); };
    return claim;
}

std::vector<SharedDisk> ScsiReservation::disks(World& world) const {
    Looking looking(world, Purpose::start, {});
    const Devices devices = owner_.devices_below(looking);
    if (!devices.problem.empty()) throw Error(Error::Code::unreachable, devices.problem, rid().text());
    SharedDisks found = shared_disks(world.files, part_.nodename, devices.paths);
    if (!found.problems.empty()) throw Error(Error::Code::failed, found.problems.front(), rid().text(), "connect the disk, then try again");
    return std::move(found.disks);
}

void ScsiReservation::take(const std::string& verb, Doing& doing) const {
    Claim claim = this->claim();
    std::vector<SharedDisk> disks = this->disks(doing.world);
    if (verb.starts_with(preempting)) {
        claim.preempt = keys_of(verb, preempting);
        // Who registered after everybody was asked may be given the guest of one who has just said that it is down there.
        const std::vector<DiskState> states = look_at_disks(doing.world, disks, doing.deadline);
        for (std::size_t i = 0; i < disks.size(); ++i)
            for (const ReservationKey other : states[i].others(key_))
                if (is_peer(other) && !claim.preempt.contains(other))
                    throw Error(Error::Code::failed,
                                fmt::format("{} has registered with disk {} meanwhile: the guest may be on its way there", name_of(other),
                                            disks[i].id),
                                rid().text(), "try again: it will be asked, too");
    }
    Reserver(doing, std::move(claim), std::move(disks)).take();
}

// --- a guest that moves while it runs

bool ScsiReservation::is_peer(ReservationKey key) const {
    return std::ranges::find(part_.peers, node_of(key)) != part_.peers.end();
}

std::string ScsiReservation::adopt_verb(const std::set<ReservationKey>& holders) {
    std::vector<std::string> keys;
    keys.reserve(holders.size());
    for (const ReservationKey key : holders) keys.push_back(key.text());
    return fmt::format("{}{}", adopting, fmt::join(keys, " "));
}

void ScsiReservation::join(Doing& doing) const {
    Reserver(doing, claim(), disks(doing.world)).join([this](ReservationKey key) { return is_peer(key); });
}

void ScsiReservation::adopt(const std::string& verb, Doing& doing) const {
    const std::set<ReservationKey> holders = keys_of(verb, adopting);
    for (const ReservationKey key : holders)
        if (!is_peer(key))
            throw Error(Error::Code::failed, fmt::format("{} is the key of no node of the service's", key.text()), rid().text());
    if (in_use(doing).empty())
        throw Error(Error::Code::failed, "what uses its disks has not arrived here", rid().text(), "move it here first");
    Reserver(doing, claim(), disks(doing.world)).adopt(holders);
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

void ScsiReservation::give_up(const std::string& verb, Doing& doing) const {
    if (const std::string use = in_use(doing); !use.empty())
        throw Error(Error::Code::failed, fmt::format("{}: its disks stay reserved", use), rid().text(),
                    fmt::format("svcmgr -s {} stop stops it first", part_.service));
    Reserver(doing, claim(), disks(doing.world)).give_up_unless([&](ReservationKey key) { return verb == stop_verb && is_peer(key); });
}

void ScsiReservation::heal(Doing& doing) const {
    if (in_use(doing).empty())
        throw Error(Error::Code::failed, "what used its disks does not run here any more", rid().text(), "nothing is to be mended then");
    Reserver(doing, claim(), disks(doing.world)).heal();
}

}  // namespace svcmgr
