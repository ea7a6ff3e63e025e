#include "drivers/network/cni/configuration.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <optional>

#include "drivers/numbers.h"
#include "drivers/options.h"

namespace svcmgr::cni {

namespace {

/// What a file without `cniVersion` means (specification 0.2.0 and earlier).
constexpr const char* version_of_old_files = "0.2.0";
constexpr std::array<int, 3> first_with_results{0, 4, 0};
constexpr int deepest = 100;

using Version = std::array<int, 3>;

std::optional<Version> parse_version(std::string_view text) {
    const auto parts = split(text, '.');
    Version version{};
    if (parts.size() != version.size()) return std::nullopt;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto number = parse_number<int>(parts[i]);
        if (!number || *number < 0) return std::nullopt;
        version[i] = *number;
    }
    return version;
}

bool is_alphanumeric(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error …": what stands behind the library's own words.
std::string reason_of(const Json::exception& error) {
    std::string text = error.what();
    if (const auto at = text.find("parse error at "); at != std::string::npos) return text.substr(at + 15);
    const auto bracket = text.find("] ");
    return bracket == std::string::npos ? text : text.substr(bracket + 2);
}

tl::unexpected<std::string> wrong(std::string reason) {
    return tl::unexpected(std::move(reason));
}

/// What goes deeper could only be copied, and written, by going as deep on the stack.
bool is_too_deep(std::string_view text) {
    int depth = 0;
    bool in_string = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (in_string && c == '\\')
            ++at;
        else if (c == '"')
            in_string = !in_string;
        else if (!in_string && (c == '[' || c == '{'))
            ++depth;
        else if (!in_string && (c == ']' || c == '}'))
            --depth;
        if (depth > deepest) return true;
    }
    return false;
}

/// `disableCheck` is a word in the text of the specification, and a boolean in its library.
tl::expected<bool, std::string> read_checked(const Json& list) {
    const auto found = list.find("disableCheck");
    if (found == list.end()) return true;
    if (found->is_boolean()) return !found->get<bool>();
    if (found->is_string() && (*found == "true" || *found == "false")) return *found == "false";
    return wrong("disableCheck is neither true nor false");
}

/// A plugin is a file of one of the plugin directories: its type may not lead elsewhere.
std::string problem_of_plugin(const Json& plugin) {
    if (!plugin.is_object()) return "it is no object";
    const auto type = plugin.find("type");
    if (type == plugin.end()) return "it has no type";
    if (!type->is_string() || type->get_ref<const std::string&>().empty()) return "its type is no name";
    const auto& name = type->get_ref<const std::string&>();
    return name.find('/') != std::string::npos || name.starts_with('.') ? fmt::format("its type '{}' is no name of a plugin", name) : "";
}

tl::expected<Network, std::string> read_network(const Json& json) {
    if (!json.is_object()) return wrong("it is no object");
    Network network;
    const auto name = json.find("name");
    if (name == json.end() || !name->is_string()) return wrong("it has no name");
    network.name = name->get<std::string>();
    if (!is_cni_name(network.name)) return wrong(fmt::format("'{}' can't be the name of a network", network.name));
    const auto version = json.find("cniVersion");
    if (version != json.end() && !version->is_string()) return wrong(fmt::format("the cniVersion of {} is no text", network.name));
    network.version = version == json.end() || version->get<std::string>().empty() ? version_of_old_files : version->get<std::string>();
    if (!parse_version(network.version))
        return wrong(fmt::format("the cniVersion of {} is no version: '{}'", network.name, network.version));
    const auto checked = read_checked(json);
    if (!checked) return wrong(fmt::format("{}: {}", network.name, checked.error()));
    network.checked = *checked;
    const auto plugins = json.find("plugins");
    if (plugins != json.end() && !plugins->is_array()) return wrong(fmt::format("the plugins of {} are no list", network.name));
    if (plugins == json.end())
        network.plugins.push_back(json);
    else
        network.plugins.assign(plugins->begin(), plugins->end());
    if (network.plugins.empty()) return wrong(fmt::format("{} has no plugin", network.name));
    for (std::size_t i = 0; i < network.plugins.size(); ++i)
        if (const std::string problem = problem_of_plugin(network.plugins[i]); !problem.empty())
            return wrong(fmt::format("plugin {} of {}: {}", i + 1, network.name, problem));
    return network;
}

}  // namespace

bool Network::knows_results() const {
    const auto parsed = parse_version(version);
    return parsed && *parsed >= first_with_results;
}

Json Network::json() const {
    return {{"cniVersion", version}, {"name", name}, {"disableCheck", !checked}, {"plugins", plugins}};
}

bool is_cni_name(std::string_view text) {
    const auto allowed = [](char c) { return is_alphanumeric(c) || c == '_' || c == '.' || c == '-'; };
    return !text.empty() && is_alphanumeric(text.front()) && std::ranges::all_of(text, allowed);
}

tl::expected<Json, std::string> parse_json(std::string_view text) {
    if (is_too_deep(text)) return wrong(fmt::format("it is nested more than {} deep", deepest));
    try {
        return Json::parse(text);
    } catch (const Json::exception& error) {
        return wrong(reason_of(error));
    }
}

tl::expected<std::vector<Network>, std::string> read_networks(std::string_view text) {
    const auto json = parse_json(text);
    if (!json) return wrong(json.error());
    std::vector<Network> networks;
    const auto several = json->is_object() ? json->find("networks") : json->end();
    if (!json->is_object() || several == json->end()) {
        auto one = read_network(*json);
        if (!one) return wrong(one.error());
        networks.push_back(std::move(*one));
        return networks;
    }
    if (!several->is_array()) return wrong("its networks are no list");
    for (const Json& each : *several) {
        auto one = read_network(each);
        if (!one) return wrong(fmt::format("network {}: {}", networks.size() + 1, one.error()));
        networks.push_back(std::move(*one));
    }
    return networks;
}

tl::expected<Network, std::string> find_network(const Files& files, const Path& directory, const std::string& name) {
    const auto listed = files.list(directory);
    if (!listed) return wrong(fmt::format("{}: {}", directory, listed.error().reason));
    std::vector<std::string> known, problems;
    for (const std::string& file : *listed) {
        if (!file.ends_with(".conflist") && !file.ends_with(".conf") && !file.ends_with(".json")) continue;
        const Path path = fmt::format("{}/{}", directory, file);
        const auto text = files.read(path);
        const auto networks = text ? read_networks(*text) : wrong(text.error().reason);
        if (!networks) {
            problems.push_back(fmt::format("{}: {}", path, networks.error()));
            continue;
        }
        for (const Network& network : *networks) {
            if (network.name == name) return network;
            known.push_back(network.name);
        }
    }
    std::string reason = fmt::format("no file of {} describes the network {}", directory, name);
    if (!known.empty()) reason += fmt::format("; there are: {}", fmt::join(known, ", "));
    for (const std::string& problem : problems) reason += fmt::format("; {}", problem);
    return wrong(std::move(reason));
}

}  // namespace svcmgr::cni
