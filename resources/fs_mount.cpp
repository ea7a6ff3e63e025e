#include "resources/fs_mount.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "drivers/signals.h"
#include "resources/busy.h"

namespace svcmgr {

namespace {

constexpr Duration between_tries = std::chrono::seconds(1);

/// The command that checks a file system before it is mounted. The others check themselves while they are mounted, or need no check.
struct Checker {
    std::string_view type;
    std::array<std::string_view, 2> command;
};
constexpr Checker checkers[] = {
    {"ext2", {"e2fsck", "-p"}},
    {"ext3", {"e2fsck", "-p"}},
    {"ext4", {"e2fsck", "-p"}},
    {"jfs", {"fsck.jfs", "-p"}},
    {"vfat", {"fsck.fat", "-a"}},
    {"msdos", {"fsck.fat", "-a"}},
    {"reiserfs", {"fsck.reiserfs", "-p"}},
};

/// Something is mounted, and whether it is ours can't be told: a stop must not end well.
constexpr const char* not_told = "not known to be ours";

/// fsck(8): 0 is clean, 1 mended.
constexpr int mended = 1;

bool always_read_only(std::string_view type) {
    return type == "iso9660" || type == "udf" || type == "squashfs" || type == "erofs" || type == "cramfs";
}

Error failed(const CommandResult& result, const Argv& argv, const Doing& doing, std::string hint) {
    const std::string where = fmt::format("{}", fmt::join(argv, " "));
    if (doing.world.signals.pending() != 0) return {Error::Code::interrupted, result.describe(), where};
    return {result.timed_out ? Error::Code::timed_out : Error::Code::failed, result.describe(), where, std::move(hint)};
}

}  // namespace

FsMount::FsMount(Rid rid, Options options, int place)
    : Resource(std::move(rid), Group::fs, "fs", options),
      point_(plain_path(options.text("mnt"))),
      type_(options.text("type")),
      mount_options_(options.text("mnt_opt")),
      place_(place) {}

std::string FsMount::label() const {
    return fmt::format("{}@{}", options().text("dev"), options().text("mnt"));
}

MountSource FsMount::source(World& world, const Mounts& mounts, Deadline deadline, const MountSource::Ask& ask) const {
    return MountSource::find(world, mounts, type_, options().text("dev"), mount_options_, deadline, ask);
}

FsMount::Found FsMount::find(World& world, const Mounts& mounts, const MountSource& source) const {
    Found found{mounts.at(point_), false};
    if (found.mount == nullptr) {
        // The way there may lead over links; what may hang is not asked.
        const Mount* holding = mounts.holding(point_);
        const auto real = holding != nullptr && !holding->may_hang() ? world.files.real_path(point_) : tl::unexpected(FileProblem{});
        if (real && *real != point_) found.mount = mounts.at(*real);
    }
    found.ours = found.mount != nullptr && source.is_mounted_as(world.files, *found.mount);
    return found;
}

std::string FsMount::describe_other(const Mount& mount) const {
    return fmt::format("{} ({}) is mounted on {}, not {}", mount.source, mount.type, mount.point, options().text("dev"));
}

Devices FsMount::devices_below(Looking& looking) const {
    World& world = looking.world();
    const Deadline deadline = Deadline::in(world.clock, looking.limits().hypervisor);
    const MountSource what = source(world, looking.mounts(), deadline, [&](const Argv& argv) { return looking.ask(argv); });
    Devices devices;
    if (what.kind() == MountSource::Kind::device)
        devices.paths.push_back(what.path());
    else
        devices.passed_over.push_back(fmt::format("{} is no device", options().text("dev")));
    if (!what.problem().empty()) devices.problem = fmt::format("{}: {}", options().text("dev"), what.problem());
    return devices;
}

ResourceObservation FsMount::look(Looking& looking) const {
    ResourceObservation seen;
    const Mounts& mounts = looking.mounts();
    if (!mounts.problem().empty()) {
        seen.say(LogLine::Level::warn, mounts.problem());
        return seen;
    }
    World& world = looking.world();
    const Deadline deadline = Deadline::in(world.clock, looking.limits().hypervisor);
    const MountSource from = source(world, mounts, deadline, [&](const Argv& argv) { return looking.ask(argv); });
    const Found found = find(world, mounts, from);
    if (found.mount == nullptr) {
        seen.status = Status::down;
        if (!from.problem().empty()) seen.say(LogLine::Level::info, from.problem());
    } else if (found.ours) {
        seen.status = Status::up;
        look_closer(*found.mount, looking, seen);
    } else {
        seen.status = Status::warn;
        seen.say(LogLine::Level::warn, describe_other(*found.mount));
        seen.unstartable = Error(Error::Code::refused, describe_other(*found.mount), rid().text(),
                                 fmt::format("unmount {}, or mend `dev` in its section", found.mount->point));
        if (from.problem().empty()) return seen;
        seen.say(LogLine::Level::warn, from.problem());
        seen.detail = not_told;
    }
    return seen;
}

void FsMount::look_closer(const Mount& mount, Looking& looking, ResourceObservation& seen) const {
    if (mount.read_only() && !has_mount_option(mount_options_, "ro") && !always_read_only(mount.type)) {
        seen.status = Status::warn;
        seen.say(LogLine::Level::warn, fmt::format("{} is read-only, which `mnt_opt` does not ask for", mount.point));
    }
    if (!mount.may_hang()) return;
    const CommandResult answer = looking.ask({"stat", "-f", "--format=%T", "--", mount.point});
    if (answer.ok()) return;
    seen.status = Status::warn;
    seen.say(LogLine::Level::warn, fmt::format("{} is mounted, but: {}", mount.point, answer.describe()));
}

Intent FsMount::intend(Goal goal, const ResourceObservation& observation) const {
    if (observation.unstartable && (goal == Goal::up || observation.detail != not_told)) {
        Intent intent = Intent::leave(observation.unstartable->message());
        if (goal == Goal::up) intent.refusal = observation.unstartable;
        return intent;
    }
    const Duration to_start = options().duration("start_timeout");
    const Duration to_stop = options().duration("stop_timeout");
    const bool mounted = observation.status == Status::up || observation.status == Status::warn;
    Intent intent;
    if (goal == Goal::up) {
        if (mounted) return Intent::leave("it is mounted");
        intent.verbs.push_back({"start", fmt::format("mount {} on {}", options().text("dev"), point_), to_start, "stop", to_stop});
    } else {
        if (observation.status == Status::down) return Intent::leave("it is not mounted");
        intent.verbs.push_back({"stop", fmt::format("unmount {}", point_), to_stop, "", {}});
    }
    return intent;
}

void FsMount::perform(const std::string& verb, Doing& doing) const {
    if (verb == "start") return start(doing);
    if (verb == "stop") return stop(doing);
    throw Error(Error::Code::failed, fmt::format("a file system has no verb '{}'", verb), rid().text());
}

void FsMount::start(Doing& doing) const {
    World& world = doing.world;
    const Mounts mounts = Mounts::read(world.files);
    if (!mounts.problem().empty()) throw Error(Error::Code::failed, mounts.problem(), rid().text());
    const auto ask = [&](const Argv& argv) { return world.processes.run(argv, doing.deadline); };
    const MountSource from = source(world, mounts, doing.deadline, ask);
    if (const Found found = find(world, mounts, from); found.mount != nullptr) {
        if (found.ours) return doing.note(LogLine::Level::info, fmt::format("{} is already mounted", point_));
        throw Error(Error::Code::refused, describe_other(*found.mount), rid().text(), fmt::format("unmount {} first", found.mount->point));
    }
    if (!from.problem().empty())
        throw Error(Error::Code::failed, from.problem(), rid().text(), "mend `dev` in its section, or bring it up");

    doing.changing();
    check_file_system(from, mounts, doing);
    const Argv make{"mkdir", "-p", "--", point_};  // by a program: the way there may hang
    if (const CommandResult made = ask(make); !made.ok()) throw failed(made, make, doing, "");
    mount(from, doing);
    const Mounts after = Mounts::read(world.files);
    if (!find(world, after, from).ours)
        throw Error(Error::Code::failed, fmt::format("mount says that it is done, and {} is not mounted there", from.path()), point_);
}

void FsMount::check_file_system(const MountSource& from, const Mounts& mounts, Doing& doing) const {
    const auto checker = std::ranges::find(checkers, type_, &Checker::type);
    const bool local = from.kind() == MountSource::Kind::device || from.kind() == MountSource::Kind::file;
    if (checker == std::end(checkers) || !local || has_mount_option(mount_options_, "ro")) return;
    if (const auto elsewhere = mounts.of_device(from.device()); !elsewhere.empty())
        return doing.note(LogLine::Level::info,
                          fmt::format("not checked: {} is also mounted on {}", from.path(), elsewhere.front()->point));

    const Argv argv{std::string(checker->command[0]), std::string(checker->command[1]), from.path()};
    const CommandResult result = doing.world.processes.run(argv, doing.deadline);
    if (result.exit_code == mended) return doing.note(LogLine::Level::warn, fmt::format("{} had errors, which were mended", from.path()));
    if (result.ok()) return;
    if (!result.not_started.empty() && !result.timed_out && doing.world.signals.pending() == 0)
        return doing.note(LogLine::Level::warn, fmt::format("not checked: {}", result.not_started));
    throw failed(result, argv, doing, fmt::format("check {} by hand, with {}", from.path(), argv.front()));
}

void FsMount::mount(const MountSource& from, Doing& doing) const {
    Argv argv{"mount"};
    std::string all = mount_options_;
    if (from.kind() == MountSource::Kind::bind) {
        if (!has_mount_option(all, "bind") && !has_mount_option(all, "rbind")) all = all.empty() ? "bind" : "bind," + all;
    } else {
        argv.insert(argv.end(), {"-t", type_});
        if (from.kind() == MountSource::Kind::file && !has_mount_option(all, "loop")) all = all.empty() ? "loop" : "loop," + all;
    }
    if (!all.empty()) argv.insert(argv.end(), {"-o", all});
    argv.insert(argv.end(), {"--", from.path(), point_});
    const CommandResult result = doing.world.processes.run(argv, doing.deadline);
    if (!result.ok()) throw failed(result, argv, doing, "the system's log (dmesg) often says more");
}

void FsMount::stop(Doing& doing) const {
    World& world = doing.world;
    const auto ask = [&](const Argv& argv) { return world.processes.run(argv, doing.deadline); };
    const MountSource from = source(world, Mounts::read(world.files), doing.deadline, ask);
    std::string why;
    while (true) {
        const Mounts mounts = Mounts::read(world.files);
        if (!mounts.problem().empty()) throw Error(Error::Code::failed, mounts.problem(), rid().text());
        const Found found = find(world, mounts, from);
        if (found.mount == nullptr) return;
        if (!found.ours && !from.problem().empty())
            throw Error(Error::Code::failed,
                        fmt::format("whether {} is what is mounted on {} can't be told: {}", options().text("dev"), found.mount->point,
                                    from.problem()),
                        rid().text(), "unmount it by hand, if it is");
        if (!found.ours) return doing.note(LogLine::Level::warn, "left alone: " + describe_other(*found.mount));

        doing.changing();
        const Argv argv{"umount", "--", found.mount->point};
        const CommandResult result = ask(argv);
        if (result.ok()) continue;                      // something may be mounted below what was unmounted
        const bool tried = result.not_started.empty();  // after the deadline nothing is started: the reason of the last try stays
        const std::string now = !tried             ? why
                                : result.timed_out ? "umount does not come back"
                                                   : held_by(holders_of(world.files, mounts, found.mount->point));
        if (now != why) doing.note(LogLine::Level::warn, fmt::format("{}: {}", result.describe(), now));
        why = now;
        if (doing.deadline.passed(world.clock) || world.signals.pending() != 0)
            throw Error(world.signals.pending() != 0 ? Error::Code::interrupted : Error::Code::timed_out,
                        fmt::format("{} can't be unmounted: {}", found.mount->point, why), rid().text(),
                        "end what holds it, then stop the service again");
        world.clock.sleep_until(std::min(world.clock.now() + between_tries, doing.deadline.at()));
    }
}

}  // namespace svcmgr
