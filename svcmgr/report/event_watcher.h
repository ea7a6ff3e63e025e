#pragma once

#include <string>

#include "svcmgr/action/runner.h"

namespace svcmgr {

/// One event of an action, in words: "container#1 start: done in 0.4 s".
struct Event {
    enum class Kind { progress, success, trouble, failure } kind = Kind::progress;
    std::string rid;   ///< empty for the action itself and for guards of the service
    std::string verb;  ///< the step's, or the action's name
    std::string text;

    std::string subject() const { return rid.empty() ? verb : rid + " " + verb; }
};

/// Puts what a runner tells into words, the same ones wherever they are shown.
class EventWatcher : public ActionWatcher {
public:
    void begun(const std::string& sid, const Plan& plan) override;
    void step_begun(const Step& step) override;
    void step_note(const Step& step, LogLine::Level level, const std::string& message) override;
    void step_done(const Step& step, Duration elapsed) override;
    void step_failed(const Step& step, const Error& error, Duration elapsed) override;
    void undoing(const Step& step) override;
    void undone(const Step& step, Duration elapsed) override;
    void undo_failed(const Step& step, const Error& error) override;
    void ended(const Outcome& outcome) override;

protected:
    virtual void event(const Event& event) = 0;
    const std::string& service() const { return service_; }

private:
    void event_of(const Step& step, Event::Kind kind, std::string text);
    std::string end_in_words(const Outcome& outcome) const;

    std::string service_;
    std::string action_;
    bool nothing_to_do_ = false;
};

}  // namespace svcmgr
