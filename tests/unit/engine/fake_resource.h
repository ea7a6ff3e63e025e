#pragma once

#include <functional>
#include <string>
#include <utility>

#include "resources/keywords.h"
#include "resources/resource.h"

namespace svcmgr::test {

/// A resource whose intents the test writes.
class FakeResource : public Resource {
public:
    FakeResource(const std::string& rid, Group group, const Resource* carrier = nullptr,
                 const Options& options = Options("fake", {}, generic_keywords()))
        : Resource(Rid(rid), group, "fake", options), carrier_(carrier) {}

    std::string label() const override { return rid().text(); }
    const Resource* carrier() const override { return carrier_; }
    ResourceObservation look(Looking&) const override { return seen; }
    int place(Goal goal) const override { return goal == Goal::down ? place_down : place_up; }
    Intent intend(Goal goal, const ResourceObservation& observation) const override {
        if (goal == Goal::run) {
            Intent run;
            run.verbs = {{"run", "somebody asked for it", std::chrono::seconds(10), ""}};
            return run;
        }
        const bool there = observation.status == (goal == Goal::up ? Status::up : Status::down);
        if (there) return Intent::leave("it is there");
        Intent intent;
        intent.conflict = observation.conflict;
        intent.refusal = observation.unstartable;
        if (goal == Goal::up)
            intent.verbs = {{"start", "it is down", std::chrono::seconds(10), "stop", std::chrono::seconds(10)},
                            {"wait up", "", std::chrono::seconds(10), ""}};
        else
            intent.verbs = {{"stop", "it is up", std::chrono::seconds(10), ""}};
        return intent;
    }
    void perform(const std::string& verb, Doing&) const override {
        if (on_perform) on_perform(verb);
    }

    ResourceObservation seen;
    int place_up = 0;
    int place_down = 0;
    std::function<void(const std::string& verb)> on_perform;

private:
    const Resource* carrier_;
};

inline Options with(Options options, const std::string& keyword, const std::string& value) {
    options.set(keyword, {value, {"test.env", 1, 1}});
    return options;
}

}  // namespace svcmgr::test
