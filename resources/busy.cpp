#include "resources/busy.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "drivers/options.h"

namespace svcmgr {

namespace {

constexpr std::size_t most_named = 5;

bool leads_into(const Files& files, const Path& link, const Path& point) {
    const auto target = files.read_link(link);
    return target && lies_in(*target, point);
}

bool holds(const Files& files, const Path& process, const Path& point) {
    for (const char* name : {"cwd", "root", "exe"})
        if (leads_into(files, fmt::format("{}/{}", process, name), point)) return true;
    const auto descriptors = files.list(process + "/fd");
    return descriptors && std::ranges::any_of(*descriptors, [&](const std::string& number) {
               return leads_into(files, fmt::format("{}/fd/{}", process, number), point);
           });
}

std::string name_of(const Files& files, const std::string& pid) {
    const auto name = files.read(fmt::format("/proc/{}/comm", pid));
    return fmt::format("{} (pid {})", name ? std::string(trimmed(*name)) : "a process", pid);
}

void add_processes(const Files& files, const Path& point, std::vector<std::string>& holders) {
    const auto names = files.list("/proc");
    if (!names) return;
    for (const std::string& pid : *names) {
        if (pid.find_first_not_of("0123456789") != std::string::npos) continue;
        if (holds(files, "/proc/" + pid, point)) holders.push_back(name_of(files, pid));
    }
}

void add_loops(const Files& files, const Path& point, std::vector<std::string>& holders) {
    const auto names = files.list("/sys/block");
    if (!names) return;
    for (const std::string& name : *names) {
        if (!name.starts_with("loop")) continue;
        const auto file = files.read(fmt::format("/sys/block/{}/loop/backing_file", name));
        if (file && lies_in(trimmed(*file), point)) holders.push_back(fmt::format("the loop device /dev/{}", name));
    }
}

}  // namespace

std::vector<std::string> holders_of(const Files& files, const Mounts& mounts, const Path& point) {
    const Path plain = plain_path(point);
    std::vector<std::string> holders;
    for (const Mount* mount : mounts.below(plain)) holders.push_back("the mount " + mount->point);
    add_loops(files, plain, holders);
    add_processes(files, plain, holders);
    return holders;
}

std::string held_by(const std::vector<std::string>& holders) {
    if (holders.empty()) return "nobody known holds it";
    const std::size_t named = std::min(holders.size(), most_named);
    std::string text = fmt::format("held by {}", fmt::join(holders.begin(), holders.begin() + static_cast<std::ptrdiff_t>(named), ", "));
    if (holders.size() > named) text += fmt::format(" and {} more", holders.size() - named);
    return text;
}

}  // namespace svcmgr
