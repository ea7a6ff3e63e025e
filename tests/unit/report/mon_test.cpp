#include "svcmgr/report/mon.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

#include "tests/unit/report/example_service.h"

using namespace svcmgr;
using Answer = PeerInstance::Answer;

namespace {

PeerInstance is(Status status, std::vector<std::string> running = {}) {
    return {.answer = Answer::given, .avail = status, .overall = status, .running = std::move(running)};
}
const PeerInstance gone{.answer = Answer::unreachable, .reason = "node111: no answer within 2 s"};

struct Fixture {
    ExampleService example{{{"container#1", Group::container, "container.kvm", "vm188", Status::up}}};

    ServiceEverywhere on(std::map<std::string, PeerInstance> instances) const { return {*example.service, std::move(instances)}; }
    std::string text(std::map<std::string, PeerInstance> instances) const { return mon_text({on(std::move(instances))}, {}); }
};

}  // namespace

// If this fails, somebody starts what runs, or believes that what runs nowhere is up.
TEST_CASE("a service as a whole: who has it up decides; what nobody can say is not down") {
    Fixture f;
    const PeerInstance up = is(Status::up, {"container#1"}), down = is(Status::down);
    CHECK(f.on({{"node109", up}, {"node110", down}}).avail() == Status::up);
    CHECK(f.on({{"node109", up}, {"node110", gone}}).avail() == Status::up);
    CHECK(f.on({{"node109", down}, {"node110", down}}).avail() == Status::down);
    CHECK(f.on({{"node109", down}, {"node110", gone}}).avail() == Status::undef);
    CHECK(f.on({{"node109", down}, {"node110", is(Status::undef)}}).avail() == Status::undef);
    CHECK(f.on({{"node109", down}, {"node110", is(Status::standby_up)}}).avail() == Status::standby_up);
    CHECK(f.on({{"node109", is(Status::not_applicable)}}).avail() == Status::not_applicable);
    CHECK(f.on({{"node109", is(Status::warn)}, {"node110", down}}).avail() == Status::warn);
}

TEST_CASE("one that runs twice is a warning, and both nodes are named") {
    Fixture f;
    const PeerInstance up = is(Status::up, {"container#1"});
    CHECK(f.on({{"node109", up}, {"node110", up}}).avail() == Status::warn);
    CHECK(f.text({{"node109", up}, {"node110", up}}).find("vm188: runs on node109 and node110: stop it on all but one") !=
          std::string::npos);
}

TEST_CASE("each status has its mark; the leader and the frozen ones have theirs besides") {
    Fixture f;
    const std::pair<Status, const char*> marks[] = {{Status::up, "O"},           {Status::standby_up, "o"}, {Status::down, "X"},
                                                    {Status::standby_down, "x"}, {Status::warn, "!"},       {Status::not_applicable, "/"},
                                                    {Status::undef, "?"}};
    for (const auto& [status, mark] : marks) {
        PeerInstance frozen = is(status);
        frozen.frozen = true;
        const std::string text = f.text({{"node109", is(status)}, {"node110", frozen}});
        CHECK(text.find(std::string(mark) + "^ ") != std::string::npos);
        CHECK(text.find(std::string(mark) + "*\n") != std::string::npos);
    }
}

// If this fails, red is everywhere, and nobody looks at it any more.
TEST_CASE("what is wrong has a colour; a node that does not run what runs elsewhere has none") {
    Fixture f;
    const Style ansi{.colour = Style::Colour::ansi};
    const PeerInstance up = is(Status::up, {"container#1"}), down = is(Status::down);
    const auto text = [&](std::map<std::string, PeerInstance> instances) { return mon_text({f.on(std::move(instances))}, ansi); };
    CHECK(text({{"node109", up}, {"node110", down}}).find("\033[32mup\033[0m     \033[32mO^\033[0m       X\n") != std::string::npos);
    CHECK(text({{"node109", down}, {"node110", down}}).find("\033[31mdown\033[0m   \033[31mX^\033[0m       \033[31mX\033[0m\n") !=
          std::string::npos);
    CHECK(text({{"node109", up}, {"node110", gone}}).find("\033[33m?\033[0m\n") != std::string::npos);
    CHECK(text({{"node109", up}, {"node110", is(Status::standby_down)}}).find("\033[31mx\033[0m\n") != std::string::npos);
}

