#include "resources/kinds.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "drivers/hypervisor/table.h"
#include "resources/cni_ip.h"
#include "resources/container.h"
#include "resources/guest_app.h"
#include "resources/guest_ip.h"
#include "resources/keywords.h"
#include "resources/network_ip.h"
#include "resources/node_kinds.h"
#include "resources/route_ip.h"
#include "resources/unsupported.h"
#include "resources/vmdg.h"

namespace svcmgr {

namespace {

/// Where sections of a kind stand in the tree; nothing for those that make no resource.
std::optional<Group> group_of(const std::string& kind) {
    static const std::map<std::string_view, Group> groups = {
        {"container", Group::container}, {"ip", Group::ip},   {"disk", Group::disk}, {"fs", Group::fs},    {"volume", Group::fs},
        {"share", Group::share},         {"app", Group::app}, {"sync", Group::sync}, {"task", Group::task}};
    const auto found = groups.find(disk_driver_of(kind).empty() ? std::string_view(kind) : "disk");
    return found == groups.end() ? std::nullopt : std::optional(found->second);
}

/// "vmdg" for [vmdg], [vmdg#1] and [disk#1] with type = vmdg.
std::string driver_of(const Options& section, const std::string& kind) {
    if (kind == "disk") return section.text("type");
    return disk_driver_of(kind).empty() ? kind : std::string(disk_driver_of(kind));
}

class Maker {
public:
    Maker(const std::vector<Options>& sections, const ServicePart& part) : sections_(sections), part_(part) {}

    std::vector<std::unique_ptr<Resource>> make() {
        for (const Options& section : sections_)
            if (kind_of(section) == "fs") mount_points_.push_back(section.text("mnt"));
        for (const Options& section : sections_)
            if (kind_of(section) == "container") make_container(section);
        for (const Options& section : sections_) make_other(section);
        make_reservations();
        if (only_container() != nullptr && !has_app_)
            add<GuestApp>(Rid("app"), app_options(), *only_container(), part_.service, part_.logs);
        return std::move(made_);
    }

private:
    /// A guest runs only while its disks are reserved: it requires that like anything that an env file says.
    Options behind_reservation(const Options& container) const {
        Options options = container;
        for (const Options& section : sections_)
            if (is_reserved(section) && (has_disks_of(section, container) || (&section == &container && !has_reserved_vmdg(container))))
                options.set("start_requires", {fmt::format("{} {}pr(up,warn,n/a)", options.text("start_requires"), section.section()),
                                               options.place_of("start_requires")});
        return options;
    }

    static bool is_reserved(const Options& section) {
        return section.keywords().find("scsireserv") != nullptr && section.flag("scsireserv");
    }

    /// Whether a section is the vmdg of a container.
    bool has_disks_of(const Options& section, const Options& container) const {
        if (driver_of(section, kind_of(section)) != "vmdg") return false;
        const std::string named = section.text("container_id");
        if (!named.empty()) return named == container.section();
        return std::ranges::count_if(sections_, [](const Options& one) { return kind_of(one) == "container"; }) == 1;
    }

    bool has_reserved_vmdg(const Options& container) const {
        return std::ranges::any_of(sections_,
                                   [&](const Options& section) { return is_reserved(section) && has_disks_of(section, container); });
    }

    void make_reservations() {
        std::vector<std::unique_ptr<Resource>> reservations;
        for (const auto& resource : made_) {
            if (dynamic_cast<const Unsupported*>(resource.get()) != nullptr || !is_reserved(resource->options())) continue;
            if (resource->group() == Group::container && has_reserved_vmdg(resource->options())) continue;
            const auto* vmdg = dynamic_cast<const Vmdg*>(resource.get());
            const auto* container = vmdg != nullptr ? &vmdg->container() : dynamic_cast<const Container*>(resource.get());
            reservations.push_back(std::make_unique<ScsiReservation>(*resource, container, part_.reservation));
        }
        std::ranges::move(reservations, std::back_inserter(made_));
    }

    static std::string kind_of(const Options& section) { return Rid(section.section()).kind(); }

    template <typename Type, typename... Arguments>
    void add(Arguments&&... arguments) {
        made_.push_back(std::make_unique<Type>(std::forward<Arguments>(arguments)...));
    }

    void add_unsupported(const Options& section, Group group, std::string reason) {
        add<Unsupported>(Rid(section.section()), group, kind_of(section), section, part_.secrets.hidden_in(std::move(reason)));
    }

    void make_container(const Options& section) {
        const std::string type = section.text("type");
        if (find_hypervisor_type(type) == nullptr) return add_unsupported(section, Group::container, explain_unknown_hypervisor(type));
        auto container = std::make_unique<Container>(Rid(section.section()), behind_reservation(section), guest_of(section));
        containers_.push_back(container.get());
        if (find_hypervisor_type(type)->readiness != Readiness::by_itself) machines_.push_back(container.get());
        made_.push_back(std::move(container));
    }

    Guest guest_of(const Options& section) const {
        Guest guest;
        guest.name = section.said("name") ? section.text("name") : default_name(section);
        guest.hostname = section.text("hostname");
        if (guest.hostname.empty()) guest.hostname = guest.name;
        guest.windows = section.text("guestos") == "windows";
        guest.ssh_user = part_.ssh_user;
        guest.ssh_port = part_.ssh_port;
        guest.labels = {{"svcmgr.service", part_.service}, {"svcmgr.rid", section.section()}};
        guest.at_drp_site = part_.at_drp_site;
        guest.runs_once = section.keywords().find("detach") != nullptr && !section.flag("detach");
        guest.mount_points = mount_points_;
        guest.networks = networks_of(section);
        guest.section = std::make_shared<const Options>(section);
        if (const auto settle = find_hypervisor_type(section.text("type"))->settle) guest = settle(std::move(guest), part_.id);
        return part_.change_guest ? part_.change_guest(std::move(guest)) : guest;
    }

