// What an action costs beside what its steps do: twenty steps that do nothing, journaled and not, and twenty independent ones that take a
// while, with enough jobs. Prints medians in milliseconds, one line each: NAME VALUE.
// Usage: bench-engine DIRECTORY [RUNS]     the journal is made in DIRECTORY

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "drivers/real_world.h"
#include "svcmgr/action/planner.h"
#include "svcmgr/action/runner.h"
#include "svcmgr/service/keywords.h"
#include "tests/unit/engine/fake_resource.h"

using namespace svcmgr;

namespace {

constexpr int count = 20;
constexpr auto step_takes = std::chrono::milliseconds(100);

double median_ms(int runs, const std::function<void()>& work) {
    std::vector<double> times;
    for (int run = 0; run < runs; ++run) {
        const auto begin = std::chrono::steady_clock::now();
        work();
        times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
    }
    std::ranges::sort(times);
    return times[times.size() / 2];
}

/// A service of twenty resources that are down; each start calls `work`.
class Twenty {
public:
    explicit Twenty(const std::function<void()>& work) {
        std::vector<std::unique_ptr<Resource>> resources;
        for (int i = 1; i <= count; ++i) {
            auto resource = std::make_unique<test::FakeResource>(fmt::format("fs#{}", i), Group::fs);
            resource->on_perform = [work](const std::string& verb) {
                if (verb == "start") work();
            };
            observation_.resources[resource->rid()].status = Status::down;
            resources.push_back(std::move(resource));
        }
        Options defaults = test::with(Options("DEFAULT", {}, default_keywords()), "nodes", "node109");
        service_ = std::make_unique<Service>("bench", "bench.env", test::with(defaults, "env", "TST"), std::move(resources),
                                             std::set<Subset>{{Group::fs, ""}});
    }

    Outcome start(World world, Journal& journal, unsigned jobs) const {
        Request request;
        request.action = "start";
        const Plan plan = make_plan(*service_, request, observation_, {"node109", "TST"});
        ActionRecord record;
        record.service = service_->name();
        record.action = request.action;
        record.process = world.processes.self();
        record.begun = world.clock.wall();
        RunOptions options;
        options.jobs = jobs;
        Outcome outcome = run(world, *service_, plan, std::move(record), journal, {}, options);
        if (outcome.state != ActionState::done) {
            std::fprintf(stderr, "bench-engine: the action did not end well\n");
            std::exit(1);
        }
        return outcome;
    }

private:
    std::unique_ptr<Service> service_;
    Observation observation_;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "Usage: bench-engine DIRECTORY [RUNS]\n");
        return 2;
    }
    const int runs = argc > 2 ? std::stoi(argv[2]) : 15;
    RealWorld real("");
    const World world = real.world();
    const auto journal = Journal::open(world, std::string(argv[1]) + "/journal.db");
    // In memory nothing is flushed to a disk: what is left is the runner and sqlite itself.
    const std::string directory = "/dev/shm/svcmgr-bench-" + std::to_string(world.processes.self().pid);
    const auto memory = Journal::open(world, directory + "/journal.db");
    const Twenty quick([] {});
    const Twenty slow([] { std::this_thread::sleep_for(step_takes); });
    fmt::print("journal-disk {:.2f}\n", median_ms(runs, [&] { quick.start(world, *journal, 1); }));
    fmt::print("journal-memory {:.2f}\n", median_ms(runs, [&] { quick.start(world, *memory, 1); }));
    fmt::print("parallel {:.2f}\n", median_ms(std::max(runs / 3, 3), [&] { slow.start(world, *journal, count); }));
    fmt::print("one-step {:.2f}\n", std::chrono::duration<double, std::milli>(step_takes).count());
    std::filesystem::remove_all(directory);
}
