#include "drivers/hypervisor/esx/machines.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "drivers/hypervisor/tools/lines.h"
#include "drivers/network/address.h"
#include "drivers/numbers.h"
#include "drivers/options.h"
#include "drivers/process/first_line.h"

namespace svcmgr::esx {

namespace {

using tools::Line;
using tools::not_understood;
using Value = GuestState::Value;

/// The third of the three words `CALL = VALUE`, of a single line.
Read<std::string> answer_to(std::string_view text, std::string_view call) {
    const auto lines = tools::lines_of(text);
    if (lines.size() == 1) {
        const auto words = split_words(lines.front().text);
        if (words.size() == 3 && words[0] == call && words[1] == "=") return words[2];
    }
    return tl::unexpected(not_understood(lines.empty() ? Line{1, ""} : lines.back(), fmt::format("{} = VALUE is expected", call)));
}

/// `key = "value"`
std::optional<std::pair<std::string, std::string>> setting_of(std::string_view line) {
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const auto key = trimmed(line.substr(0, equals));
    const auto value = trimmed(line.substr(equals + 1));
    if (key.empty() || value.size() < 2 || value.front() != '"' || value.back() != '"') return std::nullopt;
    return std::pair(lower_case(key), std::string(value.substr(1, value.size() - 2)));
}

}  // namespace

Read<std::vector<Path>> parse_registered(std::string_view text) {
    std::vector<Path> paths;
    for (const Line& line : tools::lines_of(text)) {
        const auto path = trimmed(line.text);
        if (!path.starts_with('/') || !path.ends_with(".vmx"))
            return tl::unexpected(not_understood(line, "the path of a .vmx is expected"));
        paths.emplace_back(path);
    }
    return paths;
}

std::vector<Path> files_of(const std::vector<Path>& registered, const std::string& name) {
    std::vector<Path> files;
    std::copy_if(registered.begin(), registered.end(), std::back_inserter(files),
                 [&](const Path& path) { return path.ends_with("/" + name + ".vmx"); });
    return files;
}

Read<GuestState> parse_state(std::string_view text) {
    const auto word = answer_to(text, "getstate()");
    if (!word) return tl::unexpected(word.error());
    GuestState state;
    state.reason = *word;
    if (*word == "on")
        state.value = Value::running;
    else if (*word == "off")
        state.value = Value::stopped;
    else if (*word == "suspended")
        state.value = Value::paused;
    else if (*word == "stuck") {
        state.value = Value::paused;
        state.reason = "stuck: it waits for an answer (vmware-cmd VMX answer)";
    } else
        return tl::unexpected(fmt::format("getstate() says {}, which is no state", first_line(*word)));
    return state;
}

Read<std::uint32_t> parse_config_number(std::string_view text, std::string_view key) {
    const auto word = answer_to(text, fmt::format("getconfig({})", key));
    if (!word) return tl::unexpected(word.error());
    const auto number = parse_number<std::uint32_t>(*word);
    if (!number) return tl::unexpected(fmt::format("getconfig({}) says {}, which is no number", key, first_line(*word)));
    return *number;
}

std::string parse_guest_address(std::string_view text) {
    const auto word = answer_to(text, "getguestinfo(ip)");
    return word && address_bytes(*word) ? *word : std::string();
}

Read<std::vector<GuestDisk>> parse_vmx_disks(std::string_view text, const Path& vmx) {
    std::map<std::string, std::string> settings;
    for (const Line& line : tools::lines_of(text)) {
        if (line.text.starts_with('#')) continue;
        const auto setting = setting_of(line.text);
        if (!setting) return tl::unexpected(not_understood(line, "KEY = \"VALUE\" is expected"));
        settings.insert(*setting);
    }
    std::vector<GuestDisk> disks;
    constexpr std::string_view suffix = ".filename";
    for (const auto& [key, file] : settings) {
        if (!key.ends_with(suffix) || key.find(':') == std::string::npos || file.empty()) continue;
        const std::string device = key.substr(0, key.size() - suffix.size());
        if (lower_case(settings[device + ".present"]) == "false") continue;
        const auto type = lower_case(settings[device + ".devicetype"]);
        GuestDisk disk;
        disk.kind = GuestDisk::Kind::file;
        disk.source = file.starts_with('/') ? file : vmx.substr(0, vmx.rfind('/') + 1) + file;
        disk.target = device;
        disk.bus = device.substr(0, device.find_first_of("0123456789"));
        disk.device = type.find("cdrom") != std::string::npos ? "cdrom" : "disk";
        disk.readonly = disk.device == "cdrom";
        disks.push_back(std::move(disk));
    }
    return disks;
}

}  // namespace svcmgr::esx
