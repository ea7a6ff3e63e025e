#include "resources/mount_source.h"

#include <fmt/format.h>
#include <sys/sysmacros.h>

#include <algorithm>

#include "drivers/options.h"
#include "resources/bounded_facts.h"

namespace svcmgr {

namespace {

/// LABEL=… and its like, and where udev keeps the links.
struct TagKind {
    std::string_view prefix;
    std::string_view directory;
};
constexpr TagKind tags[] = {{"LABEL=", "/dev/disk/by-label"},
                            {"UUID=", "/dev/disk/by-uuid"},
                            {"PARTLABEL=", "/dev/disk/by-partlabel"},
                            {"PARTUUID=", "/dev/disk/by-partuuid"}};

bool is_tag(std::string_view dev) {
    return std::ranges::any_of(tags, [&](const TagKind& tag) { return dev.starts_with(tag.prefix); });
}

/// Of the device below it: file systems like btrfs show an anonymous one of their own.
std::string number_of(const Files& files, const Mount& mount) {
    if (!mount.device.starts_with("0:") || !mount.source.starts_with("/dev/")) return mount.device;
    const auto facts = files.facts(mount.source);
    return facts ? device_number(facts->device) : mount.device;
}

std::string_view without_trailing_slash(std::string_view text) {
    while (text.size() > 1 && text.back() == '/') text.remove_suffix(1);
    return text;
}

}  // namespace

MountSource MountSource::find(World& world, const Mounts& mounts, const std::string& type, const std::string& dev,
                              const std::string& options, Deadline deadline, const Ask& ask) {
    MountSource source;
    source.type_ = type;
    source.path_ = dev;
    Mount like;
    like.type = type;
    if (type == "bind" || has_mount_option(options, "bind") || has_mount_option(options, "rbind"))
        source.find_bind(mounts);
    else if (like.may_hang())
        source.kind_ = Kind::remote;
    else if (is_tag(dev))
        source.find_tag(dev, world, ask);
    else if (dev.starts_with('/'))
        source.find_device_or_file(world, mounts, deadline);
    return source;
}

void MountSource::find_tag(const std::string& tag, World& world, const Ask& ask) {
    kind_ = Kind::device;
    const auto kind = std::ranges::find_if(tags, [&](const TagKind& known) { return tag.starts_with(known.prefix); });
    const auto linked = world.files.real_path(fmt::format("{}/{}", kind->directory, tag.substr(kind->prefix.size())));
    if (linked) {
        path_ = *linked;
    } else {
        // A label with letters that udev would escape, or a node without udev. Without its cache, which may be old.
        const CommandResult said = ask({"blkid", "-c", "/dev/null", "-l", "-o", "device", "-t", tag});
        path_ = trimmed(said.out);
        if (!said.ok() || path_.empty()) {
            path_ = tag;
            problem_ = said.exit_code == 2 ? fmt::format("no device has {}", tag)
                                           : fmt::format("no device is known to have {}: {}", tag, said.describe());
            return;
        }
    }
    const auto facts = world.files.facts(path_);
    if (facts)
        device_ = device_number(facts->device);
    else
        problem_ = fmt::format("{}: {}", path_, facts.error().reason);
}

void MountSource::find_device_or_file(World& world, const Mounts& mounts, Deadline deadline) {
    kind_ = path_.starts_with("/dev/") ? Kind::device : Kind::file;
    const auto facts = bounded_facts(world, mounts, path_, deadline);
    if (!facts) {
        problem_ = fmt::format("{}: {}", path_, facts.error().reason);
        return;
    }
    if (facts->kind == FileFacts::Kind::block_device) {
        kind_ = Kind::device;
        device_ = device_number(facts->device);
    } else if (facts->kind == FileFacts::Kind::file) {
        kind_ = Kind::file;
        const Mount* holding = mounts.holding(path_);
        const auto real = holding != nullptr && holding->may_hang() ? tl::unexpected(FileProblem{}) : world.files.real_path(path_);
        real_ = real ? *real : plain_path(path_);
    } else {
        problem_ = fmt::format("{} is no device and no file", path_);
    }
}

void MountSource::find_bind(const Mounts& mounts) {
    kind_ = Kind::bind;
    const Path plain = plain_path(path_);
    const Mount* holding = mounts.holding(plain);
    if (holding == nullptr) {
        problem_ = fmt::format("{} is on no file system", path_);
        return;
    }
    device_ = holding->device;
    const std::string within = plain.substr(holding->point == "/" ? 0 : holding->point.size());
    root_ = plain_path(holding->root + "/" + within);
}

bool MountSource::is_mounted_as(const Files& files, const Mount& mount) const {
    switch (kind_) {
        case Kind::device: {
            // A number says more than a name, which another disk may have by now; file systems like btrfs show an anonymous one.
            if (!device_.empty() && !mount.device.starts_with("0:")) return mount.device == device_;
            if (mount.source == path_) return true;
            const auto ours = files.real_path(path_);
            const auto theirs = mount.source.starts_with("/dev/") ? files.real_path(mount.source) : tl::unexpected(FileProblem{});
            return ours && theirs && *ours == *theirs;
        }
        case Kind::file: {
            if (mount.source == path_) return true;
            const auto shown = files.read(fmt::format("/sys/dev/block/{}/loop/backing_file", number_of(files, mount)));
            return shown && trimmed(*shown) == real_;
        }
        case Kind::bind: return mount.device == device_ && mount.root == root_;
        case Kind::remote: return without_trailing_slash(mount.source) == without_trailing_slash(path_);
        case Kind::other: return mount.type == type_;
    }
    return false;
}

bool has_mount_option(std::string_view options, std::string_view option) {
    while (!options.empty()) {
        const std::string_view one = options.substr(0, options.find(','));
        if (one == option) return true;
        options.remove_prefix(std::min(options.size(), one.size() + 1));
    }
    return false;
}

std::string device_number(std::uint64_t device) {
    return fmt::format("{}:{}", major(device), minor(device));
}

}  // namespace svcmgr
