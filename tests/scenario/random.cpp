#include "tests/scenario/random.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/scenario/playing.h"
#include "tests/scenario/scenario.h"
#include "tests/scenario/workers.h"

namespace svcmgr::sim {

namespace {

constexpr const char* two_nodes = "include two-nodes-apps";
constexpr const char* three_nodes = "include three-nodes";

/// Makes lines of scenarios: a random run is a scenario like any other, so that a failing one can be kept.
class Maker {
public:
    explicit Maker(std::uint64_t seed) : random_(seed), stage_(stage_of(seed)) {}

    /// The first line says which nodes there are.
    std::vector<std::string> lines() {
        switch (stage_) {
            case Stage::one: add("include one-node-apps"); break;
            case Stage::two: add(two_nodes); break;
            case Stage::three_with_disks:
                add(three_nodes);
                add("reservations are kept");
                break;
        }
        const int count = 3 + below(10);
        for (int i = 0; i < count; ++i) add_one();
        return std::move(lines_);
    }

private:
    int below(int limit) { return static_cast<int>(random_() % static_cast<std::uint64_t>(limit)); }
    template <typename... Words>
    std::string one_of(Words... words) {
        const std::vector<std::string> all{words...};
        return all[static_cast<std::size_t>(below(static_cast<int>(all.size())))];
    }
    void add(const std::string& line) { lines_.push_back(line); }

    std::string time() { return fmt::format("{}ms", below(3) == 0 ? below(90'000) : below(7'000)); }

    enum class Stage { one, two, three_with_disks };
    static Stage stage_of(std::uint64_t seed) {
        if (seed % 3 == 0) return Stage::two;
        return seed % 3 == 1 && seed % 2 == 0 ? Stage::three_with_disks : Stage::one;
    }

    std::string command() {
        switch (stage_) {
            case Stage::two: return command_of_two();
            case Stage::three_with_disks: return command_of_three();
            default: return command_of_one();
        }
    }
    std::string event() {
        if (stage_ == Stage::three_with_disks) return event_of_three();
        return stage_ == Stage::two && below(2) == 0 ? event_between_two() : event_of_one();
    }

    /// Without --force on what starts: who takes a risk may meet it.
    std::string command_of_two() {
        const std::string node = one_of("node1", "node2"), other = node == "node1" ? "node2" : "node1";
        const std::string action =
            one_of("start", "start", "stop", "restart", "takeover", "giveback", "switch", "switch", "switch", "migrate", "migrate",
                   "start --node " + other, "stop --node " + other, "switch --node " + other, "freeze", "thaw", "mon", "print status",
                   "status", "recover --redo", "recover --undo", "startcontainer", "stopapp", "boot", "boot", "sync nodes", "sync all");
        const bool moves = action.starts_with("switch") || action == "migrate";
        const std::string target = !moves ? "" : action.ends_with(other) ? " --to " + node : " --to " + other;
        return fmt::format("{} svcmgr -s vm188 {}{}", node, action, target);
    }

    std::string event_between_two() {
        switch (below(5)) {
            case 4: return "reboot " + one_of("node1", "node2");
            case 0: return "network " + one_of("cut", "mend", "mend") + " node1 node2";
            case 1: return one_of("node node1", "node node2") + " ssh " + one_of("refused", "silent", "not-authorised", "fine", "fine");
            case 2:
                return one_of("hypervisor node1", "hypervisor node2") + " " +
                       one_of("hung", "dead", "refuses start vm188", "obeys", "fine", "fine");
            default: return "network " + one_of("cut", "mend", "mend") + " node2 vm188";
        }
    }

    std::string a_node() { return one_of("node1", "node2", "node3"); }

    /// Neither --force nor what gives up reservations by itself: who takes a risk may meet it.
    std::string command_of_three() {
        const std::string node = a_node(), other = node == "node3" ? "node1" : node == "node2" ? "node3" : "node2";
        const std::string action = one_of("start", "start", "start", "stop", "restart", "takeover", "giveback", "switch --to " + other,
                                          "switch --to " + other, "migrate --to " + other, "migrate --to " + other, "migrate --to " + other,
                                          "start --node " + other, "freeze", "thaw", "mon", "print status", "status", "recover --redo",
                                          "recover --undo", "boot", "prstatus", "prrepair", "prstart", "startcontainer");
        return fmt::format("{} svcmgr -s svc1 {}", node, action);
    }

