#include "drivers/hypervisor/netns/namespaces.h"

#include <fmt/format.h>

#include "drivers/hypervisor/tools/lines.h"
#include "drivers/numbers.h"
#include "drivers/options.h"

namespace svcmgr::netns {

tools::GuestList parse_namespaces(std::string_view text) {
    tools::GuestList list;
    for (const auto& line : tools::lines_of(text)) {
        const std::vector<std::string> words = split_words(line.text);
        const bool has_number = words.size() == 3 && words[1] == "(id:" && words[2].ends_with(')');
        if (words.empty()) continue;
        if (words.size() != 1 && !has_number) {
            list.refuse(line, "it is not NAME or NAME (id: NUMBER)");
            continue;
        }
        GuestState state;
        state.value = GuestState::Value::running;
        state.reason = "there";
        list.add(words.front(), std::move(state));
    }
    return list;
}

tl::expected<std::vector<int>, std::string> parse_processes(std::string_view text) {
    std::vector<int> processes;
    for (const auto& word : split_words(text)) {
        const auto pid = parse_number<int>(word);
        if (!pid || *pid <= 1) return tl::unexpected(fmt::format("'{}' is no process", word));
        processes.push_back(*pid);
    }
    return processes;
}

std::map<std::string, std::string> parse_values(std::string_view text) {
    std::map<std::string, std::string> values;
    for (const auto& line : split(text, '\n')) {
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || !line.starts_with('/')) continue;
        values.emplace(line.substr(0, colon), trimmed(line.substr(colon + 1)));
    }
    return values;
}

}  // namespace svcmgr::netns
