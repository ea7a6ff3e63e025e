#include "resources/triggers.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "drivers/secret_names.h"
#include "resources/launch.h"

namespace svcmgr {

namespace {

constexpr std::string_view before[] = {"pre_", "blocking_pre_"};
constexpr std::string_view after[] = {"post_", "blocking_post_"};

std::string command_for(const Resource& resource, const std::string& trigger) {
    return resource.options().keywords().find(trigger) == nullptr ? std::string() : resource.options().text(trigger);
}

std::vector<Verb> verbs_for(const Resource& resource, std::span<const std::string_view> prefixes, std::string_view action) {
    std::vector<Verb> verbs;
    for (const std::string_view prefix : prefixes) {
        const std::string name = fmt::format("{}{}", prefix, action);
        if (const std::string command = command_for(resource, name); !command.empty())
            verbs.push_back({name,
                             fmt::format("run {}", without_secrets(resource.rid().text(), name, command)),
                             resource.options().duration("trigger_timeout"),
                             "",
                             {}});
    }
    return verbs;
}

/// It never says `changing`: what a trigger has done nobody here can undo.
void run_trigger(const Resource& resource, const std::string& trigger, Doing& doing) {
    Launch what{argv_of(command_for(resource, trigger)), {}, {}};
    what.surroundings.environment = doing.environment;
    // Of several addresses the last one's variables win, but around an address its own count.
    std::ranges::move(resource.environment(), std::back_inserter(what.surroundings.environment));
    what.surroundings.environment.push_back("OPENSVC_RID=" + resource.rid().text());
    const CommandResult result = launch(what, doing);
    if (result.ok()) return;
    const Error error = failure_of(result, what, doing);
    if (trigger.starts_with("blocking_") || error.code() == Error::Code::interrupted) throw error;
    doing.note(LogLine::Level::warn, fmt::format("{} failed: {}", trigger, error.what()));
}

void run_triggers(const Resource& resource, std::span<const std::string_view> prefixes, std::string_view action, const Doing& doing) {
    for (const Verb& verb : verbs_for(resource, prefixes, action)) {
        Doing bounded = doing;
        bounded.deadline = doing.deadline.at_most(doing.world.clock, verb.deadline);
        run_trigger(resource, verb.name, bounded);
    }
}

}  // namespace

bool is_trigger(std::string_view verb) {
    const auto begins = [&](std::string_view prefix) { return verb.starts_with(prefix); };
    return std::ranges::any_of(before, begins) || std::ranges::any_of(after, begins);
}

Intent with_triggers(const Resource& resource, Goal goal, Intent intent) {
    if (intent.verbs.empty()) return intent;
    std::vector<Verb> verbs = verbs_for(resource, before, keyword_word(goal));
    std::ranges::move(intent.verbs, std::back_inserter(verbs));
    std::ranges::move(verbs_for(resource, after, keyword_word(goal)), std::back_inserter(verbs));
    intent.verbs = std::move(verbs);
    return intent;
}

void perform(const Resource& resource, const std::string& verb, Doing& doing) {
    if (is_trigger(verb)) return run_trigger(resource, verb, doing);
    resource.perform(verb, doing);
}

void undo(const Resource& resource, const std::string& verb, const std::string& by, Doing& doing) {
    const bool stops = verb == "start";
    if (stops) run_triggers(resource, before, "stop", doing);
    resource.perform(by, doing);
    if (stops) run_triggers(resource, after, "stop", doing);
}

}  // namespace svcmgr
