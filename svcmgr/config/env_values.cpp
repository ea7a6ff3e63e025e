#include "svcmgr/config/env_values.h"

#include <fmt/format.h>

#include "drivers/options.h"

namespace svcmgr {

tl::expected<std::map<std::string, std::string>, std::string> read_env_values(std::string_view text) {
    std::map<std::string, std::string> values;
    std::size_t number = 0;
    for (const std::string_view raw : split(text, '\n')) {
        ++number;
        const std::string_view line = trimmed(raw);
        if (line.empty() || line.front() == '#') continue;
        const auto equal = line.find('=');
        const std::string_view name = trimmed(line.substr(0, equal));
        if (equal == std::string_view::npos || name.empty() || name.find_first_of(" \t") != std::string_view::npos)
            return tl::unexpected(fmt::format("line {} is not NAME=value", number));
        std::string_view value = trimmed(line.substr(equal + 1));
        const bool is_quoted = value.size() >= 2 && value.front() == value.back() && (value.front() == '"' || value.front() == '\'');
        if (is_quoted) value = value.substr(1, value.size() - 2);
        values[std::string(name)] = value;
    }
    return values;
}

}  // namespace svcmgr
