#include "svcmgr/command/several.h"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <ostream>
#include <set>
#include <sstream>
#include <streambuf>

#include "drivers/error.h"
#include "drivers/shared_signals.h"
#include "drivers/tasks.h"
#include "svcmgr/cluster/pressure.h"

namespace svcmgr {

namespace {

constexpr Duration tick = std::chrono::seconds(1);
constexpr Duration moment = std::chrono::seconds(2);

/// Passes whole lines on to a stream that several write to.
class LineBuffer : public std::streambuf {
public:
    LineBuffer(std::ostream& target, std::mutex& mutex) : target_(target), mutex_(mutex) {}
    ~LineBuffer() override { pass(pending_); }

protected:
    int_type overflow(int_type letter) override {
        if (letter == traits_type::eof()) return traits_type::not_eof(letter);
        pending_ += traits_type::to_char_type(letter);
        if (pending_.back() == '\n') pass(std::exchange(pending_, {}));
        return letter;
    }

private:
    void pass(const std::string& text) {
        if (text.empty()) return;
        const std::lock_guard lock(mutex_);
        target_ << text << std::flush;
    }

    std::ostream& target_;
    std::mutex& mutex_;
    std::string pending_;
};

/// What a service prints as data, in one piece.
class Collected {
public:
    Collected(std::ostream& target, std::mutex& mutex) : target_(target), mutex_(mutex) {}
    ~Collected() {
        const std::lock_guard lock(mutex_);
        target_ << text.str() << std::flush;
    }

    std::ostringstream text;

private:
    std::ostream& target_;
    std::mutex& mutex_;
};

struct Job {
    LoadedService loaded;
    std::set<std::string> after;  ///< services among the others that go first
    enum class State { waiting, running, ended } state = State::waiting;
    Moment not_before{};
    std::optional<int> code;  ///< once it has ended
    std::unique_ptr<SharedSignals::Share> signals;
};

class SideBySide {
public:
    SideBySide(Context& context, Goal goal, const EachService& each)
        : context_(context), goal_(goal), each_(each), signals_(context.world().signals) {}

    int run(const std::vector<std::string>& names) {
        for (const std::string& name : names) load(name);
        wait_for_relatives();
        refuse_circle();
        go();
        return conclude();
    }

private:
    void load(const std::string& name) {
        try {
            jobs_.emplace(name, Job{context_.load_strictly(name), {}, Job::State::waiting, {}, {}, nullptr});
        } catch (const Error& error) {
            codes_[name] = context_.report(error);
        }
    }

    void wait_for_relatives() {
        const std::string_view keyword = goal_ == Goal::down ? "children" : "parents";
        for (auto& [name, job] : jobs_)
            for (const std::string& word : job.loaded.service->defaults().list(keyword)) {
                const std::size_t at = word.find('@');
                const bool here = at == std::string::npos || word.substr(at + 1) == context_.node().name();
                if (here && word.substr(0, at) != name && jobs_.contains(word.substr(0, at))) job.after.insert(word.substr(0, at));
            }
    }

    /// Takes away, again and again, a service that waits for none that is left.
    void refuse_circle() const {
        std::map<std::string, std::set<std::string>> rest;
        for (const auto& [name, job] : jobs_) rest[name] = job.after;
        for (;;) {
            const auto free = std::ranges::find_if(rest, [&](const auto& one) {
                return std::ranges::none_of(one.second, [&](const std::string& other) { return rest.contains(other); });
            });
            if (free == rest.end()) break;
            rest.erase(free);
        }
        if (rest.empty()) return;
        std::vector<std::string> names;
        names.reserve(rest.size());
        for (const auto& [name, after] : rest) names.push_back(name);
        throw Error(Error::Code::invalid, fmt::format("these services wait for each other: {}", fmt::join(names, ", ")), "",
                    "take one out of the `parents` or `children` of another");
    }

