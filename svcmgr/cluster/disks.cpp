#include "svcmgr/cluster/disks.h"

#include <fmt/format.h>

#include "drivers/block/inventory.h"
#include "resources/container.h"
#include "resources/vmdg.h"

namespace svcmgr {

namespace {

constexpr Duration patience = std::chrono::seconds(10);

const char* kind_word(GuestDisk::Kind kind) {
    switch (kind) {
        case GuestDisk::Kind::block: return "block";
        case GuestDisk::Kind::file: return "file";
        case GuestDisk::Kind::network: return "network";
        case GuestDisk::Kind::volume: return "volume";
        case GuestDisk::Kind::other: return "other";
    }
    return "other";
}

/// The vmdg that stands for a container's disks, else the container itself.
const Resource& owner_of_disks(const Service& service, const Container& container) {
    for (const auto& resource : service.resources())
        if (const auto* vmdg = dynamic_cast<const Vmdg*>(resource.get()); vmdg != nullptr && &vmdg->container() == &container) return *vmdg;
    return container;
}

DiskRecord record_of(const World& world, const Node& node, const Service& service, const Resource& owner, const GuestDisk& disk) {
    DiskRecord record;
    record.service = service.name();
    record.node = node.name();
    record.rid = owner.rid().text();
    record.kind = kind_word(disk.kind);
    record.source = disk.source;
    record.target = disk.target;
    record.serial = disk.serial;
    record.size = disk.size;
    record.id = fmt::format("{}.{}", node.name(), disk.source);
    if (disk.kind != GuestDisk::Kind::block && disk.kind != GuestDisk::Kind::file) return record;

    const BlockFacts facts = block_facts(world.files, node.name(), disk.source);
    record.id = facts.id;
    record.vendor = facts.vendor;
    record.model = facts.model;
    if (record.serial.empty()) record.serial = facts.serial;
    if (record.size == 0) record.size = facts.size;
    return record;
}

}  // namespace

DisksSeen look_at_disks(World world, const Node& node, const Service& service, const Selection& selection) {
    DisksSeen seen;
    for (const auto& resource : service.resources()) {
        const auto* container = dynamic_cast<const Container*>(resource.get());
        if (container == nullptr || container->disabled()) continue;
        const Resource& owner = owner_of_disks(service, *container);
        if (!selection.contains(*container) && !selection.contains(owner)) continue;
        const Hypervisor::Disks answer = container->disks(world, Deadline::in(world.clock, patience));
        if (!answer.problem.empty() && !answer.disks.empty())
            seen.notes.push_back(fmt::format("{} {}: {}", service.name(), container->rid().text(), answer.problem));
        else if (!answer.problem.empty())
            seen.problems.emplace_back(
                Error::Code::unreachable, fmt::format("the disks of {} can't be listed: {}", container->guest().name, answer.problem),
                fmt::format("{} {}", service.name(), container->rid().text()), "make the hypervisor answer, then try again");
        for (const GuestDisk& disk : answer.disks)
            if (!disk.source.empty()) seen.disks.push_back(record_of(world, node, service, owner, disk));
    }
    return seen;
}

void save_devices(World world, const Service& service) {
    for (const auto& resource : service.resources())
        if (const auto* container = dynamic_cast<const Container*>(resource.get()); container != nullptr && !container->disabled())
            world.hypervisors.get(container->hypervisor()).save_devices(container->guest(), Deadline::in(world.clock, patience));
}

}  // namespace svcmgr