    /// A service may have many guests that it makes itself: their names are made of service and resource (contract.md 5.11).
    std::string default_name(const Options& section) const {
        if (find_hypervisor_type(section.text("type"))->origin == Origin::definition) return part_.service;
        std::string name = fmt::format("{}.{}", part_.service, section.section());
        std::ranges::replace(name, '#', '.');
        return name;
    }

    void make_other(const Options& section) {
        const Rid rid(section.section());
        const std::string driver = driver_of(section, rid.kind());
        const std::optional<Group> group = group_of(rid.kind());
        if (!group || group == Group::container || rid.text() == "sync#i0") return;
        const Container* container = driver == "vmdg" ? container_named(section.text("container_id")) : only_container();
        if (group == Group::app) has_app_ = true;
        if (driver == "ip" && is_in_containers_network(section)) return make_outside_ip(section);
        if (driver == "ip" && container != nullptr) return add<GuestIp>(rid, section, *container);
        if (driver == "vmdg" && container != nullptr) return add<Vmdg>(rid, section, *container);
        if (rid.text() == "app" && container != nullptr) return add<GuestApp>(rid, section, *container, part_.service, part_.logs);
        if (std::string reason = why_not(driver); !reason.empty()) return add_unsupported(section, *group, std::move(reason));
        auto made =
            group == Group::sync && part_.make_sync ? part_.make_sync(section) : make_node_resource(section, driver, sections_, part_);
        if (!made) return add_unsupported(section, *group, std::move(made.error()));
        made_.push_back(std::move(*made));
    }

    /// Whether the node makes the address in the network of a container.
    static bool is_in_containers_network(const Options& section) {
        const std::string type = section.text("type");
        return type == "cni" || type == "route" || type == "docker";
    }

    void make_outside_ip(const Options& section) {
        const std::string type = section.text("type");
        const char* keyword = type == "docker" ? "container_rid" : "netns";
        const std::string named = section.text(keyword);
        const Container* container = containers_.size() == 1 ? containers_.front() : nullptr;
        if (!named.empty()) container = container_named(named);
        const Rid rid(section.section());
        std::string problem;
        if (container == nullptr)
            problem = named.empty() ? fmt::format("the service has not exactly one container, and `{}` does not say which one", keyword)
                                    : fmt::format("there is no container {}", named);
        else if (type == "docker")
            problem = problem_of_network(section);
        else if (type == "cni")
            problem = CniIp::problem_of(section);
        if (!problem.empty()) return add_unsupported(section, Group::ip, std::move(problem));
        if (type == "docker") return add<NetworkIp>(rid, section, *container, network_of(section));
        if (type == "route") return add<RouteIp>(rid, section, *container);
        add<CniIp>(rid, section, *container, part_.service, part_.cni);
    }

    /// In the order of the file: a container's first network is its default route.
    std::vector<GuestNetwork> networks_of(const Options& container) const {
        std::vector<GuestNetwork> networks;
        const auto containers = std::ranges::count_if(sections_, [](const Options& one) { return kind_of(one) == "container"; });
        for (const Options& section : sections_) {
            if (kind_of(section) != "ip" || section.text("type") != "docker" || !problem_of_network(section).empty()) continue;
            const std::string named = section.text("container_rid");
            if ((named.empty() && containers == 1) || named == container.section()) networks.push_back(network_of(section));
        }
        return networks;
    }

    /// Of what belongs to a guest: why nobody knows to which one. Empty for what the node carries.
    std::string why_not(const std::string& driver) const {
        if (driver == "vmdg" && machines_.empty()) return "a vmdg needs a container whose disks it stands for";
        if (driver == "vmdg" || (driver == "ip" && !machines_.empty()))
            return "the service has several containers, and this does not say to which one it belongs";
        return {};
    }

    const Container* only_container() const { return machines_.size() == 1 ? machines_.front() : nullptr; }

    /// By rid; a bare `[vmdg]` belongs to the service's only container (contract.md 0).
    const Container* container_named(const std::string& rid) const {
        if (rid.empty()) return only_container();
        const auto found = std::ranges::find_if(containers_, [&](const Container* container) { return container->rid().text() == rid; });
        return found == containers_.end() ? nullptr : *found;
    }

    Options app_options() const {
        Options options("app", only_container()->options().place(), implicit_app_keywords());
        if (part_.disabled) options.set("disable", {"true", {}});
        return options;
    }

    const std::vector<Options>& sections_;
    const ServicePart& part_;
    std::vector<std::unique_ptr<Resource>> made_;
    std::vector<const Container*> containers_;
    /// Those that have addresses and launchers of their own, as a machine has; one of a program has not (contract.md 9.2).
    std::vector<const Container*> machines_;
    std::vector<Path> mount_points_;
    bool has_app_ = false;
};

}  // namespace

std::vector<std::unique_ptr<Resource>> make_resources(const std::vector<Options>& sections, const ServicePart& part) {
    return Maker(sections, part).make();
}

}  // namespace svcmgr
