#include "resources/mounts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "drivers/options.h"

namespace svcmgr {

namespace {

constexpr const char* mountinfo_file = "/proc/self/mountinfo";
constexpr std::size_t longest_mountinfo = 64 << 20;

bool is_octal(char c) {
    return c >= '0' && c <= '7';
}

/// ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [TAG…] - TYPE SOURCE OPTIONS
std::optional<Mount> parse_line(std::string_view line) {
    const std::vector<std::string_view> words = split(line, ' ');
    const auto dash = std::find(words.begin(), words.end(), "-");
    if (dash - words.begin() < 6 || words.end() - dash < 3) return std::nullopt;
    Mount mount;
    mount.device = words[2];
    mount.root = unescape_octal(words[3]);
    mount.point = unescape_octal(words[4]);
    mount.type = dash[1];
    mount.source = unescape_octal(dash[2]);
    for (const std::string_view option : split(words[5], ',')) mount.options.emplace_back(option);
    if (words.end() - dash > 3)
        for (const std::string_view option : split(dash[3], ',')) mount.options.emplace_back(option);
    return mount;
}

}  // namespace

bool Mount::read_only() const {
    return std::ranges::find(options, "ro") != options.end();
}

bool Mount::may_hang() const {
    static constexpr std::array<std::string_view, 12> remote = {"nfs", "nfs4", "cifs",      "smb3",  "smbfs", "ceph",
                                                                "9p",  "afs",  "glusterfs", "ocfs2", "gfs2",  "lustre"};
    return type.starts_with("fuse") || std::ranges::find(remote, type) != remote.end();
}

Mounts Mounts::parse(std::string_view mountinfo) {
    Mounts mounts;
    for (const std::string_view line : split(mountinfo, '\n'))
        if (auto mount = parse_line(line)) mounts.mounts_.push_back(std::move(*mount));
    return mounts;
}

Mounts Mounts::read(const Files& files) {
    const auto text = files.read(mountinfo_file, longest_mountinfo);
    if (text) return parse(*text);
    Mounts none;
    none.problem_ = fmt::format("{}: {}", mountinfo_file, text.error().reason);
    return none;
}

const Mount* Mounts::at(const Path& point) const {
    const Path plain = plain_path(point);
    const Mount* found = nullptr;
    for (const Mount& mount : mounts_)
        if (mount.point == plain) found = &mount;
    return found;
}

const Mount* Mounts::holding(const Path& path) const {
    const Path plain = plain_path(path);
    const Mount* found = nullptr;
    for (const Mount& mount : mounts_)
        if (lies_in(plain, mount.point) && (found == nullptr || mount.point.size() >= found->point.size())) found = &mount;
    return found;
}

std::vector<const Mount*> Mounts::below(const Path& point) const {
    const Path plain = plain_path(point);
    std::vector<const Mount*> found;
    for (const Mount& mount : mounts_)
        if (mount.point != plain && lies_in(mount.point, plain)) found.push_back(&mount);
    std::ranges::stable_sort(found, std::greater<>(), [](const Mount* mount) { return depth_of(mount->point); });
    return found;
}

std::vector<const Mount*> Mounts::of_device(std::string_view device) const {
    std::vector<const Mount*> found;
    for (const Mount& mount : mounts_)
        if (mount.device == device) found.push_back(&mount);
    return found;
}

std::string unescape_octal(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escape =
            text[i] == '\\' && i + 3 < text.size() && is_octal(text[i + 1]) && is_octal(text[i + 2]) && is_octal(text[i + 3]);
        if (!escape) {
            plain += text[i];
            continue;
        }
        plain += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
        i += 3;
    }
    return plain;
}

Path plain_path(std::string_view path) {
    std::vector<std::string_view> parts;
    for (const std::string_view part : split(path, '/')) {
        if (part.empty() || part == ".") continue;
        if (part != "..")
            parts.push_back(part);
        else if (!parts.empty())
            parts.pop_back();
    }
    Path plain;
    for (const std::string_view part : parts) plain.append("/").append(part);
    return plain.empty() ? "/" : plain;
}

bool lies_in(std::string_view path, std::string_view directory) {
    if (directory == "/") return path.starts_with('/');
    return path.starts_with(directory) && (path.size() == directory.size() || path[directory.size()] == '/');
}

int depth_of(std::string_view path) {
    const Path plain = plain_path(path);
    return plain == "/" ? 0 : static_cast<int>(std::ranges::count(plain, '/'));
}

}  // namespace svcmgr
