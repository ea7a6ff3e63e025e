#include "resources/node_kinds.h"

#include <fmt/format.h>

#include <algorithm>

#include "resources/directory.h"
#include "resources/fs_mount.h"
#include "resources/fs_order.h"
#include "resources/loop.h"
#include "resources/mounts.h"
#include "resources/nfs_share.h"
#include "resources/node_app.h"
#include "resources/node_ip.h"
#include "resources/raw_disks.h"
#include "resources/task.h"
#include "resources/volume_group.h"

namespace svcmgr {

namespace {

using Made = tl::expected<std::unique_ptr<Resource>, std::string>;

struct Request {
    const Options& section;
    const std::vector<Options>& sections;
    const ServicePart& part;

    Rid rid() const { return Rid(section.section()); }
};

/// Whether the section is about the inside of a guest or of a zone.
std::string why_not_here(const Options& section) {
    const std::vector<std::string> tags = section.list("tags");
    if (section.flag("encap") || std::ranges::find(tags, "encap") != tags.end())
        return "it lives inside the guest (encap), and svcmgr runs no agent there";
    if (section.keywords().find("zone") != nullptr && !section.text("zone").empty()) return "Solaris zones have no driver in this version";
    return {};
}

std::vector<Path> mount_points(const std::vector<Options>& sections) {
    std::vector<Path> points;
    for (const Options& section : sections)
        if (section.keywords().find("mnt") != nullptr && !section.text("mnt").empty()) points.push_back(plain_path(section.text("mnt")));
    return points;
}

Made make_app(const Request& request) {
    if (const std::string type = request.section.text("type"); type != "forking")
        return tl::unexpected(fmt::format("apps with type = {} have no driver in this version; a forking launcher has", type));
    NodeApp::Home home{request.part.service, fmt::format("{}/{}.d", request.part.configuration, request.part.service), request.part.logs,
                       mount_points(request.sections)};
    return std::make_unique<NodeApp>(request.rid(), request.section, std::move(home));
}

Made make_task(const Request& request) {
    if (const std::string type = request.section.text("type"); type != "host")
        return tl::unexpected(fmt::format("tasks with type = {} have no driver in this version", type));
    return std::make_unique<Task>(request.rid(), request.section, Task::Home{request.part.service, request.part.state, request.part.logs});
}

Made make_fs(const Request& request) {
    const int place = fs_place(request.section, request.sections);
    if (request.section.text("type") == "directory") return std::make_unique<Directory>(request.rid(), request.section, place);
    return std::make_unique<FsMount>(request.rid(), request.section, place);
}

Made make_loop(const Request& request) {
    return std::make_unique<Loop>(request.rid(), request.section);
}

Made make_volume_group(const Request& request) {
    return std::make_unique<VolumeGroup>(request.rid(), request.section);
}

Made make_raw(const Request& request) {
    for (const std::string& device : request.section.list("devs")) {
        if (device.find(':') != std::string::npos)
            return tl::unexpected(
                fmt::format("Linux has no raw character devices since 5.14: say the block device alone instead of {}", device));
        if (!device.starts_with('/')) return tl::unexpected(fmt::format("'{}' in `devs` is no path of a device", device));
    }
    return std::make_unique<RawDisks>(request.rid(), request.section);
}

Made make_ip(const Request& request) {
    if (const std::string type = request.section.text("type"); !type.empty())
        return tl::unexpected(
            fmt::format("addresses with type = {} have no driver in this version; leave `type` out for one of the node", type));
    return std::make_unique<NodeIp>(request.rid(), request.section);
}

Made make_share(const Request& request) {
    if (const std::string type = request.section.text("type"); type != "nfs")
        return tl::unexpected(fmt::format("shares with type = {} have no driver in this version", type));
    return std::make_unique<NfsShare>(request.rid(), request.section);
}

struct Maker {
    std::string_view driver;
    Made (*make)(const Request& request);
};

constexpr Maker makers[] = {
    {"app", make_app}, {"fs", make_fs},       {"ip", make_ip},     {"loop", make_loop},       {"lvm", make_volume_group},
    {"raw", make_raw}, {"share", make_share}, {"task", make_task}, {"vg", make_volume_group},
};

}  // namespace

tl::expected<std::unique_ptr<Resource>, std::string> make_node_resource(const Options& section, const std::string& driver,
                                                                        const std::vector<Options>& sections, const ServicePart& part) {
    if (std::string reason = why_not_here(section); !reason.empty()) return tl::unexpected(std::move(reason));
    const auto maker = std::ranges::find(makers, driver, &Maker::driver);
    if (maker == std::end(makers)) return tl::unexpected(fmt::format("{} resources of the node have no driver in this version", driver));
    return maker->make({section, sections, part});
}

}  // namespace svcmgr
