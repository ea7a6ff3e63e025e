#include "drivers/hypervisor/lxc/copy.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "drivers/hypervisor/lxc/interfaces.h"
#include "drivers/options.h"

namespace svcmgr::lxc {

namespace {

/// They run on this node, and what they do there is not known.
constexpr std::string_view hooks[] = {"pre-start", "pre-mount", "mount",     "autodev", "start-host",
                                      "start",     "stop",      "post-stop", "clone",   "destroy"};

class Copier {
public:
    Copier(const Files& files, const Path& config, const GuestCopy& copy) : files_(files), config_(config), copy_(copy) {}

    tl::expected<CopyDefinition, std::string> make(const std::vector<ConfigEntry>& entries) {
        for (const ConfigEntry& entry : entries)
            if (auto problem = take(entry)) return tl::unexpected(std::move(*problem));
        say("lxc.include", config_);
        for (const std::string_view hook : hooks) say(fmt::format("lxc.hook.{}", hook), "");
        say("lxc.start.auto", "0");
        say("lxc.ephemeral", "0");
        say("lxc.console.logfile", copy_.directory + "/console");
        for (const std::string& key : own_groups_) say(key, "");
        for (auto problem : {lay_over_root(), mount_all(), connect_all()})
            if (problem) return tl::unexpected(std::move(*problem));
        return std::move(made_);
    }

private:
    using Problem = std::optional<std::string>;

    Problem take(const ConfigEntry& entry) {
        const auto& [key, value] = entry;
        if (key.starts_with("lxc.network")) return "its configuration has the words of LXC before 2.1: lxc-update-config renews it";
        interfaces_.take(entry);
        if (key == "lxc.rootfs.path" || key == "lxc.rootfs") root_ = value;
        if (key == "lxc.mount.fstab" || key == "lxc.mount") fstab_ = value;
        if (key == "lxc.mount.entry" && value.empty()) mounts_.clear();
        if (key == "lxc.mount.entry" && !value.empty()) mounts_.push_back(value);
        // A group of a name of its own would be the container's and the copy's.
        if (key.starts_with("lxc.cgroup.dir") && std::ranges::find(own_groups_, key) == own_groups_.end()) own_groups_.push_back(key);
        if (key.starts_with("lxc.namespace.share.") && !value.empty()) return fmt::format("it is in a namespace of {} ({})", value, key);
        if (key == "lxc.namespace.keep" && !value.empty()) return fmt::format("it is in namespaces of this node ({})", value);
        return std::nullopt;
    }

    void say(std::string_view key, std::string_view value) { made_.config += fmt::format("{} = {}\n", key, value); }

    Layer layer_above(const Path& lower) {
        made_.layers.push_back({lower, fmt::format("{}/layer{}", copy_.directory, made_.layers.size())});
        return made_.layers.back();
    }

    Problem lay_over_root() {
        const Path directory = root_directory(root_);
        if (directory.empty()) return fmt::format("its root file system {} is no directory of this node", root_);
        if (!is_layerable(directory)) return fmt::format("no layer can be put above a path like {}", directory);
        const Layer layer = layer_above(directory);
        say("lxc.rootfs.path", fmt::format("overlay:{}:{}", layer.lower, layer.upper()));
        return std::nullopt;
    }

    Problem mount_all() {
        std::vector<std::string> lines;
        if (!fstab_.empty()) {
            const auto text = files_.read(fstab_);
            if (!text) return fmt::format("{} can't be read: {}", fstab_, text.error().reason);
            for (const std::string_view line : split(*text, '\n'))
                if (!trimmed(line).empty() && !trimmed(line).starts_with('#')) lines.emplace_back(line);
        }
        lines.insert(lines.end(), mounts_.begin(), mounts_.end());
        say("lxc.mount.fstab", empty_fstab(copy_));  // LXC 5 takes no empty value to take it back
        say("lxc.mount.entry", "");
        for (const std::string& line : lines)
            if (auto problem = mount(line)) return problem;
        return std::nullopt;
    }