TEST_CASE("a node that does not answer is said once, whatever number of services it has") {
    Fixture f;
    const std::string text = mon_text({f.on({{"node111", gone}}), f.on({{"node111", gone}})}, {});
    const std::size_t first = text.find("node111: no answer");
    REQUIRE(first != std::string::npos);
    CHECK(text.find("no answer", first + 20) == std::string::npos);
    CHECK(text.find("node111: node111") == std::string::npos);
}

TEST_CASE("env files that differ are said; what a peer prints steers no terminal") {
    Fixture f;
    PeerInstance one = is(Status::down), other = is(Status::down);
    one.config = "a";
    other.config = "b";
    other.acting = "start by \x1b[31mmallory";
    const std::string text = f.text({{"node109", one}, {"node110", other}});
    CHECK(text.find("vm188: its env files differ between nodes") != std::string::npos);
    CHECK(text.find('\x1b') == std::string::npos);
}

namespace {

bool fits(const std::vector<std::string>& lines, std::size_t columns, std::size_t rows) {
    return lines.size() < rows && std::ranges::all_of(lines, [&](const std::string& line) { return line.size() < columns; });
}

}  // namespace

// If this fails, a table on a terminal of 80 columns is broken up, and nobody sees which mark belongs to which node.
TEST_CASE("nodes with long names are numbered where the table would not fit into the window") {
    Fixture f;
    std::map<std::string, PeerInstance> instances;
    for (const char letter : {'a', 'b', 'c', 'd'})
        instances[fmt::format("hypervisor-{}.rack-seven.example.org", letter)] = is(Status::down);
    const std::vector<std::string> wide = mon_screen({f.on(instances)}, "footer", {}, 200, 24);
    CHECK(wide[0].find("hypervisor-d.rack-seven.example.org") != std::string::npos);
    const std::vector<std::string> narrow = mon_screen({f.on(instances)}, "footer", {}, 80, 24);
    CHECK(fits(narrow, 80, 24));
    CHECK(narrow[0] == "service  avail  1  2  3  4  5  6");
    CHECK(std::ranges::find(narrow, "6 hypervisor-d.rack-seven.example.org") != narrow.end());
    CHECK(narrow.back() == "footer");
}

// If this fails, the one service that is down is below the window, and nobody sees it.
TEST_CASE("a window that is too small shows what is not well first, and counts the rest") {
    Fixture f;
    std::vector<ServiceEverywhere> services;
    for (int i = 0; i < 100; ++i) services.push_back(f.on({{"node109", is(Status::up, {"container#1"})}, {"node110", is(Status::down)}}));
    services.push_back(f.on({{"node109", is(Status::down)}, {"node110", is(Status::down)}}));
    services.push_back(f.on({{"node109", is(Status::up)}, {"node111", gone}}));
    const std::vector<std::string> lines = mon_screen(services, "footer", {}, 80, 12);
    CHECK(fits(lines, 80, 12));
    CHECK(lines[1].find("down") != std::string::npos);
    CHECK(std::ranges::find(lines, "... and 95 services more") != lines.end());
    CHECK(std::ranges::find(lines, "node111: no answer within 2 s") != lines.end());
    CHECK(lines.back() == "footer");
    for (int rows = 1; rows < 12; ++rows)
        CHECK(mon_screen(services, "footer", {}, 20, rows).size() <= static_cast<std::size_t>(std::max(1, rows - 1)));
    CHECK(mon_screen(services, "footer", {}, 80, 200).size() == 1 + services.size() + 2);
}
