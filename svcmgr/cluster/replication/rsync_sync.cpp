#include "svcmgr/cluster/replication/rsync_sync.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fnmatch.h>

#include <algorithm>
#include <cctype>

#include "drivers/block/sysfs.h"
#include "drivers/tasks.h"
#include "resources/launch.h"
#include "resources/mounts.h"
#include "svcmgr/cluster/peer_call.h"
#include "svcmgr/cluster/replication/peer_ssh.h"

namespace svcmgr {

namespace {

using Level = LogLine::Level;

bool is_pattern(std::string_view text) {
    return text.find_first_of("*?[") != std::string_view::npos;
}

/// A word of the line that rsync takes apart at blanks and quotes.
std::string for_rsh(const std::string& word) {
    return word.find_first_of(" '\"") == std::string::npos ? word : "'" + word + "'";
}

/// The line that rsync takes apart.
std::string ssh_command(const ReplicaHome& home, const SshTarget& target) {
    std::string line;
    for (const std::string& word : ssh_program(home, target)) line += (line.empty() ? "" : " ") + for_rsh(word);
    return line;
}

constexpr std::size_t tail_bytes = 8192;
constexpr Duration between_notes = std::chrono::seconds(10);
constexpr Duration to_remove_snapshots = std::chrono::minutes(1);

/// The last of what a program wrote.
std::string tail_of(const Files& files, const Path& output) {
    const auto facts = files.facts(output);
    if (!facts) return {};
    return files.read_part(output, facts->size > tail_bytes ? facts->size - tail_bytes : 0, tail_bytes).value_or("");
}

/// What rsync overwrites again and again on a terminal: "  1,234,567  45%   12.3MB/s    0:00:01".
std::string progress_of(const std::string& tail) {
    const std::size_t begin = tail.rfind('\r');
    if (begin == std::string::npos) return {};
    const std::vector<std::string> words = split_words(tail.substr(begin + 1));
    return words.size() < 3 || !words[1].ends_with('%') ? std::string() : fmt::format("{} bytes, {}, {}", words[0], words[1], words[2]);
}

/// "Total transferred file size: 12,345 bytes" of --stats.
std::string statistics_of(const std::string& tail) {
    std::vector<std::string> wanted;
    for (const std::string_view line : split(tail, '\n'))
        for (const std::string_view title : {"Number of regular files transferred:", "Total transferred file size:"})
            if (line.starts_with(title)) wanted.emplace_back(trimmed(line.substr(title.size())));
    return wanted.size() == 2 ? fmt::format("{} files, {}", wanted[0], wanted[1]) : std::string();
}

/// What the svcmgr of the peer said, else the first line that sounds like a failure: rsync's last one only counts errors.
std::string complaint_of(const std::string& tail) {
    constexpr std::string_view program = "svcmgr: ";
    std::string first;
    for (const std::string_view line : split(tail, '\n')) {
        if (line.starts_with(program)) return printable(line.substr(program.size()));
        if (first.empty() && (line.starts_with("rsync") || line.starts_with("ssh") || line.find("denied") != std::string_view::npos))
            first = printable(trimmed(line));
    }
    return first;
}

}  // namespace

std::vector<Path> expand_pattern(const Files& files, const std::string& pattern) {
    if (!is_pattern(pattern)) return {pattern};
    std::vector<Path> found{""};
    const bool inside = pattern.ends_with('/');
    for (const std::string& part : split_filled(pattern, '/')) {
        std::vector<Path> next;
        for (const Path& path : found) {
            if (!is_pattern(part)) {
                if (files.link_facts(path + "/" + part)) next.push_back(path + "/" + part);
                continue;
            }
            for (const std::string& name : files.list(path.empty() ? "/" : path).value_or(std::vector<std::string>()))
                if (::fnmatch(part.c_str(), name.c_str(), FNM_PERIOD) == 0) next.push_back(path + "/" + name);
        }
        found = std::move(next);
    }
    if (inside)
        for (Path& path : found) path += "/";
    return found;
}

tl::expected<std::vector<WayBack>, std::string> ways_back(const std::vector<std::string>& src, const std::string& dst) {
    std::vector<WayBack> ways;
    const std::string there(plain_path(dst));
    for (const std::string& source : src) {
        if (is_pattern(source)) return tl::unexpected(fmt::format("{} is a pattern: what it meant there can't be told", source));
        const bool contents = source.ends_with('/');
        if (contents && src.size() > 1)
            return tl::unexpected(fmt::format("the contents of {} and of other sources became one directory", source));
        if (contents)
            ways.push_back({there + "/", source});
        else
            ways.push_back({there + source.substr(source.rfind('/')), source.substr(0, source.rfind('/') + 1)});
    }
    return ways;
}

RsyncSync::RsyncSync(Rid rid, Options options, std::shared_ptr<const ReplicaHome> home)
    : DataSync(std::move(rid), "sync.rsync", std::move(options), std::move(home)) {}

std::string RsyncSync::label() const {
    return fmt::format("rsync {} to {}", fmt::join(options().list("src"), " "), fmt::join(options().list("target"), ", "));
}

std::string RsyncSync::obstacle(Looking& looking) const {
    const Files& files = looking.world().files;
    if (!files.facts("/usr/bin/rsync") && !files.facts("/usr/local/bin/rsync") && !files.facts("/bin/rsync"))
        return "rsync is not installed";
    return {};
}

std::optional<Error> RsyncSync::why_not_here(World world) const {
    if (auto problem = DataSync::why_not_here(world)) return problem;
    const std::string point = options().text("dstfs");
    if (point.empty()) return std::nullopt;
    const Mounts mounts = Mounts::read(world.files);
    const std::string& us = home().node.name();
    if (!mounts.problem().empty())
        return Error(Error::Code::refused, fmt::format("whether {} is mounted on {} is not known: {}", point, us, mounts.problem()), us);
    if (mounts.at(plain_path(point)) != nullptr) return std::nullopt;
    return Error(Error::Code::refused,
                 fmt::format("{} is not mounted on {}, and what it would be mounted on must not be filled instead", point, us),
                 options().place_of("dstfs").to_string(), fmt::format("mount it on {}", us));
}

Argv RsyncSync::command_begin(const std::string& peer, std::string_view far_end) const {
    const SshTarget target = peer_target(home().node, peer);
    Argv argv{"rsync", "-HAXpogDtrlx", "--stats", "--info=progress2", "--delete", "--force", "--timeout=3600"};
    for (const std::string& word : options().list("options")) argv.push_back(word);
    if (const std::string limit = options().text("bwlimit"); !limit.empty()) argv.push_back("--bwlimit=" + limit);
    if (const std::string pattern = options().text("exclude"); !pattern.empty()) argv.push_back("--exclude=" + pattern);
    argv.push_back(fmt::format("--rsync-path=svcmgr peer {} {} {} {} --", far_end, home().service, home().node.name(), rid().text()));
    argv.insert(argv.end(), {"-e", ssh_command(home(), target), "--"});
    return argv;
}

Argv RsyncSync::command(World world, const std::string& peer, const std::vector<std::string>& sources) const {
    Argv argv = command_begin(peer, "rsync");
    const std::size_t before = argv.size();
    for (const std::string& source : sources)
        for (Path& path : expand_pattern(world.files, source)) argv.push_back(std::move(path));
    if (argv.size() == before)
        throw Error(Error::Code::failed, fmt::format("nothing here is {}", fmt::join(options().list("src"), " ")),
                    options().place_of("src").to_string(), "is what `src` names mounted?");
    argv.push_back(fmt::format("{}:{}", peer, options().text("dst")));
    return argv;
}

void RsyncSync::transfer(const std::string& peer, PeerReplica&, Doing& doing) const {
    if (!options().flag("snap")) return run(command(doing.world, peer, options().list("src")), peer, doing);
    SourceSnapshots snapshots(doing.world, fmt::format("{}.sync.{}", home().service, rid().index()));
    std::optional<Error> problem;
    try {
        run(command(doing.world, peer, take(snapshots, doing)), peer, doing);
    } catch (const Error& error) {
        problem = error;
    }
    try {
        snapshots.remove(Deadline::in(doing.world.clock, to_remove_snapshots));
    } catch (const Error& error) {
        if (!problem) throw;
        doing.note(Level::warn, fmt::format("its snapshot is left: {}", error.what()));
    }
    if (problem) throw Error(*problem);
}

/// What presnap_trigger has stopped goes on as soon as the snapshot is there, also when it is not.
std::vector<std::string> RsyncSync::take(SourceSnapshots& snapshots, Doing& doing) const {
    const auto trigger = [&](std::string_view keyword) {
        const std::string command_line = options().text(keyword);
        if (command_line.empty()) return;
        Launch what{argv_of(command_line), {.environment = doing.environment}, {}};
        what.surroundings.environment.push_back("OPENSVC_RID=" + rid().text());
        launch_or_throw(what, doing);
    };
    doing.changing();
    trigger("presnap_trigger");
    std::optional<Error> problem;
    std::vector<std::string> sources;
    try {
        sources = snapshots.take(options().list("src"), doing.deadline);
    } catch (const Error& error) {
        problem = error;
    }
    trigger("postsnap_trigger");
    if (problem) throw Error(*problem);
    return sources;
}

std::optional<Error> RsyncSync::why_not_back(World) const {
    const auto ways = ways_back(options().list("src"), options().text("dst"));
    if (ways) return std::nullopt;
    return Error(Error::Code::refused, "it can't be brought back: " + ways.error(), options().place_of("src").to_string(),
                 "bring it back by hand, then start the service here");
}

void RsyncSync::transfer_back(const std::string& peer, const std::vector<Path>& mount_points, Doing& doing) const {
    const auto ways = ways_back(options().list("src"), options().text("dst"));
    if (!ways) throw Error(*why_not_back(doing.world));
    std::vector<Path> points = mount_points;
    if (const std::string point = options().text("dstfs"); !point.empty()) points.push_back(point);
    check_mounted(doing.world, points);
    for (const WayBack& way : *ways) {
        Argv argv = command_begin(peer, "rsync-out");
        argv.insert(argv.end(), {fmt::format("{}:{}", peer, way.there), way.here});
        run(argv, peer, doing);
    }
}

void RsyncSync::run(const Argv& argv, const std::string& peer, Doing& doing) const {
    World& world = doing.world;
    const Launch what{argv, {.environment = doing.environment}, output_file(home().paths.logs, home().service, rid(), "sync-" + peer)};
    world.files.make_directories(home().paths.logs, 0755);
    world.files.replace(what.output, "", 0640);
    Surroundings surroundings = what.surroundings;
    surroundings.output = what.output;
    doing.changing();
    CommandResult result;
    {
        const std::unique_ptr<TaskGroup> tasks = world.tasks.group();
        tasks->spawn([&] { result = world.processes.run_in(surroundings, what.argv, doing.deadline); });
        while (!tasks->wait_any(Deadline::in(world.clock, between_notes)))
            if (const std::string progress = progress_of(tail_of(world.files, what.output)); !progress.empty())
                doing.note(Level::info, progress);
    }
    const std::string tail = tail_of(world.files, what.output);
    if (!result.ok()) {
        const Error error = failure_of(result, what, doing);
        const std::string complaint = complaint_of(tail);
        throw Error(error.code(), fmt::format("rsync {}{}{}", result.describe(), complaint.empty() ? "" : ": ", complaint), peer,
                    error.hint());
    }
    if (const std::string statistics = statistics_of(tail); !statistics.empty()) doing.note(Level::info, "sent " + statistics);
}

}  // namespace svcmgr
