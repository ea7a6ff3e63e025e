#include "svcmgr/action/move_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "svcmgr/action/migrate_plan.h"

namespace svcmgr {

namespace {

constexpr Duration a_moment = std::chrono::seconds(1);
constexpr Duration to_stop_there = std::chrono::minutes(10);

/// The guards stay in front; what follows them is numbered anew behind what is put between.
class MovePlanner {
public:
    explicit MovePlanner(Plan stop) : plan_(std::move(stop)) {
        const auto first = std::ranges::find_if(plan_.steps, [](const Step& step) { return !step.guard(); });
        stopping_.assign(std::make_move_iterator(first), std::make_move_iterator(plan_.steps.end()));
        plan_.steps.erase(first, plan_.steps.end());
    }

    void add(Step step) {
        step.id = static_cast<int>(plan_.steps.size()) + 1;
        plan_.steps.push_back(std::move(step));
    }
    void add_in_line(Step step) {
        if (!plan_.steps.empty()) step.after = {plan_.steps.back().id};
        add(std::move(step));
    }
    bool stops() const { return !stopping_.empty(); }

    void add_stopping() {
        const int before = plan_.steps.back().id;
        const int shift = before + 1 - stopping_.front().id;
        const int first = stopping_.front().id;
        const auto moved = [&](std::vector<int>& ids) {
            std::erase_if(ids, [&](int id) { return id < first; });
            for (int& id : ids) id += shift;
        };
        for (Step& step : stopping_) {
            moved(step.after);
            moved(step.needs);
            if (step.after.empty()) step.after = {before};
            if (step.on_failure == Step::OnFailure::go_on) step.on_failure = Step::OnFailure::ignore;
            add(std::move(step));
        }
    }

    /// Those that no other step waits for.
    std::vector<int> ends() const {
        std::set<int> ends;
        for (const Step& step : plan_.steps) {
            ends.insert(step.id);
            for (const int id : step.after) ends.erase(id);
        }
        return {ends.begin(), ends.end()};
    }

    Plan done() { return std::move(plan_); }

private:
    Plan plan_;
    std::vector<Step> stopping_;
};

}  // namespace

Plan move_plan(Plan stop, const std::string& nodename, const std::string& target, const std::vector<MoveCheck>& checks,
               Duration start_deadline) {
    MovePlanner planner(std::move(stop));
    for (const MoveCheck& check : checks)
        planner.add_in_line({.verb = check.verb, .reason = check.reason, .refusal = check.refusal, .risk = check.risk});
    if (planner.stops()) {
        planner.add_in_line({.verb = fmt::format("{}{}", leave_verb, nodename),
                             .reason = fmt::format("when {} can't start it, it is started here again", target),
                             .deadline = a_moment,
                             .undo = std::string(come_back_verb),
                             .undo_deadline = start_deadline});
        planner.add_stopping();
    }
    Step start{.verb = fmt::format("{}{}", start_there_verb, target),
               .reason = fmt::format("{} runs it from then on", target),
               .deadline = start_deadline,
               .undo = fmt::format("{}{}", stop_there_verb, target),
               .undo_deadline = to_stop_there};
    start.after = planner.ends();
    planner.add(std::move(start));
    return planner.done();
}

std::string target_of(const ActionHistory& action) {
    for (const StepRecord& record : action.steps)
        for (const std::string_view verb : {start_there_verb, run_there_verb})
            if (record.step.rid.text().empty() && record.step.verb.starts_with(verb)) return record.step.verb.substr(verb.size());
    return {};
}

}  // namespace svcmgr
