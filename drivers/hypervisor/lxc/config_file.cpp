#include "drivers/hypervisor/lxc/config_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "drivers/numbers.h"
#include "drivers/options.h"

namespace svcmgr::lxc {

namespace {

/// A file that includes itself, by whatever way, ends here.
constexpr std::size_t most_files = 100;

std::string_view without_quotes(std::string_view value) {
    const bool quoted = value.size() >= 2 && value.front() == value.back() && (value.front() == '"' || value.front() == '\'');
    return quoted ? value.substr(1, value.size() - 2) : value;
}

bool is_one_of(std::string_view key, std::initializer_list<std::string_view> keys) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
}

/// Hands every line that is no inclusion to `Take`, as key and value.
template <typename Take>
class Reader {
public:
    Reader(const Files& files, Take take) : files_(files), take_(std::move(take)) {}

    std::optional<ConfigProblem> read(const Path& path) {
        if (read_.size() == most_files) return ConfigProblem{path, fmt::format("more than {} files are included", most_files)};
        const auto text = files_.read(path);
        if (!text) return ConfigProblem{path, text.error().reason, text.error().absent()};
        read_.push_back(path);
        int number = 0;
        for (const auto line : split(*text, '\n')) {
            ++number;
            if (auto problem = take(trimmed(line), fmt::format("{}:{}", path, number))) return problem;
        }
        return std::nullopt;
    }

    /// The files so far.
    std::vector<Path> take_files() { return std::move(read_); }

private:
    std::optional<ConfigProblem> take(std::string_view line, const std::string& where) {
        if (line.empty() || line.front() == '#') return std::nullopt;
        const auto equals = line.find('=');
        if (equals == std::string_view::npos) return ConfigProblem{where, fmt::format("'{}' has no '='", line)};
        const auto key = trimmed(line.substr(0, equals));
        const std::string value(without_quotes(trimmed(line.substr(equals + 1))));
        if (key == "lxc.include") return include(value, where);
        take_(key, value);
        return std::nullopt;
    }

    std::optional<ConfigProblem> include(const Path& path, const std::string& where) {
        const auto names = files_.list(path);
        std::optional<ConfigProblem> problem;
        if (!names) problem = read(path);
        if (names)
            for (const auto& name : *names)
                if (!problem && name.ends_with(".conf")) problem = read(fmt::format("{}/{}", path, name));
        if (problem && problem->where == path) return ConfigProblem{where, fmt::format("{}: {}", path, problem->reason)};
        return problem;
    }

    const Files& files_;
    Take take_;
    std::vector<Path> read_;
};

void set(ContainerConfig& config, std::string_view key, const std::string& value) {
    if (is_one_of(key, {"lxc.rootfs.path", "lxc.rootfs"})) config.rootfs = value;
    if (is_one_of(key, {"lxc.mount.fstab", "lxc.mount"})) config.fstab = value;
    if (key == "lxc.start.auto") config.autostart = parse_number<int>(value).value_or(0) != 0;
    if (is_one_of(key, {"lxc.cgroup2.cpuset.cpus", "lxc.cgroup.cpuset.cpus"})) config.cpus = count_cpus(value);
    if (is_one_of(key, {"lxc.cgroup2.memory.max", "lxc.cgroup.memory.limit_in_bytes"})) config.memory_kib = memory_kib(value);
    // LXC takes a list back when it is given nothing.
    if (key == "lxc.mount.entry" && value.empty()) config.mounts.clear();
    if (key == "lxc.mount.entry" && !value.empty()) config.mounts.push_back(value);
}

GuestDisk disk(GuestDisk::Kind kind, std::string source, std::string target, std::string_view bus, std::string_view options) {
    GuestDisk result{kind, std::move(source), std::move(target), "disk", std::string(bus), {}};
    result.readonly = has_option(options, "ro");
    return result;
}

/// A root file system is "PATH" or "TYPE:PATH", and a path that is a device's is told by where it lies.
GuestDisk root_disk(const std::string& rootfs) {
    using enum GuestDisk::Kind;
    if (rootfs.starts_with("/dev/")) return disk(block, rootfs, "/", "lxc", "");
    const auto colon = rootfs.find(':');
    if (rootfs.starts_with('/') || colon == std::string::npos) return disk(other, rootfs, "/", "dir", "");
    const auto type = rootfs.substr(0, colon);
    const auto path = rootfs.substr(colon + 1);
    if (type == "lvm") return disk(block, path, "/", type, "");
    if (is_one_of(type, {"loop", "nbd"})) return disk(path.starts_with("/dev/") ? block : file, path, "/", type, "");
    if (type == "rbd") return disk(path.starts_with("/dev/") ? block : network, path, "/", type, "");
    return disk(other, path, "/", type, "");
}

/// A line of an fstab that mounts a device of this host.
std::optional<GuestDisk> mounted_disk(std::string_view line) {
    const auto fields = split_words(line);
    if (fields.size() < 4 || !fields[0].starts_with("/dev/")) return std::nullopt;
    if (has_option(fields[3], "bind") || has_option(fields[3], "rbind")) return std::nullopt;
    return disk(GuestDisk::Kind::block, fields[0], fields[1].starts_with('/') ? fields[1] : "/" + fields[1], "lxc", fields[3]);
}

}  // namespace

