#pragma once

#include <map>
#include <string>

#include "drivers/clock.h"
#include "drivers/host.h"
#include "drivers/signals.h"

namespace svcmgr::test {

/// A clock that stands until somebody sleeps.
class ManualClock : public Clock {
public:
    Moment now() const override { return now_; }
    WallTime wall() const override {
        return WallTime(std::chrono::sys_days(std::chrono::year(2026) / 11 / 20)) +
               std::chrono::duration_cast<std::chrono::microseconds>(now_.time_since_epoch());
    }
    void sleep_until(Moment until) override { now_ = std::max(now_, until); }

private:
    Moment now_{};
};

class NoSignals : public Signals {
public:
    int pending() const override { return 0; }
    int take() override { return 0; }
};

class FixedHost : public Host {
public:
    std::string nodename() const override { return name; }
    std::string boot_id() const override { return "11111111-2222-3333-4444-555555555555"; }
    Caller caller() const override { return {"root", "", ""}; }
    std::uint32_t user_id() const override { return 0; }
    std::optional<std::string> environment(const std::string& variable) const override {
        const auto found = variables.find(variable);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    }

    std::string name = "node109";
    std::map<std::string, std::string> variables;
};

}  // namespace svcmgr::test