    std::string event_of_three() {
        const std::string node = a_node();
        switch (below(8)) {
            case 0: return fmt::format("reboot {}", node);
            case 1: return fmt::format("network {} {} {}", one_of("cut", "mend", "mend"), node, node == "node1" ? "node2" : "node1");
            case 2: return fmt::format("node {} ssh {}", node, one_of("refused", "silent", "fine", "fine"));
            case 3: return fmt::format("hypervisor {} {}", node, one_of("hung", "dead", "refuses start vm188", "obeys", "fine", "fine"));
            case 4: return fmt::format("path {} {} {}", node, one_of("sda", "sdb", "sdd"), one_of("lost", "back", "back"));
            case 5: return "guest vm188 " + one_of("is deaf", "hears", "never pings", "pings");
            case 6: return fmt::format("guest vm188 dies on {}", node);
            default: return fmt::format("disk {} {}", node, one_of("full", "read-only", "fine", "fine"));
        }
    }

    std::string command_of_one() {
        const std::string action = one_of("start", "start", "start", "stop", "stop", "restart", "startapp", "stopapp", "startcontainer",
                                          "stopcontainer", "freeze", "thaw", "print status", "status", "push", "diskupdate", "recover",
                                          "recover --redo", "recover --undo", "explain", "explain stop", "print actions");
        const bool state_changing = (action.starts_with("st") && action != "status") || action.starts_with("recover --");
        const std::string option = state_changing ? one_of("", "", "", "", " --force", " --dry-run", " --waitlock 1", " --jobs 1") : "";
        return fmt::format("node1 svcmgr -s vm188 {}{}", action, option);
    }

    /// Something that happens outside of svcmgr.
    std::string event_of_one() {
        switch (stage_ == Stage::two ? below(9) : below(14)) {  // of two nodes nothing starts it behind svcmgr's back
            case 0: return "hypervisor node1 " + one_of("hung", "dead", "fine", "fine");
            case 1: return "disk node1 " + one_of("full", "read-only", "fine", "fine");
            case 2: return "guest vm188 " + one_of("is deaf", "hears");
            case 3: return "guest vm188 " + one_of("never pings", "pings");
            case 4: return "guest vm188 ssh " + one_of("refused", "silent", "key-changed", "fine", "fine");
            case 5: return "network " + one_of("cut", "mend", "mend") + " node1 vm188";
            case 6: return "launcher vm188 S10db " + one_of("takes 2s", "exits 1", "hangs");
            case 7: return "launcher vm188 K10web " + one_of("takes 1s", "exits 1", "hangs");
            case 8: return "guest vm188 dies on node1";
            case 9: return "guest vm188 is paused on node1";
            case 10: return "hypervisor node1 " + one_of("refuses start vm188", "refuses force vm188", "obeys", "obeys");
            case 11: return "name vm188 " + one_of("elsewhere", "nowhere", "nowhere", "unresolvable", "resolvable");
            case 12: return "guest vm188 runs on node1";
            default:
                return one_of("hypervisor node1 starts in 400ms", "hypervisor node1 starts in 20s", "guest vm188 pings after 30s",
                              "guest vm188 pings after 2s");
        }
    }

    void add_one() {
        switch (below(10)) {
            case 0:
            case 1: return add(event());
            case 2: return add(fmt::format("at {} {}", time(), event()));
            case 3: return add("wait " + time());
            case 4:
                add(fmt::format("begin A {}", command()));
                if (below(2) == 0) add("wait " + time());
                if (below(3) == 0) add(one_of("crash A", "signal SIGINT A", "signal SIGTERM A"));
                if (below(2) == 0) add("quietly run " + command());
                return add("wait A");
            case 5:
                add(fmt::format("begin A {}", command()));
                add(fmt::format("begin B {}", command()));
                add("wait A");
                return add("wait B");
            default: return add("quietly run " + command());
        }
    }

