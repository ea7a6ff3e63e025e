#include "svcmgr/cluster/disk_users.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>

#include "drivers/block/inventory.h"
#include "drivers/block/sysfs.h"
#include "drivers/tasks.h"
#include "resources/container.h"
#include "resources/reservation/shared_disk.h"
#include "resources/scsi_reservation.h"
#include "resources/vmdg.h"
#include "svcmgr/cluster/loader.h"

namespace svcmgr {

namespace {

constexpr Duration patience = std::chrono::seconds(10);

class Collector {
public:
    Collector(World world, const Node& node) : world_(world), node_(node), looking_(world, Purpose::show, {patience, patience}) {}

    void add_disks_of_node() {
        for (const std::string& name : world_.files.list("/sys/class/block").value_or(std::vector<std::string>())) {
            const auto device = SysfsBlock::by_name(world_.files, name);
            if (!device || device->is_partition() || device->is_virtual() || device->size() == 0) continue;
            NodeDisk& disk = known(facts("/dev/" + name));
            if (std::ranges::find(disk.devices, name) == disk.devices.end()) disk.devices.push_back(name);
        }
    }

    /// All hypervisors at once: one that hangs holds up nobody but itself.
    void ask(const std::vector<const Service*>& services) {
        std::vector<std::function<void()>> asking;
        for (const Service* service : services)
            for (const auto& resource : service->resources())
                if (const auto* container = dynamic_cast<const Container*>(resource.get());
                    container != nullptr && !container->disabled()) {
                    Hypervisor::Disks& answer = answers_[container];
                    asking.emplace_back(
                        [this, container, &answer] { answer = container->disks(world_, Deadline::in(world_.clock, patience)); });
                }
        run_together(world_.tasks, asking);
    }

    void add(const Service& service) {
        for (const auto& resource : service.resources()) {
            if (resource->disabled()) continue;
            if (const auto* container = dynamic_cast<const Container*>(resource.get()))
                add(service, *container);
            else if (dynamic_cast<const Vmdg*>(resource.get()) == nullptr)  // its container's disks
                add(service, *resource);
        }
    }

    NodeDisks take() {
        for (auto& [id, disk] : disks_) found_.disks.push_back(std::move(disk));
        return std::move(found_);
    }

private:
    BlockFacts facts(const Path& source) const { return block_facts(world_.files, node_.name(), source); }

    NodeDisk& known(const BlockFacts& facts) {
        NodeDisk& disk = disks_[facts.id];
        disk.id = facts.id;
        if (disk.size == 0) disk.size = facts.size;
        if (disk.vendor.empty()) disk.vendor = facts.vendor;
        if (disk.model.empty()) disk.model = facts.model;
        return disk;
    }

    void problem(const Service& service, const Resource& resource, const std::string& text) {
        if (!text.empty()) found_.problems.push_back(fmt::format("{} {}: {}", service.name(), resource.rid().text(), text));
    }

    void add(const Service& service, const Container& container) {
        const Hypervisor::Disks& answer = answers_.at(&container);
        problem(service, container, answer.problem);
        for (const GuestDisk& disk : answer.disks) {
            if (disk.source.empty()) continue;
            const bool writes = !disk.readonly && disk.device != "cdrom";
            const DiskUse how{service.name(), container.rid().text(), container.guest().name, disk.target, disk.source, writes};
            if (disk.kind == GuestDisk::Kind::block || disk.kind == GuestDisk::Kind::file)
                use(disk.source, how);
            else
                use_elsewhere(disk, how);
        }
    }

    void add(const Service& service, const Resource& resource) {
        const Devices devices = resource.devices_below(looking_);
        problem(service, resource, devices.problem);
        for (const Path& path : devices.paths) use(path, {service.name(), resource.rid().text(), "", "", path});
    }

    /// What no device of this node stands for: a server has it, or a pool of the hypervisor's.
    void use_elsewhere(const GuestDisk& disk, const DiskUse& how) {
        const bool served = disk.kind == GuestDisk::Kind::network;
        BlockFacts facts;
        facts.id = served ? disk.source : fmt::format("{}.{}", node_.name(), disk.source);
        facts.size = disk.size;
        known(facts).uses.push_back(how);
    }

    /// Of what is made of several disks, each is used.
    void use(const Path& source, const DiskUse& how) {
        const SharedDisks below = shared_disks(world_.files, node_.name(), {source});
        if (below.disks.empty()) known(facts(source)).uses.push_back(how);
        for (const SharedDisk& disk : below.disks) {
            NodeDisk& entry = known(facts(disk.paths.front().device));
            entry.uses.push_back(how);
        }
    }

    World world_;
    const Node& node_;
    Looking looking_;
    std::map<const Container*, Hypervisor::Disks> answers_;
    std::map<std::string, NodeDisk> disks_;
    NodeDisks found_;
};

}  // namespace

namespace {

bool rival(const DiskUse& a, const DiskUse& b) {
    const bool same = a.service == b.service && a.guest == b.guest;
    return !same && (a.writes || b.writes);
}

/// Of a service that is alone on its node: what may get in its own way.
std::ptrdiff_t possible_users(const Service& service) {
    return std::ranges::count_if(service.resources(), [](const auto& resource) {
        const bool has_disks = resource->group() == Group::container || resource->group() == Group::disk || resource->group() == Group::fs;
        return has_disks && !resource->disabled() && dynamic_cast<const Vmdg*>(resource.get()) == nullptr &&
               resource->type() != ScsiReservation::resource_type;
    });
}

}  // namespace

std::string to_string(const DiskUse& use) {
    if (use.guest.empty()) return fmt::format("{} {}", use.service, use.rid);
    return fmt::format("{} {} ({} of {}{})", use.service, use.rid, use.target, use.guest, use.writes ? "" : ", only read");
}

bool NodeDisk::used_twice() const {
    return std::ranges::any_of(uses,
                               [&](const DiskUse& a) { return std::ranges::any_of(uses, [&](const DiskUse& b) { return rival(a, b); }); });
}

NodeDisks look_at_node_disks(World world, const Node& node, const std::vector<const Service*>& services) {
    Collector collector(world, node);
    collector.add_disks_of_node();
    collector.ask(services);
    for (const Service* service : services) collector.add(*service);
    return collector.take();
}

DiskRivals rivals_for_reserved_disks(World world, const Paths& paths, const Node& node, const Service& service,
                                     const std::set<std::string>& users) {
    DiskRivals rivals;
    std::vector<LoadedService> others;
    std::vector<const Service*> all{&service};
    for (const std::string& name : service_names(world.files, paths)) {
        if (name == service.name()) continue;
        try {
            others.push_back(load_service(world.files, paths, node, name));
        } catch (const Error& error) {
            rivals.problems.push_back(error.what());
        }
    }
    for (const LoadedService& other : others) all.push_back(other.service.get());
    if (others.empty() && possible_users(service) < 2) return rivals;
    NodeDisks seen = look_at_node_disks(world, node, all);
    std::ranges::move(seen.problems, std::back_inserter(rivals.problems));
    for (const NodeDisk& disk : seen.disks)
        for (const DiskUse& ours : disk.uses) {
            if (ours.service != service.name() || !users.contains(ours.rid)) continue;
            for (const DiskUse& theirs : disk.uses)
                if (rival(ours, theirs)) rivals.found.push_back({ours.rid, disk.id, to_string(theirs)});
        }
    return rivals;
}

}  // namespace svcmgr
