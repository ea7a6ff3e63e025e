#include "drivers/hypervisor/docker/copy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "drivers/hypervisor/docker/containers.h"

namespace svcmgr::docker {

namespace {

using Json = nlohmann::json;

/// With these it could change the node itself (capabilities(7)).
constexpr std::array<std::string_view, 8> powers = {"ALL",      "SYS_ADMIN", "SYS_MODULE", "SYS_RAWIO",
                                                    "SYS_BOOT", "SYS_TIME",  "SYS_PTRACE", "DAC_READ_SEARCH"};
/// Where the node's services listen, and where reading may do something.
constexpr std::array<std::string_view, 5> of_node = {"/run", "/var/run", "/proc", "/sys", "/dev"};

bool is_power(std::string_view capability) {
    if (capability.starts_with("CAP_")) capability.remove_prefix(4);
    return std::ranges::find(powers, capability) != powers.end();
}

bool is_of_node(std::string_view path) {
    return path == "/" ||
           std::ranges::any_of(of_node, [&](std::string_view one) { return path == one || path.starts_with(std::string(one) + '/'); });
}

class Copier {
public:
    Copier(const Guest& guest, Creation creation, const GuestCopy& copy, const Files& files, const FindVolume& find_volume)
        : guest_(guest), copy_(copy), files_(files), find_volume_(find_volume) {
        made_.creation = std::move(creation);
    }

    tl::expected<CopyDefinition, std::string> make() {
        for (auto problem : {check_rights(), check_namespaces(), mount_all()})
            if (problem) return tl::unexpected(std::move(*problem));
        connect();
        host().erase("LogConfig");
        body()["Labels"][copy_label] = copy_.name;
        Guest copied = guest_;
        copied.copy_directory = copy_.directory;
        for (const auto& [name, value] : labels_of(copied)) body()["Labels"][name] = value;
        made_.creation.name = copy_.name;
        return std::move(made_);
    }

private:
    using Problem = std::optional<std::string>;

    const DockerRun& run() const { return made_.creation.run; }
    Json& body() { return made_.creation.body; }
    Json& host() { return made_.creation.body["HostConfig"]; }

    Problem check_rights() const {
        if (run().privileged) return "it is privileged, and so would its copy be on this node";
        const auto power = std::ranges::find_if(run().cap_add, is_power);
        if (power != run().cap_add.end()) return fmt::format("it has the right {}, and so would its copy have on this node", *power);
        if (!run().devices.empty()) return fmt::format("it uses {} of this node", run().devices.front().node);
        if (!run().volumes_from.empty()) return fmt::format("it has the volumes of {}", run().volumes_from.front());
        if (!run().links.empty()) return fmt::format("it is linked to {}", run().links.front());
        if (!guest_.networks.empty()) return fmt::format("it is in the network {} of this node", guest_.networks.front().name);
        return std::nullopt;
    }

    Problem check_namespaces() const {
        if (run().network == "host") return "it is on this node's own network, where its copy would be, too";
        for (const auto& [kind, word] :
             {std::pair{"processes", &run().pid}, std::pair{"shared memory", &run().ipc}, std::pair{"network", &run().network}}) {
            if (*word == "host") return fmt::format("it shares the {} of this node", kind);
            if (word->starts_with(container_word) && word->find('#') == std::string::npos)
                return fmt::format("it shares the {} of another container ({})", kind, *word);
        }
        return std::nullopt;
    }

    void connect() {
        for (const char* name : {"PortBindings", "PublishAllPorts"}) host().erase(name);
        if (run().network == "none" || run().network.starts_with(container_word)) return;
        Json aliases = run().aliases;
        aliases.push_back(guest_.name);
        host()["NetworkMode"] = copy_.bridge;
        body()["NetworkingConfig"] = {{"EndpointsConfig", {{copy_.bridge, {{"Aliases", aliases}}}}}};
    }

    Problem mount_all() {
        Json mounts = Json::array();
        for (const DockerRun::Mount& mount : run().mounts) {
            if (mount.source.empty()) continue;
            Json one = {{"Target", mount.target}};
            if (auto problem = mount.is_path() ? bind(mount, one) : mount_volume(mount, one)) return problem;
            if (mount.readonly) one["ReadOnly"] = true;
            mounts.push_back(std::move(one));
        }
        host().erase("Binds");
        host()["Mounts"] = std::move(mounts);
        return std::nullopt;
    }

    Problem bind(const DockerRun::Mount& mount, Json& one) {
        if (is_of_node(mount.source)) return fmt::format("it mounts {}, which is of the node itself", mount.source);
        const auto facts = files_.facts(mount.source);
        if (!facts) return fmt::format("{}, which it mounts, is not here: {}", mount.source, facts.error().reason);
        if (facts->kind == FileFacts::Kind::directory && !mount.readonly) return lay_over(mount.source, one);
        if (facts->kind != FileFacts::Kind::directory && facts->kind != FileFacts::Kind::file)
            return fmt::format("{}, which it mounts, is neither a directory nor a file", mount.source);
        Path source = mount.source;
        if (!mount.readonly) {
            source = fmt::format("{}/file{}", copy_.directory, made_.files.size());
            made_.files.push_back({mount.source, source});
        }
        one["Type"] = "bind";
        one["Source"] = source;
        return std::nullopt;
    }

    Problem mount_volume(const DockerRun::Mount& mount, Json& one) {
        const auto volume = find_volume_(mount.source);
        one["Type"] = "volume";
        if (!volume) return std::nullopt;  // a start would make an empty one
        if (volume->driver != "local" || volume->has_options || volume->mountpoint.empty())
            return fmt::format("its volume {} is not kept in a directory of this node (driver {})", mount.source, volume->driver);
        return lay_over(volume->mountpoint, one);
    }

    Problem lay_over(const Path& directory, Json& one) {
        if (!is_layerable(directory)) return fmt::format("no layer can be put above a path like {}", directory);
        made_.layers.push_back({directory, fmt::format("{}/layer{}", copy_.directory, made_.layers.size())});
        const Json options = {{"type", "overlay"}, {"device", "overlay"}, {"o", made_.layers.back().options()}};
        one["Type"] = "volume";
        one["VolumeOptions"] = {{"NoCopy", true}, {"DriverConfig", {{"Name", "local"}, {"Options", options}}}};
        return std::nullopt;
    }

    const Guest& guest_;
    const GuestCopy& copy_;
    const Files& files_;
    const FindVolume& find_volume_;
    CopyDefinition made_;
};

}  // namespace

tl::expected<CopyDefinition, std::string> copy_of_container(const Guest& guest, Creation creation, const GuestCopy& copy,
                                                            const Files& files, const FindVolume& find_volume) {
    return Copier(guest, std::move(creation), copy, files, find_volume).make();
}

Json copy_network(const GuestCopy& copy) {
    return {{"Name", copy.bridge},
            {"CheckDuplicate", true},
            {"Driver", "bridge"},
            {"Internal", true},
            {"Options", {{"com.docker.network.bridge.name", copy.bridge}, {"com.docker.network.bridge.inhibit_ipv4", "true"}}},
            {"Labels", {{copy_label, copy.name}}}};
}

}  // namespace svcmgr::docker
