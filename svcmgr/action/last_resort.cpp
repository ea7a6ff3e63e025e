#include "svcmgr/action/last_resort.h"

#include <fmt/format.h>

#include <utility>

#include "resources/launch.h"

namespace svcmgr {

namespace {

constexpr Duration time_for_last_words = std::chrono::minutes(1);
constexpr Duration time_to_act = std::chrono::seconds(10);

std::optional<Error> refusal_of(const Service& service, const std::string& action) {
    const std::string where = service.defaults().place_of("monitor_action").to_string();
    if (action == "none")
        return Error(Error::Code::refused, "monitor_action = none: nothing is to be done with the node", where,
                     fmt::format("svcmgr -s {} set --kw DEFAULT.monitor_action=freezestop, reboot or crash says what is", service.name()));
    if (action == "switch" && service.nodes().size() < 2)
        return Error(Error::Code::refused, "monitor_action = switch, and there is no other node to switch to", where,
                     "name others in `nodes`, or let it be freezestop");
    return {};
}

void add(Plan& plan, Step step) {
    step.id = static_cast<int>(plan.steps.size()) + 1;
    if (step.id > 1) step.after.push_back(step.id - 1);
    plan.steps.push_back(std::move(step));
}

}  // namespace

Plan last_resort_plan(const Service& service) {
    const std::string action = service.defaults().text("monitor_action");
    Plan plan{.service = service.name(), .action = "toc"};
    add(plan, {.verb = "check monitor_action", .reason = "it must say what is to be done", .refusal = refusal_of(service, action)});
    if (const std::string command = service.defaults().text("pre_monitor_action"); !command.empty())
        add(plan, {.verb = std::string(last_words),
                   .reason = fmt::format("run {}", command),
                   .deadline = time_for_last_words,
                   .on_failure = Step::OnFailure::ignore});
    if (action == "switch") return plan;  // an action of its own follows
    const bool freezes = action == "freezestop";
    add(plan, {.verb = freezes ? "freeze" : action + " node",
               .reason = fmt::format("monitor_action = {}{}", action, freezes ? "; then the service is stopped" : ""),
               .deadline = time_to_act});
    return plan;
}

void say_last_words(const Service& service, Doing& doing) {
    Launch what{argv_of(service.defaults().text("pre_monitor_action")), {}, {}};
    what.surroundings.environment = doing.environment;
    launch_or_throw(what, doing);
}

}  // namespace svcmgr
