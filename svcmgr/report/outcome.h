#pragma once

#include <string>
#include <vector>

#include "svcmgr/action/runner.h"

namespace svcmgr {

/// Collects what an action did, for `outcome_json`: every step of the plan with how it ended. Of a step, the first 1000 notes.
class OutcomeCollector : public ActionWatcher {
public:
    struct StepEnd {
        Step step;
        StepState state = StepState::planned;
        Duration elapsed{};
        std::string error;
        std::vector<LogLine> notes;
    };

    void begun(const std::string& sid, const Plan& plan) override;
    void step_begun(const Step& step) override;
    void step_note(const Step& step, LogLine::Level level, const std::string& message) override;
    void step_done(const Step& step, Duration elapsed) override;
    void step_failed(const Step& step, const Error& error, Duration elapsed) override;
    void undone(const Step& step, Duration elapsed) override;
    void undo_failed(const Step& step, const Error& error) override;
    void ended(const Outcome& outcome) override;

    const std::string& action() const { return action_; }
    const std::vector<StepEnd>& steps() const { return steps_; }

private:
    StepEnd& end_of(const Step& step);
    void pass_guards();

    std::string action_;
    std::vector<StepEnd> steps_;
};

/// `svcmgr.outcome/1`: service, action, sid, state, exit_code, signal, error, left, elapsed_seconds, steps.
std::string outcome_json(const std::string& service, const std::string& action, const Outcome& outcome,
                         const std::vector<OutcomeCollector::StepEnd>& steps);

}  // namespace svcmgr