int count_cpus(std::string_view list) {
    constexpr int most = 1 << 16;
    int count = 0;
    for (const auto& part : split_filled(list, ',')) {
        const auto dash = part.find('-');
        const auto first = parse_number<int>(trimmed(std::string_view(part).substr(0, dash)));
        const auto last = dash == std::string::npos ? first : parse_number<int>(trimmed(std::string_view(part).substr(dash + 1)));
        if (!first || !last || *first < 0 || *last < *first || *last >= most || count > most) return 0;
        count += *last - *first + 1;
    }
    return count;
}

std::uint64_t memory_kib(std::string_view amount) {
    amount = trimmed(amount);
    if (amount.empty()) return 0;
    int shift = 0;
    switch (amount.back()) {
        case 'k':
        case 'K': shift = 10; break;
        case 'm':
        case 'M': shift = 20; break;
        case 'g':
        case 'G': shift = 30; break;
        default: break;
    }
    if (shift != 0) amount.remove_suffix(1);
    const auto number = parse_number<std::uint64_t>(amount);
    if (!number || *number > (std::numeric_limits<std::uint64_t>::max() >> shift)) return 0;
    return (*number << shift) / 1024;
}

tl::expected<ContainerConfig, ConfigProblem> read_config(const Files& files, const Path& path) {
    ContainerConfig config;
    Reader reader(files, [&config](std::string_view key, const std::string& value) { set(config, key, value); });
    if (auto problem = reader.read(path)) return tl::unexpected(std::move(*problem));
    config.files = reader.take_files();
    return config;
}

tl::expected<std::vector<ConfigEntry>, ConfigProblem> read_entries(const Files& files, const Path& path) {
    std::vector<ConfigEntry> entries;
    Reader reader(files, [&entries](std::string_view key, const std::string& value) { entries.push_back({std::string(key), value}); });
    if (auto problem = reader.read(path)) return tl::unexpected(std::move(*problem));
    return entries;
}

bool has_option(std::string_view options, std::string_view option) {
    const auto words = split(options, ',');
    return std::find(words.begin(), words.end(), option) != words.end();
}

std::vector<GuestDisk> disks_of(const ContainerConfig& config, std::string_view fstab) {
    std::vector<GuestDisk> disks;
    if (!config.rootfs.empty()) disks.push_back(root_disk(config.rootfs));
    const auto add = [&disks](std::string_view line) {
        if (auto found = mounted_disk(line)) disks.push_back(std::move(*found));
    };
    for (const auto line : split(fstab, '\n'))
        if (!trimmed(line).starts_with('#')) add(line);
    for (const auto& line : config.mounts) add(line);
    return disks;
}

Path root_directory(const std::string& rootfs) {
    if (rootfs.starts_with("dir:")) return rootfs.substr(4);
    return rootfs.starts_with('/') && !rootfs.starts_with("/dev/") ? rootfs : Path();
}

}  // namespace svcmgr::lxc
