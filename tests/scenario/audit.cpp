#include "tests/scenario/audit.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "drivers/error.h"
#include "resources/container.h"
#include "svcmgr/cluster/loader.h"
#include "svcmgr/journal/journal.h"

namespace svcmgr::sim {

namespace {

constexpr Duration longest_look = std::chrono::seconds(15);

bool is_look(const std::string& action) {
    return action.starts_with("print") || action.starts_with("explain") || action == "status" || action == "prstatus" || action == "ls";
}

/// Actions that change something; the others' exit codes have meanings of their own.
bool changes(const std::string& action) {
    return (action.starts_with("st") && action != "status") || action == "prstart" || action == "prstop" || action == "prrepair" ||
           action == "restart" || action == "switch" || action == "freeze" || action == "thaw" || action == "recover";
}

bool exists_on(Node& node, const std::string& guest) {
    for (auto& [type, hypervisor] : node.hypervisors())
        if (const auto found = hypervisor.guests().find(guest); found != hypervisor.guests().end() && found->second.exists()) return true;
    return false;
}

bool runs_on(Node& node, const std::string& guest) {
    for (auto& [type, hypervisor] : node.hypervisors())
        if (const auto found = hypervisor.guests().find(guest);
            found != hypervisor.guests().end() && found->second.state == GuestState::Value::running)
            return true;
    return false;
}

bool hypervisors_fine(Node& node) {
    return std::ranges::all_of(node.hypervisors(),
                               [](const auto& entry) { return entry.second.daemon() == HypervisorModel::Daemon::fine; });
}

/// The exit codes of design.md 11 that an action which ended like this may have.
bool fits(ActionState state, int code) {
    switch (state) {
        case ActionState::done: return code == 0;
        case ActionState::refused: return code == 3 || code == 6;
        case ActionState::left_behind: return code == 5;
        case ActionState::interrupted: return code > 128;
        case ActionState::failed:
        case ActionState::undone: return code == 1 || code == 6 || code > 128;
        case ActionState::running: return false;
    }
    return false;
}

/// What a peer says that it has left ("start on node1: … left: …") may have been put right by what came after.
bool names_leftovers(const std::string& said) {
    for (std::size_t begin = 0; begin < said.size();) {
        const std::size_t end = std::min(said.find('\n', begin), said.size());
        const std::string line = said.substr(begin, end - begin);
        const std::size_t left = line.find("left:");
        if (left != std::string::npos && line.rfind(" on node", left) == std::string::npos) return true;
        begin = end + 1;
    }
    return false;
}

}  // namespace

bool CommandRun::says(const std::string& word) const {
    return std::ranges::find(argv, word) != argv.end();
}

bool CommandRun::selects() const {
    return says("--rid") || says("--tags") || says("--subsets") || says("--status");
}

std::string CommandRun::service() const {
    const auto option = std::ranges::find(argv, "-s");
    if (option == argv.end() || option + 1 == argv.end() || (option + 1)->find(',') != std::string::npos) return "";
    return *(option + 1);
}

std::string CommandRun::action() const {
    std::string words;
    for (std::size_t i = 0; i < argv.size(); ++i) {
        static constexpr std::string_view with_value[] = {"-s",     "--rid",    "--tags",   "--subsets", "--status", "--waitlock",
                                                          "--jobs", "--reason", "--format", "--kw",      "--param",  "--value",
                                                          "--env",  "--config", "--node",   "--to",      "--on"};
        if (std::ranges::find(with_value, argv[i]) != std::end(with_value))
            ++i;
        else if (!argv[i].starts_with("-"))
            words += (words.empty() ? "" : " ") + argv[i];
    }
    return words;
}

void Audit::problem(const std::string& text) {
    problems_.push_back(text);
    world_.log("AUDIT: " + text);
}

void Audit::begun(CommandRun& run) {
    Node& node = run.process->node();
    run.begun = world_.scheduler().now();
    for (const auto& [name, guest] : world_.guests()) run.existed[name] = exists_on(node, name);
    run.files = node.files().contents();
}

void Audit::effect() {
    for (const auto& [name, guest] : world_.guests()) {
        const auto homes = world_.homes(name);
        if (homes.size() <= 1)
            doubled_.erase(name);
        else if (doubled_.insert(name).second)
            problem(fmt::format("{} is on {} at the same time", name, fmt::join(homes, " and ")));
    }
}

void Audit::check_reservations() {
    for (const auto& [name, guest] : world_.guests())
        for (auto& [node_name, node] : world_.nodes())
            for (const GuestDisk& disk : guest.disks) {
                const auto way = node->disk_ways.find(disk.source);
                if (way == node->disk_ways.end()) continue;
                const PrDisk& reservations = way->second.disk->reservations;
                const bool kept = reservations.held() && reservations.may_write(way->second.nexus);
                const std::string place = fmt::format("{} {} {}", name, node_name, disk.source);
                if (kept || !way->second.works || !runs_on(*node, name))
                    unreserved_.erase(place);
                else if (unreserved_.insert(place).second)
                    problem(fmt::format("{} runs on {}, which has no reservation of {}", name, node_name, disk.source));
            }
}

void Audit::ended(const CommandRun& run) {
    check_leftovers(run);
    check_journal(run);
    if (run.process->killed()) return;
    check_exit_code(run);
    check_guests(run);
    check_status(run);
}

void Audit::check_exit_code(const CommandRun& run) {
    const int code = run.process->exit_code();
    const auto& acts = run.process->acts();
    if (code >= 2 && code <= 4 && !acts.empty() && !run.service().empty() && changes(run.action()) && run.action() != "restart")
        problem(fmt::format("exit {} says that nothing was changed, and it did: {}", code, fmt::join(acts, ", ")));
    const bool undecided = run.action() == "recover" && !run.says("--redo") && !run.says("--undo");
    if ((is_look(run.action()) && !run.says("--heal")) || run.says("--dry-run") || undecided) {
        if (!acts.empty()) problem(fmt::format("a look changed something: {}", fmt::join(acts, ", ")));
        if (!run.disturbed && run.process->node().files().contents() != run.files) problem("a look changed files");
    }
    const bool names_what_is_left = names_leftovers(run.err);
    if (changes(run.action()) && !run.says("--dry-run")) {
        if (code == 5 && !names_what_is_left) problem("exit 5 says that something is left, and nothing says what");
        if (code != 5 && names_what_is_left) problem(fmt::format("something is left, and the exit code is {}", code));
        if (code != 0 && run.err.find("svcmgr: ") == std::string::npos) problem(fmt::format("exit {}, and nothing says why", code));
    }
    const bool stopped = run.err.find("stopped by") != std::string::npos || run.err.find("interrupted") != std::string::npos;
    if (run.process->first_signal() != 0 && stopped && (code == 1 || code == 3))
        problem(fmt::format("a signal stopped {}, and the exit code is {}", run.action(), code));
    if (code < 0 || code > 255) problem(fmt::format("{} is no exit code", code));
}

void Audit::check_journal(const CommandRun& run) {
    Process inspector(world_, run.process->node(), Process::Inspector{});
    JournalReader journal(inspector.world(), paths_.database);
    if (!journal.problem().empty()) return;
    int highest = -1;
    for (const ActionHistory& action : journal.actions("", 20)) {
        if (!(action.action.process == run.process->id())) continue;
        if (run.process->killed()) {
            if (action.state == ActionState::running && !run.disturbed && journal.interrupted(action.action.service) == std::nullopt)
                problem(fmt::format("the {} that was killed is not known as interrupted", action.action.action));
            continue;
        }
        // Newest first: within a move, or the recovery of one, there may be a start of its own.
        const bool outer_counts = run.action() == "switch" || run.action() == "giveback" || run.action().starts_with("recover");
        highest = outer_counts ? action.exit_code : std::max(highest, action.exit_code);
        const bool disk_was_fine = run.process->node().databases().health() == DatabaseDisk::Health::fine;
        if (action.state == ActionState::running) {
            if (disk_was_fine) problem(fmt::format("the journal has {} open, and its process has ended", action.action.action));
            continue;
        }
        if (!fits(action.state, action.exit_code))
            problem(fmt::format("the journal has {} and exit code {} together", to_string(action.state), action.exit_code));
        for (const StepRecord& step : action.steps)
            if (step.state == StepState::begun && disk_was_fine)
                problem(fmt::format("the journal has the step {} running, and its process has ended", step.step.name()));
    }
    // A restart that is stopped between its two actions has the first one's end in the journal.
    const bool between = run.action() == "restart" && run.process->exit_code() > 128;
    if (highest >= 0 && !between && !run.says("--heal") && run.service() != "" && highest != run.process->exit_code() &&
        run.process->node().databases().health() == DatabaseDisk::Health::fine)
        problem(fmt::format("the journal says exit code {}, and the process ended with {}", highest, run.process->exit_code()));
}

std::vector<std::string> Audit::guests_of(Node& node, const std::string& service) {
    Process inspector(world_, node, Process::Inspector{});
    std::vector<std::string> guests;
    try {
        const World world = inspector.world();
        const LoadedService loaded = load_service(world.files, paths_, svcmgr::Node::load(world.files, world.host, paths_), service);
        for (const auto& resource : loaded.service->resources()) {
            const std::vector<std::string> tags = resource->tags();
            const auto* container = dynamic_cast<const Container*>(resource.get());
            if (container == nullptr || resource->disabled() || resource->optional() || resource->standby() ||
                std::ranges::find(tags, "noaction") != tags.end())
                continue;
            guests.push_back(container->guest().name);
        }
    } catch (const Error&) {
        // An env file that can't be read has no guests; what was said about it is compared elsewhere.
    }
    return guests;
}

void Audit::check_guests(const CommandRun& run) {
    if (run.disturbed || run.service().empty() || run.selects() || run.says("--dry-run") || run.says("--disable-rollback")) return;
    const std::string action = run.action();
    if ((action != "start" && action != "stop" && action != "switch") || run.says("--node")) return;
    Node& node = run.process->node();
    const int code = run.process->exit_code();
    for (const std::string& guest : guests_of(node, run.service())) {
        if (code == 0 && action == "start" && !runs_on(node, guest))
            problem(fmt::format("start says that it worked, and {} does not run", guest));
        if (code == 0 && action == "stop" && exists_on(node, guest))
            problem(fmt::format("stop says that it worked, and {} is still there", guest));
        if (code == 0 && action == "switch" && exists_on(node, guest))
            problem(fmt::format("the switch says that it worked, and {} is still here", guest));
        const bool undone = code == 1 || code == 6;
        if (undone && action == "start" && exists_on(node, guest) && !run.existed.at(guest))
            problem(fmt::format("start failed with {}, which says that all was undone, and {} is there", code, guest));
    }
}

void Audit::check_status(const CommandRun& run) {
    const std::string action = run.action();
    if (!is_look(action)) return;
    const Duration took = run.process->ended_at() - run.begun;
    if (took > longest_look) problem(fmt::format("{} took {}", action, to_text(took)));
    if (run.service().empty() || run.disturbed || run.selects() || run.says("--node")) return;

    Node& node = run.process->node();
    if (action == "status") {
        const auto guests = guests_of(node, run.service());
        const int code = run.process->exit_code();
        for (const std::string& guest : guests) {
            if (code == 0 && !runs_on(node, guest)) problem(fmt::format("the status is up, and {} does not run", guest));
            if (code == 1 && exists_on(node, guest)) problem(fmt::format("the status is down, and {} is there", guest));
            if (code == 1 && !hypervisors_fine(node)) problem("the status is down, and nobody could have seen that");
        }
    }
    if (action == "print status" && node.files().facts(paths_.database)) {
        Process inspector(world_, node, Process::Inspector{});
        JournalReader journal(inspector.world(), paths_.database);
        if (const auto interrupted = journal.interrupted(run.service()); interrupted && run.out.find("interrupted") == std::string::npos)
            problem(fmt::format("an interrupted {} is not shown", interrupted->action));
    }
}

void Audit::check_leftovers(const CommandRun& run) {
    Node& node = run.process->node();
    if (node.unfinished_processes == 0) {
        for (const auto& [path, content] : node.files().contents("/run"))
            if (node.files().lock_holder(path)) problem(fmt::format("{} is still locked", path));
        if (const int open = node.databases().open_count(); open != 0) problem(fmt::format("{} databases are still open", open));
    }
    for (const auto& [path, content] : node.files().contents()) {
        if (run.files.contains(path)) continue;
        const bool expected = path.starts_with("/var/lib/svcmgr/") || path.starts_with("/var/log/svcmgr/") ||
                              path.starts_with("/run/svcmgr/") || path.starts_with("/etc/svcmgr/") || path.ends_with("/.drp_flag") ||
                              path == "/root/.ssh/authorized_keys" ||
                              (path.starts_with("/etc/libvirt/qemu/") && run.action().starts_with("peer receive"));
        // A rehearsal takes all of this away again, unless it is killed.
        const bool passing =
            path.starts_with("/run/netns/") || path.starts_with("/sys/class/net/") || path.starts_with("/var/lib/svcmgr-rehearsal/");
        if (passing && run.process->killed()) continue;
        if (!expected || path.ends_with(".tmp") || path.ends_with(".new")) problem(fmt::format("{} was left behind", path));
    }
}

}  // namespace svcmgr::sim
