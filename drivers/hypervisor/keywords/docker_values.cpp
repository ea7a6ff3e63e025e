// Values of docker's own syntax.

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "drivers/hypervisor/keywords/docker_run.h"

namespace svcmgr {

namespace {

constexpr std::string_view propagations[] = {"shared", "slave", "private", "rshared", "rslave", "rprivate"};

bool one_of(const auto& one, const auto& all) {
    return std::find(std::begin(all), std::end(all), one) != std::end(all);
}

/// The name of one of docker's volumes.
bool is_volume_name(std::string_view text) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || one_of(c, std::string_view("_.-"));
    };
    return !text.empty() && text.front() != '-' && std::ranges::all_of(text, allowed);
}

std::optional<int> parse_port_number(std::string_view text) {
    const auto number = parse_integer(text);
    if (!number || *number < 1 || *number > 65535) return std::nullopt;
    return static_cast<int>(*number);
}

std::string read_mount_options(std::string_view text, DockerRun::Mount& mount) {
    for (const std::string_view option : split(text, ',')) {
        if (option == "ro" || option == "rw")
            mount.readonly = option == "ro";
        else if (option == "z" || option == "Z")
            mount.relabel = option;
        else if (one_of(option, propagations))
            mount.propagation = option;
        else
            return fmt::format("'{}' is no option of a volume; there are: ro, rw, z, Z, shared, slave, private, rshared, rslave, rprivate",
                               option);
    }
    return {};
}

}  // namespace

tl::expected<DockerRun::Mount, std::string> parse_docker_mount(std::string_view text) {
    const auto parts = split(text, ':');
    DockerRun::Mount mount;
    if (parts.size() > 3) return tl::unexpected(fmt::format("'{}' is not node:container:options", text));
    mount.target = parts.size() == 1 ? parts[0] : parts[1];
    if (parts.size() > 1) mount.source = parts[0];
    if (!mount.target.starts_with('/')) return tl::unexpected(fmt::format("'{}': the path in the container has to begin with '/'", text));
    if (parts.size() > 1 && !mount.is_path() && !is_volume_name(mount.source))
        return tl::unexpected(fmt::format("'{}': '{}' is neither a path from '/' on nor the name of a volume", text, mount.source));
    if (mount.is_path() && mount.source.find("/../") != std::string::npos)
        return tl::unexpected(fmt::format("'{}': write the path without '..'", text));
    if (parts.size() == 3)
        if (std::string problem = read_mount_options(parts[2], mount); !problem.empty()) return tl::unexpected(std::move(problem));
    return mount;
}

tl::expected<DockerRun::Port, std::string> parse_docker_port(std::string_view text) {
    const auto wrong = [&] { return tl::unexpected(fmt::format("'{}' is not address:port:port/protocol", text)); };
    DockerRun::Port port;
    std::string_view rest = text;
    if (const auto slash = rest.rfind('/'); slash != std::string_view::npos) {
        port.protocol = rest.substr(slash + 1);
        if (!one_of(port.protocol, std::initializer_list<std::string_view>{"tcp", "udp", "sctp"})) return wrong();
        rest = rest.substr(0, slash);
    }
    const auto last = rest.rfind(':');
    const auto container = parse_port_number(last == std::string_view::npos ? rest : rest.substr(last + 1));
    if (!container) {
        if (rest.find('-') != std::string_view::npos) return tl::unexpected(fmt::format("'{}': name each port, ranges are not read", text));
        return wrong();
    }
    port.container = *container;
    if (last == std::string_view::npos) return port;

    rest = rest.substr(0, last);
    const auto before = rest.rfind(':');
    const bool has_address = before != std::string_view::npos;
    const std::string_view node = has_address ? rest.substr(before + 1) : rest;
    if (has_address) port.address = rest.substr(0, before);
    if (port.address.starts_with('[') && port.address.ends_with(']')) port.address = port.address.substr(1, port.address.size() - 2);
    if (has_address && node.empty()) return port;
    const auto number = parse_port_number(node);
    if (!number) return wrong();
    port.node = *number;
    return port;
}

tl::expected<DockerRun::Device, std::string> parse_docker_device(std::string_view text) {
    const auto parts = split(text, ':');
    DockerRun::Device device;
    device.node = parts[0];
    device.container = parts[0];
    const auto is_permissions = [](std::string_view word) {
        return !word.empty() && std::ranges::all_of(word, [](char c) { return one_of(c, std::string_view("rwm")); });
    };
    if (parts.size() == 2 && is_permissions(parts[1]))
        device.permissions = parts[1];
    else if (parts.size() > 1)
        device.container = parts[1];
    if (parts.size() == 3) device.permissions = parts[2];
    if (parts.size() > 3 || !device.node.starts_with('/') || !device.container.starts_with('/') || !is_permissions(device.permissions))
        return tl::unexpected(fmt::format("'{}' is not node:container:permissions", text));
    return device;
}

std::optional<std::int64_t> parse_docker_size(std::string_view text) {
    std::int64_t unit = 1;
    std::string lower = lower_case(text);
    if (lower.size() > 1 && lower.back() == 'b') lower.pop_back();
    if (!lower.empty()) switch (lower.back()) {
            case 'b': unit = 1; break;
            case 'k': unit = std::int64_t{1} << 10; break;
            case 'm': unit = std::int64_t{1} << 20; break;
            case 'g': unit = std::int64_t{1} << 30; break;
            case 't': unit = std::int64_t{1} << 40; break;
            default: unit = 0;
        }
    if (unit == 0)
        unit = 1;
    else if (!lower.empty())
        lower.pop_back();
    const auto number = parse_integer(lower);
    if (!number || *number > std::numeric_limits<std::int64_t>::max() / unit) return std::nullopt;
    return *number * unit;
}

}  // namespace svcmgr
