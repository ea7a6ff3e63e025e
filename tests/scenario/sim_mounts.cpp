#include "tests/scenario/sim_mounts.h"

#include <fmt/format.h>
#include <sys/sysmacros.h>

#include <algorithm>

namespace svcmgr::sim {

namespace {

constexpr unsigned disks = 8;

/// What follows an option; empty when it is not there.
std::string value_of(const Argv& argv, const std::string& option) {
    const auto found = std::ranges::find(argv, option);
    return found == argv.end() || found + 1 == argv.end() ? std::string() : *(found + 1);
}

Argv after_dashes(const Argv& argv) {
    const auto dashes = std::ranges::find(argv, "--");
    return dashes == argv.end() ? Argv() : Argv(dashes + 1, argv.end());
}

}  // namespace

Mounting::Mounting(MemoryFiles& files) : files_(files) {
    write();
}

void Mounting::add_device(const std::string& path) {
    files_.put_special(path, FileFacts::Kind::block_device, makedev(disks, static_cast<unsigned>(++last_device_)));
}

void Mounting::set_busy(const std::string& point, bool busy) {
    if (busy)
        busy_.insert(point);
    else
        busy_.erase(point);
}

void Mounting::forget() {
    entries_.clear();
    busy_.clear();
    write();
}

std::optional<Mounting::Done> Mounting::run(const Argv& argv, const std::string& node) {
    if (argv.empty()) return std::nullopt;
    if (argv.front() == "mount") return mount(argv, node);
    if (argv.front() == "umount") return unmount(argv, node);
    if (argv.front() == "e2fsck") return Done{};
    if (argv.front() != "mkdir") return std::nullopt;
    files_.put_directory(argv.back());
    return Done{};
}

Mounting::Done Mounting::mount(const Argv& argv, const std::string& node) {
    const Argv said = after_dashes(argv);
    if (said.size() != 2) return {1, "mount: bad usage\n", ""};
    const auto facts = files_.facts(said[0]);
    if (!facts) return {32, fmt::format("mount: {}: special device {} does not exist.\n", said[1], said[0]), ""};
    entries_.push_back({fmt::format("{}:{}", major(facts->device), minor(facts->device)), value_of(argv, "-t"), said[0], said[1]});
    write();
    return {0, "", fmt::format("{} is mounted on {} of {}", said[0], said[1], node)};
}

Mounting::Done Mounting::unmount(const Argv& argv, const std::string& node) {
    const std::string& point = argv.back();
    const auto found = std::ranges::find(entries_, point, &Entry::point);
    if (found == entries_.end()) return {32, fmt::format("umount: {}: not mounted.\n", point), ""};
    const bool holds_another = std::ranges::any_of(entries_, [&](const Entry& entry) { return entry.point.starts_with(point + "/"); });
    if (holds_another || busy_.contains(point)) return {32, fmt::format("umount: {}: target is busy.\n", point), ""};
    entries_.erase(found);
    write();
    return {0, "", fmt::format("{} of {} is unmounted", point, node)};
}

void Mounting::write() const {
    std::string table = "20 1 252:1 / / rw - ext4 /dev/vda1 rw\n";
    for (const Entry& entry : entries_)
        table += fmt::format("30 20 {} / {} rw - {} {} rw\n", entry.device, entry.point, entry.type, entry.source);
    files_.put("/proc/self/mountinfo", table);
}

}  // namespace svcmgr::sim