    Problem mount(const std::string& line) {
        const auto fields = split_words(line);
        if (fields.size() < 4) return fmt::format("'{}' is no line of an fstab", line);
        const std::string &source = fields[0], &type = fields[2], &options = fields[3];
        const bool binds = has_option(options, "bind") || has_option(options, "rbind");
        const bool of_kernel = source.starts_with("/dev/") || source.starts_with("/sys/") || source.starts_with("/proc/");
        if (!binds && type.starts_with("overlay"))
            return fmt::format("it mounts a layer of its own at {}, where the copy would write", fields[1]);
        if (!binds && (source.starts_with('/') || source.find(":/") != std::string::npos || source.starts_with("//")))
            return fmt::format("it mounts {}, where the copy could write", source);
        if (!binds || of_kernel || has_option(options, "ro")) {
            say("lxc.mount.entry", line);
            return std::nullopt;
        }
        return bind(fields);
    }

    /// A directory or a file of this node that the container may write to.
    Problem bind(const std::vector<std::string>& fields) {
        const std::string &source = fields[0], &options = fields[3];
        const auto facts = files_.facts(source);
        if (!facts && has_option(options, "optional")) return std::nullopt;
        if (!facts) return fmt::format("{}, which it mounts, is not here: {}", source, facts.error().reason);
        const std::string_view optional = has_option(options, "optional") ? ",optional" : "";
        if (facts->kind == FileFacts::Kind::file) {
            made_.files.push_back({source, fmt::format("{}/file{}", copy_.directory, made_.files.size())});
            say("lxc.mount.entry", fmt::format("{} {} none {} 0 0", made_.files.back().to, fields[1], options));
            return std::nullopt;
        }
        if (facts->kind != FileFacts::Kind::directory) return fmt::format("{}, which it mounts, is neither a directory nor a file", source);
        if (!is_layerable(source)) return fmt::format("no layer can be put above a path like {}", source);
        const Layer layer = layer_above(source);
        const std::string_view create = has_option(options, "create=dir") ? ",create=dir" : "";
        say("lxc.mount.entry", fmt::format("overlay {} overlay {}{}{} 0 0", fields[1], layer.options(), create, optional));
        return std::nullopt;
    }

    Problem connect_all() {
        if (interfaces_.by_number().empty()) return "it has no network of its own: it is on this node's, where its copy would be, too";
        say("lxc.net", "");
        int number = 0;
        for (const auto& [theirs, interface] : interfaces_.by_number()) {
            const std::string type = interface.last("type");
            if (type == "none") return "it is on this node's own network, where its copy would be, too";
            if (type == "empty")
                say(fmt::format("lxc.net.{}.type", number++), type);
            else
                connect(number++, interface, type);
        }
        return std::nullopt;
    }

    void connect(int number, const Interface& interface, const std::string& type) {
        const auto set = [&](std::string_view key, const std::string& value) {
            if (!value.empty()) say(fmt::format("lxc.net.{}.{}", number, key), value);
        };
        set("type", "veth");
        set("link", copy_.bridge);
        set("flags", "up");
        const std::string name = interface.last("name");
        set("name", name.empty() && type == "phys" ? interface.last("link") : name);
        set("mtu", interface.last("mtu"));
        for (const std::string_view family : {"ipv4", "ipv6"}) {
            for (const std::string_view key : {".address", ""})
                for (const std::string& address : interface.all(fmt::format("{}{}", family, key)))
                    set(fmt::format("{}.address", family), address);
            // "auto" would be the bridge's address, and it has none.
            const std::string gateway = interface.last(fmt::format("{}.gateway", family));
            if (gateway != "auto") set(fmt::format("{}.gateway", family), gateway);
        }
    }

    const Files& files_;
    const Path& config_;
    const GuestCopy& copy_;
    std::string root_;
    Path fstab_;
    std::vector<std::string> mounts_;
    std::vector<std::string> own_groups_;
    Interfaces interfaces_;
    CopyDefinition made_;
};

}  // namespace

Path empty_fstab(const GuestCopy& copy) {
    return copy.directory + "/fstab";
}

tl::expected<CopyDefinition, std::string> copy_of_container(const Files& files, const std::vector<ConfigEntry>& entries, const Path& config,
                                                            const GuestCopy& copy) {
    return Copier(files, config, copy).make(entries);
}

}  // namespace svcmgr::lxc
