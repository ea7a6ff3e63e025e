// explain: why a service is in its state, and what would stop an action.

#include "svcmgr/report/explain.h"

#include <fmt/format.h>

#include "drivers/error.h"
#include "svcmgr/command/actions.h"

namespace svcmgr {

namespace {

/// `start` unless another word is there.
std::string action_of(Context& context) {
    if (context.arguments.empty()) return "start";
    return fmt::format("{}", fmt::join(context.arguments, " "));
}

/// In the order in which an action meets them.
std::vector<Error> obstacles_of(const LoadedService& loaded, const Consideration& consideration) {
    std::vector<Error> obstacles;
    if (has_errors(loaded.findings))
        obstacles.emplace_back(Error::Code::invalid, "the env file has errors", loaded.service->file(),
                               fmt::format("svcmgr -s {} validate config shows them", loaded.service->name()));
    if (const auto& holder = consideration.observation.acting)
        obstacles.emplace_back(Error::Code::locked, "another action holds the lock: " + *holder, "",
                               "wait for it to end; an action waits a minute by itself, or --waitlock SECONDS");
    if (const auto& problem = consideration.unrecordable)
        obstacles.emplace_back(Error::Code::refused, "it could not be recorded: " + problem->message(), problem->where(), problem->hint());
    for (const Step& step : consideration.plan.steps)
        if (step.refusal) obstacles.push_back(*step.refusal);
    return obstacles;
}

int run_explain(Context& context) {
    const std::string action = action_of(context);
    return context.for_each_service([&](const std::string& name) {
        const LoadedService loaded = context.load(name);
        const Service& service = *loaded.service;
        const std::optional<Selection> selection = context.selection(service);
        if (!selection) return 0;
        const Instance instance(context.world(), context.paths(), context.node(), service);
        const Consideration consideration = instance.consider(request_for(context, service, *selection, action));
        context.check_signals();
        const ServiceView view{service, consideration.observation, service.summarize(consideration.observation), nullptr};
        const Explanation explanation{view, context.node().name(), consideration.plan, obstacles_of(loaded, consideration)};
        const int code = explanation.obstacles.empty() ? 0 : exit_code(explanation.obstacles.front());
        context.terminal().out << (context.json() ? explanation_json(explanation, code) + "\n"
                                                  : explanation_text(explanation, context.style()));
        return code;
    });
}

}  // namespace

std::vector<Command> explain_commands() {
    return {
        {"explain",
         "[ACTION]",
         "Looking",
         "Why the service is in its state, and what would stop an action, without trying it.",
         {"rid", "tags", "subsets", "force", "format"},
         run_explain,
         {"text", "json"},
         "ACTION is start unless another one is named. Exits with 0 when it could be done now or has nothing to do, and else as the "
         "action "
         "would: 2 the env file has errors, 3 a guard would refuse or there is no room for the record, 4 somebody else acts on the "
         "service."},
    };
}

}  // namespace svcmgr
