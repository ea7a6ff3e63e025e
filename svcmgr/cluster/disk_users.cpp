#include "svcmgr/cluster/disk_users.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>

#include "drivers/block/inventory.h"
#include "drivers/block/sysfs.h"
#include "drivers/tasks.h"
#include "resources/container.h"
#include "resources/reservation/shared_disk.h"
#include "resources/vmdg.h"

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
            if (disk.kind != GuestDisk::Kind::block && disk.kind != GuestDisk::Kind::file) continue;
            if (disk.source.empty()) continue;
            const bool writes = !disk.readonly && disk.device != "cdrom";
            use(disk.source, {service.name(), container.rid().text(), container.guest().name, disk.target, disk.source, writes});
        }
    }

    void add(const Service& service, const Resource& resource) {
        const Devices devices = resource.devices_below(looking_);
        problem(service, resource, devices.problem);
        for (const Path& path : devices.paths) use(path, {service.name(), resource.rid().text(), "", "", path});
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

bool NodeDisk::used_twice() const {
    const auto rival = [](const DiskUse& a, const DiskUse& b) {
        const bool same = a.service == b.service && a.guest == b.guest;
        return !same && (a.writes || b.writes);
    };
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

}  // namespace svcmgr
