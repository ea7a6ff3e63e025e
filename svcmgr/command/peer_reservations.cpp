// What another node asks of this one while a guest moves between them (svcmgr/cluster/handover.h).

#include <fmt/format.h>

#include <algorithm>

#include "drivers/error.h"
#include "svcmgr/action/guards.h"
#include "svcmgr/cluster/handover.h"
#include "svcmgr/command/actions.h"
#include "svcmgr/command/peer_verbs.h"

namespace svcmgr {

namespace {

enum class Frozen { refuses, does_not_matter };

struct Part {
    std::string_view action;
    std::string verb;
    std::string_view reason;
    std::string undo = {};
    Frozen frozen = Frozen::does_not_matter;
};

Step step_of(const ScsiReservation& reservation, const Part& part) {
    constexpr Duration patience = std::chrono::minutes(1);
    Step step;
    step.rid = reservation.rid();
    step.verb = part.verb;
    step.reason = part.reason;
    step.deadline = patience;
    step.undo = part.undo;
    step.undo_deadline = patience;
    return step;
}

void check_member(const Service& service, const std::string& node) {
    if (service.peers_of("").size() == service.peers_of(node).size())
        throw Error(Error::Code::refused, fmt::format("{} is not one of the service's nodes", node), service.name());
}

/// Under this node's lock of the service, and in its journal. The other node has its own.
int play(Context& context, const std::string& name, const Part& part) {
    HandoverAnswer answer{context.node().name(), {}, {}};
    int code = 0;
    try {
        check_service_name(name);
        const LoadedService loaded = context.load_strictly(name);
        check_member(*loaded.service, answer.node);
        const Instance instance(context.world(), context.paths(), context.node(), *loaded.service);
        const auto reservations = moving_reservations(*loaded.service);
        for (const ScsiReservation* one : reservations) answer.keys.insert(one->key());
        const auto steps = [&] {
            if (part.frozen == Frozen::refuses)
                if (const auto refusal = refusal_of_frozen(name, instance.observe({{}, std::set<Rid>{}}, Purpose::show))) throw *refusal;
            std::vector<Step> all;
            all.reserve(reservations.size());
            for (const ScsiReservation* one : reservations) all.push_back(step_of(*one, part));
            return all;
        };
        if (!reservations.empty())
            code = do_action(context, name, [&](const ActOptions& options, const std::vector<ActionWatcher*>& watchers) {
                Outcome outcome = instance.carry_out(std::string(part.action), steps, options, watchers);
                if (outcome.error) answer.problem = outcome.error->what();
                return outcome;
            });
    } catch (const Error& error) {
        code = exit_code(error);
        answer.problem = error.what();
    }
    context.terminal().out << to_json(answer) << '\n';
    return code;
}

void check_count(const std::vector<std::string>& arguments, std::size_t least, std::size_t most) {
    if (arguments.size() < least || arguments.size() > most)
        throw Error(Error::Code::invalid, fmt::format("this verb takes {}{} words, and got {}", least,
                                                      least == most ? "" : fmt::format(" to {}", most), arguments.size()));
}

int run_join(Context& context, const std::vector<std::string>& arguments) {
    check_count(arguments, 1, 1);
    return play(context, arguments[0],
                {"pr-join", std::string(ScsiReservation::join_verb), "its guest is about to come here",
                 std::string(ScsiReservation::leave_verb), Frozen::refuses});
}

int run_take(Context& context, const std::vector<std::string>& arguments) {
    constexpr std::size_t most_keys = 16;
    check_count(arguments, 2, 1 + most_keys);
    std::set<ReservationKey> keys;
    for (auto word = arguments.begin() + 1; word != arguments.end(); ++word) {
        const auto key = ReservationKey::parse(*word);
        if (!key) throw Error(Error::Code::invalid, fmt::format("'{}' is no reservation key", *word));
        keys.insert(*key);
    }
    return play(context, arguments[0], {"pr-take", ScsiReservation::adopt_verb(keys), "its guest has come here"});
}

int run_leave(Context& context, const std::vector<std::string>& arguments) {
    check_count(arguments, 1, 1);
    return play(context, arguments[0], {"pr-leave", std::string(ScsiReservation::leave_verb), "its guest does not come here"});
}

}  // namespace

std::vector<PeerVerb> peer_reservation_verbs() {
    return {
        {"pr-join", "SERVICE", "register with the disks of a guest that is about to come here", run_join},
        {"pr-take", "SERVICE KEY…", "take the disks of a guest that has come here over from these keys", run_take},
        {"pr-leave", "SERVICE", "take back what pr-join did: the guest does not come", run_leave},
    };
}

}  // namespace svcmgr