    void go() {
        const std::unique_ptr<TaskGroup> tasks = context_.world().tasks.group();
        std::map<TaskGroup::Id, std::string> running;
        for (;;) {
            while (mine_.pending() == 0 && running.size() < most()) {
                const auto next = std::ranges::find_if(jobs_, [this](const auto& one) { return ready(one.second); });
                if (next == jobs_.end()) break;
                running.emplace(begin(*tasks, next->first, next->second), next->first);
            }
            if (mine_.pending() != 0) return;  // the group waits for those that run
            if (running.empty()) {
                const std::optional<Moment> next = soonest();
                if (!next) return;
                context_.world().clock.sleep_until(*next);
            } else if (const auto ended = tasks->wait_any(Deadline::in(context_.world().clock, tick))) {
                conclude(jobs_.at(running.at(*ended)));
                running.erase(*ended);
            }
        }
    }

    void conclude(Job& job) const {
        job.state = job.code ? Job::State::ended : Job::State::waiting;
        job.not_before = context_.world().clock.now() + moment;
    }

    /// When the first of those that were told to come again may; nothing when none was.
    std::optional<Moment> soonest() const {
        std::optional<Moment> soonest;
        for (const auto& [name, job] : jobs_)
            if (job.state == Job::State::waiting && others_ended(job) && (!soonest || job.not_before < *soonest)) soonest = job.not_before;
        return soonest;
    }

    std::size_t most() {
        const auto said = context_.node().section("node").integer("max_parallel");
        return said > 0 ? static_cast<std::size_t>(said) : actions_at_once(context_.world().files);
    }

    bool ready(const Job& job) const {
        return job.state == Job::State::waiting && job.not_before <= context_.world().clock.now() && others_ended(job);
    }

    bool others_ended(const Job& job) const {
        return std::ranges::all_of(job.after, [this](const std::string& name) { return jobs_.at(name).state == Job::State::ended; });
    }

    TaskGroup::Id begin(TaskGroup& tasks, const std::string& name, Job& job) {
        job.state = Job::State::running;
        job.signals = std::make_unique<SharedSignals::Share>(signals_);
        return tasks.spawn([this, &name, &job] {
            job.code = act(job);
            job.signals.reset();
            const std::lock_guard lock(mutex_);
            if (job.code) codes_[name] = *job.code;
        });
    }

    std::optional<int> act(const Job& job) {
        World world = World{context_.world().clock,       *job.signals,           context_.world().tasks,
                            context_.world().host,        context_.world().files, context_.world().processes,
                            context_.world().network,     context_.world().ssh,   context_.world().hypervisors,
                            context_.world().reservations};
        Collected out(context_.terminal().out, mutex_);
        LineBuffer lines(context_.terminal().err, mutex_);
        std::ostream err(&lines);
        Terminal terminal{out.text, err};
        terminal.err_is_journal = context_.terminal().err_is_journal;
        terminal.width = context_.terminal().width;
        terminal.utf8 = context_.terminal().utf8;
        terminal.no_color = true;
        Context own(context_, world, terminal);
        try {
            return each_(own, job.loaded);
        } catch (const Error& error) {
            return own.report(error);
        }
    }

    int conclude() {
        int highest = 0;
        std::vector<std::string> failures;
        for (auto& [name, job] : jobs_) {
            if (job.state != Job::State::waiting) continue;
            fmt::print(context_.terminal().err, "svcmgr: {} was not begun\n", name);
            codes_[name] = 128 + mine_.pending();
        }
        for (const auto& [name, code] : codes_) {
            highest = std::max(highest, code);
            if (code != 0) failures.push_back(fmt::format("{} {}", name, code));
        }
        if (!failures.empty() && codes_.size() > 1)
            fmt::print(context_.terminal().err, "svcmgr: exit codes other than 0: {}\n", fmt::join(failures, ", "));
        return highest;
    }

    Context& context_;
    Goal goal_;
    const EachService& each_;
    SharedSignals signals_;
    SharedSignals::Share mine_{signals_};  ///< of whoever begins them
    std::mutex mutex_;                     ///< of the terminal and of codes_
    std::map<std::string, Job> jobs_;
    std::map<std::string, int> codes_;
};

}  // namespace

int act_side_by_side(Context& context, const std::vector<std::string>& services, Goal goal, const EachService& each) {
    return SideBySide(context, goal, each).run(services);
}

}  // namespace svcmgr
