#include "svcmgr/cluster/handover.h"

#include <fmt/format.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "drivers/error.h"
#include "resources/reservation/shared_disk.h"
#include "svcmgr/cluster/peer_call.h"

namespace svcmgr {

namespace {

using Json = nlohmann::ordered_json;
constexpr std::string_view schema = "svcmgr.peer.reservations/1";
constexpr std::size_t longest_text = 400;
constexpr std::string_view leave_call = "pr-leave";

/// What an exit code of a peer's svcmgr says (design.md 11).
Error::Code code_of(int exit_code) {
    constexpr int refused = 3, locked = 4, unreachable = 6;
    if (exit_code == refused) return Error::Code::refused;
    if (exit_code == locked) return Error::Code::locked;
    return exit_code == unreachable ? Error::Code::unreachable : Error::Code::failed;
}

bool has_any(const DiskState& state, const std::set<ReservationKey>& keys) {
    return std::ranges::any_of(keys, [&](ReservationKey key) { return state.count(key) != 0; });
}

}  // namespace

std::string to_json(const HandoverAnswer& answer) {
    Json keys = Json::array();
    for (const ReservationKey key : answer.keys) keys.push_back(key.text());
    const Json document = {{"schema", schema}, {"node", answer.node}, {"keys", std::move(keys)}, {"problem", answer.problem}};
    return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

tl::expected<HandoverAnswer, std::string> parse_handover_answer(std::string_view text) {
    try {
        const Json document = Json::parse(text);
        if (document.at("schema") != schema) return tl::unexpected(fmt::format("it is not of the schema {}", schema));
        HandoverAnswer answer;
        answer.node = document.at("node").get<std::string>().substr(0, longest_text);
        answer.problem = document.at("problem").get<std::string>().substr(0, longest_text);
        for (const std::string& word : document.at("keys").get<std::vector<std::string>>()) {
            const auto key = ReservationKey::parse(word);
            if (!key) return tl::unexpected(std::string("one of its keys is none"));
            answer.keys.insert(*key);
        }
        return answer;
    } catch (const std::exception& problem) {
        return tl::unexpected(std::string(problem.what()).substr(0, longest_text));
    }
}

std::vector<const ScsiReservation*> moving_reservations(const Service& service) {
    std::vector<const ScsiReservation*> found;
    for (const auto& resource : service.resources())
        if (const auto* one = dynamic_cast<const ScsiReservation*>(resource.get());
            one != nullptr && one->container() != nullptr && !one->disabled())
            found.push_back(one);
    return found;
}

DiskHandover::DiskHandover(const Node& node, const Service& service, std::string destination)
    : node_(node), service_(service), destination_(std::move(destination)), reservations_(moving_reservations(service)) {}

std::set<ReservationKey> DiskHandover::call(std::string_view verb, const std::vector<std::string>& keys, Doing& doing) const {
    Argv words{std::string(verb), service_.name()};
    words.insert(words.end(), keys.begin(), keys.end());
    const SshOutcome outcome = call_peer(doing.world, node_, destination_, words, doing.deadline);
    const std::string where = fmt::format("{} on {}", verb, destination_);
    if (outcome.value != SshOutcome::Value::ran)
        throw Error(Error::Code::unreachable, outcome.reason, where, fmt::format("make {} answer, then try again", destination_));
    auto answer = parse_handover_answer(outcome.result.out);
    if (!answer && !outcome.ok()) throw Error(Error::Code::unreachable, outcome.describe(), where);
    if (!answer) throw Error(Error::Code::failed, fmt::format("what {} said is no answer: {}", destination_, answer.error()), where);
    if (!outcome.ok()) throw Error(code_of(outcome.result.exit_code), answer->problem, where);
    return std::move(answer->keys);
}

void DiskHandover::prepare(Doing& doing) const {
    if (!needed()) return;
    doing.changing();
    try {
        check_registered(call("pr-join", {}, doing), doing);
    } catch (const Error&) {
        try {
            cancel(doing);
        } catch (const Error& error) {
            doing.note(LogLine::Level::warn, fmt::format("{} may be registered still: {}", destination_, error.what()));
        }
        throw;
    }
}

void DiskHandover::complete(Doing& doing) const {
    if (!needed()) return;
    doing.changing();
    std::vector<std::string> ours;
    for (const ScsiReservation* one : reservations_)
        if (std::ranges::find(ours, one->key().text()) == ours.end()) ours.push_back(one->key().text());
    check_taken(call("pr-take", ours, doing), doing);
}

void DiskHandover::cancel(Doing& doing) const {
    if (needed()) call(leave_call, {}, doing);
}

/// The other node may know other disks by the same name: what it registered with is seen on ours.
void DiskHandover::check_registered(const std::set<ReservationKey>& theirs, Doing& doing) const {
    for (const ScsiReservation* one : reservations_) {
        const std::vector<SharedDisk> disks = one->disks(doing.world);
        const std::vector<DiskState> states = look_at_disks(doing.world, disks, doing.deadline);
        for (std::size_t i = 0; i < disks.size(); ++i)
            if (!has_any(states[i], theirs))
                throw Error(Error::Code::failed, fmt::format("{} has not registered with disk {}", destination_, disks[i].id),
                            one->rid().text(), fmt::format("the guest must have the same disks on {}", destination_));
    }
}

void DiskHandover::check_taken(const std::set<ReservationKey>& theirs, Doing& doing) const {
    for (const ScsiReservation* one : reservations_) {
        const std::vector<SharedDisk> disks = one->disks(doing.world);
        const std::vector<DiskState> states = look_at_disks(doing.world, disks, doing.deadline);
        for (std::size_t i = 0; i < disks.size(); ++i)
            if (!has_any(states[i], theirs) || !states[i].held.held || states[i].count(one->key()) != 0)
                throw Error(Error::Code::failed, fmt::format("{} has not taken disk {} over", destination_, disks[i].id), one->rid().text(),
                            fmt::format("on {}: svcmgr -s {} status --heal", destination_, service_.name()));
    }
}

}  // namespace svcmgr
