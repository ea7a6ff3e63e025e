#include "drivers/secrets.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "drivers/options.h"
#include "drivers/secret_names.h"

namespace svcmgr {

namespace {

constexpr std::size_t shortest_secret = 3;
constexpr std::size_t shortest_line = 8;

}  // namespace

void Secrets::add(std::string value) {
    if (value.size() < shortest_secret) return;
    const auto place = std::ranges::find_if(values_, [&](const std::string& other) { return other.size() < value.size(); });
    values_.insert(place, std::move(value));
}

void Secrets::add_as_written(const std::string& value) {
    add(value);
    const bool is_quoted = value.size() > 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front();
    if (is_quoted) add(value.substr(1, value.size() - 2));
    if (value.find('\n') == std::string::npos) return;
    for (const std::string_view line : split(value, '\n'))
        if (const std::string_view text = trimmed(line); text.size() >= shortest_line) add(std::string(text));
}

std::string Secrets::hidden_in(std::string text) const {
    for (const std::string& value : values_)
        for (auto at = text.find(value); at != std::string::npos; at = text.find(value, at + secret_mark.size()))
            text.replace(at, value.size(), secret_mark);
    return text;
}

Error Secrets::hidden_in(const Error& error) const {
    return {error.code(), hidden_in(error.message()), hidden_in(error.where()), hidden_in(error.hint())};
}

}  // namespace svcmgr
