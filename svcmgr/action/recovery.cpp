#include "svcmgr/action/recovery.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "svcmgr/action/guards.h"
#include "svcmgr/action/undo.h"
#include "svcmgr/action/words.h"

namespace svcmgr {

namespace {

/// Steps that have changed something, or may have, and that nothing undoes. Of a start these only wait; see Verb::undo.
std::vector<std::string> final_steps(const ActionHistory& interrupted) {
    std::vector<std::string> names;
    const std::optional<Goal>& goal = interrupted.action.aim.goal;
    if (!goal || *goal == Goal::up) return names;
    for (const StepRecord& record : interrupted.steps) {
        const bool touched = record.state != StepState::planned && record.state != StepState::skipped && record.effect == Effect::possible;
        if (!record.step.guard() && record.step.undo.empty() && touched) names.push_back(record.step.name());
    }
    return names;
}

class UndoPlanner {
public:
    UndoPlanner(const Service& service, const ActionHistory& interrupted, const Observation& observation, const Request& request)
        : service_(service), interrupted_(interrupted), observation_(observation), request_(request) {}

    Plan make() {
        plan_.service = service_.name();
        plan_.action = request_.action;
        const std::vector<Step> undoing = steps_to_undo(interrupted_.steps);
        guard_frozen();
        guard_final_steps();
        for (const Step& step : undoing) guard_resource(step);
        leave_what_is_undone();
        for (const Step& step : undoing) add(step);
        return std::move(plan_);
    }

private:
    void append(Step step) {
        step.id = static_cast<int>(plan_.steps.size()) + 1;
        step.after.clear();
        if (step.id > 1) step.after.push_back(step.id - 1);
        plan_.steps.push_back(std::move(step));
    }

    void guard(const Rid& rid, std::string verb, std::string reason, std::optional<Error> refusal) {
        Step step;
        step.rid = rid;
        step.verb = std::move(verb);
        step.reason = std::move(reason);
        step.refusal = std::move(refusal);
        append(std::move(step));
    }

    void guard_frozen() {
        std::optional<Error> refusal;
        if (!request_.force) refusal = refusal_of_frozen(service_.name(), observation_);
        guard({}, "check frozen", "neither the service nor the node may be frozen", refusal);
    }

    void guard_final_steps() {
        const std::vector<std::string> names = final_steps(interrupted_);
        std::optional<Error> refusal;
        if (!names.empty())
            refusal =
                Error(Error::Code::refused, fmt::format("nothing undoes {}", fmt::join(names, ", ")), interrupted_.action.sid, ways_out());
        guard({}, "check undoable", "every step that was begun must have a way back", refusal);
    }

    std::string ways_out() const {
        std::string text = fmt::format("svcmgr -s {} recover --redo completes the {}", service_.name(), interrupted_.action.action);
        if (interrupted_.action.aim.goal == Goal::down)
            text += fmt::format("; svcmgr -s {} start brings the service up again", service_.name());
        return text;
    }

    void guard_resource(const Step& step) {
        if (step.rid.text().empty() || service_.find(step.rid) != nullptr) return;
        guard(step.rid, "check", "the env file must still have it",
              Error(Error::Code::refused, fmt::format("the env file has no {} any more", step.rid.text()), service_.file(),
                    fmt::format("put the section back to let `{}` be done, or do it by hand", step.verb)));
    }

    void leave_what_is_undone() {
        for (const StepRecord& record : interrupted_.steps)
            if (record.state == StepState::undone)
                plan_.left_alone.push_back({record.step.rid, fmt::format("{} was undone already", record.step.name())});
    }

    void add(const Step& step) {
        const Resource* resource = service_.find(step.rid);
        const Resource* carrier = resource == nullptr ? nullptr : resource->carrier();
        if (carrier != nullptr && down(*carrier) && !resource->made_from_outside())
            plan_.left_alone.push_back({step.rid, fmt::format("{} is down", carrier->rid().text())});
        else
            append(undoing(step));
    }

    static Step undoing(Step step) {
        step.undoes = step.id;
        return step;
    }

    bool down(const Resource& resource) const {
        const auto seen = observation_.resources.find(resource.rid());
        return seen != observation_.resources.end() && seen->second.status == Status::down;
    }

    const Service& service_;
    const ActionHistory& interrupted_;
    const Observation& observation_;
    const Request& request_;
    Plan plan_;
};

}  // namespace

const ActionHistory* interrupted_action(const std::vector<ActionHistory>& open) {
    const auto found = std::ranges::find_if(open, [](const ActionHistory& history) { return history.action.aim.undoes.empty(); });
    return found == open.end() ? nullptr : &*found;
}

std::optional<Request> redo_request(const ActionHistory& interrupted) {
    const Aim& aim = interrupted.action.aim;
    if (!aim.goal) return std::nullopt;
    Request request;
    request.action = interrupted.action.action;
    request.goal = *aim.goal;
    if (const ActionWord* word = find_action_word(request.action)) {
        request.standby = word->standby;
        request.targets = word->targets;
    }
    request.groups = aim.groups;
    request.rids = aim.rids;
    return request;
}

Plan unknown_redo_plan(const ActionHistory& interrupted) {
    const ActionRecord& action = interrupted.action;
    Step guard{.id = 1, .verb = "check record", .reason = "the record must say what was asked for"};
    guard.refusal.emplace(Error::Code::refused, fmt::format("the record of {} does not say what was asked for", action.action), action.sid,
                          "give an action itself: start or stop");
    return {.service = action.service, .action = action.action, .steps = {guard}};
}

Request undo_request(const ActionHistory& interrupted) {
    Request request;
    request.action = "undo " + interrupted.action.action;
    request.goal = Goal::down;
    request.rids.emplace();
    for (const Step& step : steps_to_undo(interrupted.steps)) request.rids->insert(step.rid);
    return request;
}

Plan undo_plan(const Service& service, const ActionHistory& interrupted, const Observation& observation, const Request& request) {
    return UndoPlanner(service, interrupted, observation, request).make();
}

}  // namespace svcmgr
