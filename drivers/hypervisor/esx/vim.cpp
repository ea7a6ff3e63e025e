#include "drivers/hypervisor/esx/vim.h"

#include <fmt/format.h>

#include "drivers/hypervisor/tools/lines.h"
#include "drivers/network/address.h"
#include "drivers/numbers.h"
#include "drivers/options.h"

namespace svcmgr::esx {

namespace {

using tools::Line;
using tools::not_understood;
using Value = GuestState::Value;

/// `40   my vm   [datastore1] my vm/my vm.vmx   ubuntu64Guest   vmx-08   Annotation`: names may have blanks in them, single ones.
std::optional<Registered> machine_of(std::string_view line) {
    const auto store = line.find(" [");
    const auto file_end = line.find(".vmx ", store);
    const auto store_end = line.find("] ", store);
    if (store == std::string_view::npos || file_end == std::string_view::npos || store_end >= file_end) return std::nullopt;
    const auto front = trimmed(line.substr(0, store));
    const auto id_end = front.find_first_of(" \t");
    const auto id = parse_number<unsigned>(front.substr(0, id_end));
    const auto rest = split_words(line.substr(file_end + 5));
    if (!id || id_end == std::string_view::npos || rest.size() < 2 || !rest[1].starts_with("vmx-")) return std::nullopt;
    Registered machine;
    machine.id = *id;
    machine.name = trimmed(front.substr(id_end));
    machine.vmx = fmt::format("/vmfs/volumes/{}/{}", line.substr(store + 2, store_end - store - 2),
                              line.substr(store_end + 2, file_end + 4 - store_end - 2));
    return machine;
}

bool has_annotation(std::string_view line) {
    return split_words(line.substr(line.find(".vmx ") + 5)).size() > 2;
}

/// `key = VALUE,` -> VALUE without its quotes and its comma.
std::optional<std::pair<std::string_view, std::string_view>> field_of(std::string_view line) {
    const auto equals = line.find(" = ");
    if (equals == std::string_view::npos) return std::nullopt;
    auto value = trimmed(line.substr(equals + 3));
    if (value.ends_with(',')) value.remove_suffix(1);
    if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front())
        value = value.substr(1, value.size() - 2);
    return std::pair(trimmed(line.substr(0, equals)), value);
}

}  // namespace

Read<std::vector<Registered>> parse_all_machines(std::string_view text) {
    const auto lines = tools::lines_of(text);
    if (lines.empty() || split_words(lines.front().text) != split_words("Vmid Name File Guest OS Version Annotation"))
        return tl::unexpected(not_understood(lines.empty() ? Line{1, ""} : lines.front(), "the heading Vmid Name File … is expected"));
    std::vector<Registered> machines;
    bool annotated = false;
    for (std::size_t at = 1; at < lines.size(); ++at) {
        auto machine = machine_of(fmt::format("{} ", lines[at].text));
        if (!machine && !annotated) return tl::unexpected(not_understood(lines[at], "a machine with its file and version is expected"));
        if (!machine) continue;
        annotated = has_annotation(lines[at].text);
        machines.push_back(std::move(*machine));
    }
    return machines;
}

Read<GuestState> parse_power_state(std::string_view text) {
    const auto lines = tools::lines_of(text);
    const Line last = lines.empty() ? Line{1, ""} : lines.back();
    GuestState state;
    state.reason = lower_case(trimmed(last.text));
    if (lines.size() == 2 && lines.front().text == "Retrieved runtime info") {
        if (state.reason == "powered on") state.value = Value::running;
        if (state.reason == "powered off") state.value = Value::stopped;
        if (state.reason == "suspended") state.value = Value::paused;
    }
    if (state.value == Value::unknown) return tl::unexpected(not_understood(last, "Powered on, Powered off or Suspended is expected"));
    return state;
}

Summary parse_summary(std::string_view text) {
    Summary summary;
    for (const Line& line : tools::lines_of(text)) {
        const auto field = field_of(line.text);
        if (!field) continue;
        const auto& [key, value] = *field;
        if (key == "numCpu") summary.processors = parse_number<std::uint32_t>(value);
        if (key == "memorySizeMB") summary.megabytes = parse_number<std::uint32_t>(value);
        if (key == "ipAddress" && address_bytes(std::string(value))) summary.address = value;
    }
    return summary;
}

Read<std::set<unsigned>> parse_autostart(std::string_view text) {
    constexpr std::string_view prefix = "vim.VirtualMachine:";
    std::set<unsigned> ids;
    std::optional<unsigned> id;
    for (const Line& line : tools::lines_of(text)) {
        const auto field = field_of(line.text);
        if (!field) continue;
        const auto& [key, value] = *field;
        if (key == "key") {
            id = value.starts_with(prefix) ? parse_number<unsigned>(value.substr(prefix.size())) : std::nullopt;
            if (!id) return tl::unexpected(not_understood(line, "the key of a machine is expected"));
        }
        // "systemDefault" starts it, too, where the host's autostart is on.
        const auto action = key == "startAction" ? lower_case(value) : std::string();
        if (id && (action == "poweron" || action == "systemdefault")) ids.insert(*id);
    }
    return ids;
}

}  // namespace svcmgr::esx
