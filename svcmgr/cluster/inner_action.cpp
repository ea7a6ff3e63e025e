#include "svcmgr/cluster/inner_action.h"

#include <fmt/format.h>

#include "drivers/host.h"

namespace svcmgr {

namespace {

class NotesOfAction : public ActionWatcher {
public:
    explicit NotesOfAction(Doing& doing) : doing_(doing) {}

    void step_begun(const Step& step) override { doing_.note(LogLine::Level::info, step.name()); }
    void step_note(const Step& step, LogLine::Level level, const std::string& message) override {
        doing_.note(level, fmt::format("{}: {}", step.name(), message));
    }
    void step_failed(const Step& step, const Error& error, Duration) override {
        doing_.note(LogLine::Level::warn, fmt::format("{}: {}", step.name(), error.what()));
    }

private:
    Doing& doing_;
};

}  // namespace

void act_within(World world, const Paths& paths, const Instance& instance, const Request& request, const ActOptions& options,
                Doing& doing) {
    const Plan plan = instance.plan(request);
    if (const Step* no = plan.refused(); no != nullptr) throw Error(*no->refusal);
    if (!plan.changes_something()) return;
    ActionRecord record;
    record.service = instance.service().name();
    record.action = plan.action;
    record.argv = options.argv;
    record.reason = options.reason;
    record.caller = world.host.caller();
    record.node = instance.node().name();
    record.process = world.processes.self();
    record.begun = world.clock.wall();
    record.aim = {request.goal, request.groups, request.rids, {}};
    const std::unique_ptr<Journal> journal = Journal::open(world, paths.database, instance.node().retention());
    RunOptions run_options;
    run_options.jobs = options.run.jobs;
    NotesOfAction notes(doing);
    const Outcome outcome = run(world, instance.service(), plan, record, *journal, {&notes}, run_options);
    if (outcome.error) throw Error(*outcome.error);
}

}  // namespace svcmgr