    std::mt19937_64 random_;
    Stage stage_;
    std::vector<std::string> lines_;
};

/// Once all is well again, a start must bring the service up and a stop must bring it down, whatever happened before.
constexpr const char* healing[] = {
    "wait 20min",
    "hypervisor node1 fine",
    "hypervisor node1 obeys",
    "hypervisor node1 starts in 400ms",
    "disk node1 fine",
    "network mend node1 vm188",
    "name vm188 nowhere",
    "name vm188 resolvable",
    "guest vm188 hears",
    "guest vm188 pings",
    "guest vm188 pings after 2s",
    "guest vm188 ssh fine",
    "launcher vm188 S10db takes 2s",
    "launcher vm188 K10web takes 1s",
    "quietly run node1 svcmgr -s vm188 thaw",
    "quietly run node1 svcmgr -s vm188 stop",
    "quietly run node1 svcmgr -s vm188 start",
    "quietly run node1 svcmgr -s vm188 status",
    "quietly run node1 svcmgr -s vm188 stop",
};

constexpr const char* healing_of_two[] = {
    "wait 20min",
    "hypervisor node1 fine",
    "hypervisor node2 fine",
    "hypervisor node1 obeys",
    "hypervisor node2 obeys",
    "hypervisor node1 starts in 400ms",
    "disk node1 fine",
    "network mend node1 node2",
    "network mend node1 vm188",
    "network mend node2 vm188",
    "node node1 ssh fine",
    "node node2 ssh fine",
    "name vm188 nowhere",
    "name vm188 resolvable",
    "guest vm188 hears",
    "guest vm188 pings",
    "guest vm188 pings after 2s",
    "guest vm188 ssh fine",
    "launcher vm188 S10db takes 2s",
    "launcher vm188 K10web takes 1s",
    "quietly run node1 svcmgr -s vm188 thaw",
    "quietly run node2 svcmgr -s vm188 thaw",
    "quietly run node2 svcmgr -s vm188 stop",
    "quietly run node1 svcmgr -s vm188 stop",
    "quietly run node1 svcmgr -s vm188 sync nodes",
    "quietly run node2 svcmgr -s vm188 sync nodes",
    "quietly run node1 svcmgr -s vm188 start",
    "quietly run node1 svcmgr -s vm188 switch --to node2",
    "quietly run node2 svcmgr -s vm188 status",
    "quietly run node2 svcmgr -s vm188 stop",
};

std::vector<std::string> healing_of_three() {
    std::vector<std::string> lines{"wait 20min", "guest vm188 hears", "guest vm188 pings"};
    const std::vector<std::string> nodes{"node1", "node2", "node3"};
    for (const std::string& node : nodes) {
        for (const char* way : {"sda", "sdb", "sdc", "sdd"}) lines.push_back(fmt::format("path {} {} back", node, way));
        for (const char* what : {"hypervisor {} fine", "hypervisor {} obeys", "disk {} fine", "node {} ssh fine"})
            lines.push_back(fmt::format(fmt::runtime(what), node));
        for (const std::string& other : nodes)
            if (node != other) lines.push_back(fmt::format("network mend {} {}", node, other));
    }
    for (const char* action : {"thaw", "stop"})
        for (const std::string& node : nodes) lines.push_back(fmt::format("quietly run {} svcmgr -s svc1 {}", node, action));
    for (const char* command : {"node1 svcmgr -s svc1 start", "node1 svcmgr -s svc1 migrate --to node2", "node2 svcmgr -s svc1 status",
                                "node2 svcmgr -s svc1 stop"})
        lines.push_back(fmt::format("quietly run {}", command));
    return lines;
}

std::vector<std::string> healing_for(const std::vector<std::string>& lines) {
    if (!lines.empty() && lines.front() == three_nodes) return healing_of_three();
    if (!lines.empty() && lines.front() == two_nodes) return {std::begin(healing_of_two), std::end(healing_of_two)};
    return {std::begin(healing), std::end(healing)};
}

std::string text_of(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return text;
}

/// What is wrong with a run; empty when nothing is.
std::vector<std::string> problems_of(const std::vector<std::string>& lines, const std::string& common, std::uint64_t seed) {
    std::vector<std::string> problems;
    try {
        std::string text = text_of(lines);
        for (const std::string& line : healing_for(lines)) text += line + "\n";
        const Played played = play_scenario(parse_scenario(text, common), seed);
        problems = played.problems;
        // The last four commands are the healing's.
        std::vector<std::string> ends;
        for (std::size_t begin = 0; begin < played.text.size();) {
            const std::size_t end = played.text.find('\n', begin);
            const std::string line = played.text.substr(begin, end - begin);
            if (line.find("$ svcmgr") != std::string::npos) ends.push_back(line);
            begin = end + 1;
        }
        for (std::size_t i = ends.size() < 4 ? 0 : ends.size() - 4; i < ends.size(); ++i)
            if (!ends[i].ends_with(": exit 0")) problems.push_back("with everything well again:" + ends[i].substr(9));
    } catch (const ScenarioError&) {
        // A line that makes no sense any more after others were left out: not a failure of svcmgr.
    }
    return problems;
}

/// The kind of a problem: what it says, without numbers.
std::string kind_of(const std::string& problem) {
    std::string kind;
    for (const char letter : problem)
        if (letter < '0' || letter > '9') kind += letter;
    return kind;
}

bool has_kind(const std::vector<std::string>& problems, const std::string& kind) {
    return std::ranges::any_of(problems, [&](const std::string& problem) { return kind_of(problem) == kind; });
}

/// Leaves out lines as long as it still fails in the same way.
std::vector<std::string> shortest(std::vector<std::string> lines, const std::string& kind, const std::string& common, std::uint64_t seed) {
    for (std::size_t size = std::max<std::size_t>(1, lines.size() / 2); size > 0; size /= 2) {
        for (std::size_t begin = 0; begin + size <= lines.size();) {
            std::vector<std::string> fewer = lines;
            fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(begin), fewer.begin() + static_cast<std::ptrdiff_t>(begin + size));
            if (has_kind(problems_of(fewer, common, seed), kind))
                lines = std::move(fewer);
            else
                ++begin;
        }
    }
    return lines;
}

/// The problem, and the shortest scenario that has it.
std::string explain(const std::string& problem, const std::vector<std::string>& lines, const std::string& common, std::uint64_t seed) {
    const std::vector<std::string> few = shortest(lines, kind_of(problem), common, seed);
    std::string text =
        fmt::format("FAILED: {}\nseed {}; as a scenario, to be played with --shuffle {}:\n\n{}", problem, seed, seed, text_of(few));
    for (const std::string& line : healing_for(few)) text += line + "\n";
    return text + "\n";
}

}  // namespace

int run_random(const std::string& common, std::uint64_t seed, int count) {
    const auto seed_of = [seed](int i) { return seed + static_cast<std::uint64_t>(i); };
    const std::vector<std::string> results = in_processes(count, [&](int i) {
        std::string text;
        for (const std::string& problem : problems_of(Maker(seed_of(i)).lines(), common, seed_of(i))) text += problem + "\n";
        return text;
    });
    // Each kind of problem is shown once, by the first seed that has it.
    std::set<std::string> shown;
    int failed = 0;
    for (int i = 0; i < count; ++i) {
        if (!results[static_cast<std::size_t>(i)].empty()) ++failed;
        std::istringstream problems(results[static_cast<std::size_t>(i)]);
        for (std::string problem; std::getline(problems, problem);)
            if (shown.insert(kind_of(problem)).second) fmt::print("{}", explain(problem, Maker(seed_of(i)).lines(), common, seed_of(i)));
    }
    fmt::print("{} random scenarios from seed {} on, {} failed\n", count, seed, failed);
    return failed == 0 ? 0 : 1;
}

}  // namespace svcmgr::sim
