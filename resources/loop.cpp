#include "resources/loop.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "drivers/signals.h"
#include "resources/bounded_facts.h"
#include "resources/launch.h"
#include "resources/mounts.h"

namespace svcmgr {

namespace {

constexpr Duration patience = std::chrono::minutes(1);
constexpr Duration between_looks = std::chrono::milliseconds(100);

/// What the kernel adds to the name of a file that is gone and still shown.
constexpr const char* deleted = " (deleted)";

Path backing_file_of(const std::string& device) {
    return fmt::format("/sys/block/{}/loop/backing_file", device);
}

/// What keeps a loop device: the mounts of it, and the devices that are made of it.
std::vector<std::string> users_of(const Files& files, const std::string& device) {
    std::vector<std::string> users;
    const Mounts mounts = Mounts::read(files);
    if (const auto number = files.read(fmt::format("/sys/block/{}/dev", device)))
        for (const Mount* mount : mounts.of_device(trimmed(*number))) users.push_back("the mount " + mount->point);
    if (const auto holders = files.list(fmt::format("/sys/block/{}/holders", device)))
        for (const std::string& holder : *holders) users.push_back("the device " + holder);
    return users;
}

}  // namespace

Loop::Loop(Rid rid, Options options) : Resource(std::move(rid), Group::disk, "disk.loop", options), file_(options.text("file")) {}

tl::expected<std::vector<std::string>, std::string> Loop::devices(const Files& files) const {
    const auto names = files.list("/sys/block");
    if (!names) return tl::unexpected(fmt::format("/sys/block: {}", names.error().reason));
    const Mounts mounts = Mounts::read(files);
    const Mount* holding = mounts.holding(file_);
    const auto real = holding != nullptr && !holding->may_hang() ? files.real_path(file_) : tl::unexpected(FileProblem{});
    const Path wanted = real ? *real : plain_path(file_);
    std::vector<std::string> found;
    for (const std::string& name : *names) {
        if (!name.starts_with("loop")) continue;
        const auto file = files.read(backing_file_of(name));
        if (file && (trimmed(*file) == wanted || trimmed(*file) == wanted + deleted)) found.push_back(name);
    }
    return found;
}

ResourceObservation Loop::look(Looking& looking) const {
    ResourceObservation seen;
    const auto found = devices(looking.world().files);
    if (!found) {
        seen.say(LogLine::Level::warn, found.error());
        return seen;
    }
    seen.status = found->empty() ? Status::down : Status::up;
    for (const std::string& device : *found) {
        seen.say(LogLine::Level::info, "/dev/" + device);
        const auto file = looking.world().files.read(backing_file_of(device));
        if (!file || !trimmed(*file).ends_with(deleted)) continue;
        seen.status = Status::warn;
        seen.say(LogLine::Level::warn, fmt::format("{} was deleted, and is shown by /dev/{} until the stop", file_, device));
    }
    return seen;
}

Intent Loop::intend(Goal goal, const ResourceObservation& observation) const {
    Intent intent;
    if (goal == Goal::up) {
        if (observation.status == Status::up || observation.status == Status::warn) return Intent::leave("a loop device shows it");
        intent.verbs.push_back({"start", fmt::format("make a loop device of {}", file_), patience, "stop", patience});
    } else {
        if (observation.status == Status::down) return Intent::leave("no loop device shows it");
        intent.verbs.push_back({"stop", fmt::format("detach {}", file_), patience, "", {}});
    }
    return intent;
}

void Loop::perform(const std::string& verb, Doing& doing) const {
    if (verb == "start") return start(doing);
    if (verb == "stop") return stop(doing);
    throw Error(Error::Code::failed, fmt::format("a loop device has no verb '{}'", verb), rid().text());
}

void Loop::start(Doing& doing) const {
    const auto found = devices(doing.world.files);
    if (!found) throw Error(Error::Code::failed, found.error(), rid().text());
    if (!found->empty()) return doing.note(LogLine::Level::info, fmt::format("/dev/{} shows it already", found->front()));
    const auto facts = bounded_facts(doing.world, Mounts::read(doing.world.files), file_, doing.deadline);
    if (!facts || facts->kind != FileFacts::Kind::file)
        throw Error(Error::Code::failed, facts ? "is no regular file" : facts.error().reason, file_,
                    "mend `file` in its section, or make the file");

    doing.changing();
    const Launch what{{"losetup", "--find", "--show", "--", file_}, {}, {}};
    const CommandResult result = launch_or_throw(what, doing);
    doing.note(LogLine::Level::info, fmt::format("{} shows {}", trimmed(result.out), file_));
}

void Loop::stop(Doing& doing) const {
    const auto found = devices(doing.world.files);
    if (!found) throw Error(Error::Code::failed, found.error(), rid().text());
    for (const std::string& device : *found) detach(device, doing);
}

/// losetup says yes to a device that is in use, and the kernel detaches it once nobody uses it any longer: whoever uses it is named before.
void Loop::detach(const std::string& device, Doing& doing) const {
    if (const auto users = users_of(doing.world.files, device); !users.empty())
        throw Error(Error::Code::failed, fmt::format("/dev/{} is used by {}", device, fmt::join(users, ", ")), rid().text(),
                    "end that, then stop the service again");
    doing.changing();
    const Launch what{{"losetup", "--detach", "/dev/" + device}, {}, {}};
    launch_or_throw(what, doing);
    wait_for(doing, fmt::format("/dev/{} to be detached; a process may have it open", device), between_looks, [&] {
        const auto left = devices(doing.world.files);
        return left && std::ranges::find(*left, device) == left->end();
    });
}

}  // namespace svcmgr
