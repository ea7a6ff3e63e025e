#include "tests/scenario/sim_disks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/sysmacros.h>

#include <set>

#include "tests/scenario/sim_process.h"
#include "tests/scenario/sim_world.h"

namespace svcmgr::sim {

namespace {

ScsiReply no_answer(ScsiReply::Value value, std::string reason) {
    ScsiReply reply;
    reply.value = value;
    reply.reason = std::move(reason);
    return reply;
}

/// Who is registered, and who holds it: "registered node1 0x1 (2 paths); held by node1".
std::string text_of(const DiskModel& disk) {
    std::map<std::string, std::pair<ReservationKey, int>> by_node;
    for (const auto& [nexus, key] : disk.reservations.registrations()) {
        auto& [its_key, paths] = by_node[nexus.initiator];
        its_key = key;
        ++paths;
    }
    std::vector<std::string> registered;
    for (const auto& [node, entry] : by_node)
        registered.push_back(entry.second == 1 ? node : fmt::format("{} on {} paths", node, entry.second));
    const auto& held = disk.reservations.held();
    const std::string holder = !held                     ? "held by nobody"
                               : held_by_all(held->type) ? "held by all of them"
                                                         : fmt::format("held by {}", held->holder.initiator);
    return fmt::format("disk {}: registered {}, {}", disk.id,
                       registered.empty() ? "nobody" : fmt::format("{}", fmt::join(registered, ", ")), holder);
}

}  // namespace

void connect_disk(Node& node, DiskModel& disk, const std::string& name, std::uint16_t port) {
    constexpr unsigned scsi_disks = 8;
    const auto number = static_cast<unsigned>(node.disk_ways.size());
    MemoryFiles& files = node.files();
    const Path device = fmt::format("/sys/devices/pci0000:00/host{}/target{}:0:0/{}:0:0:{}", port, port, port, number);
    const Path block = fmt::format("{}/block/{}", device, name);
    files.put(block + "/size", "2097152\n");
    files.put_directory(block + "/slaves");
    files.put_link(block + "/device", "../..");
    files.put(device + "/wwid", fmt::format("naa.{}\n", disk.id));
    files.put(device + "/vendor", "SIM     \n");
    files.put(device + "/model", "PR DISK         \n");
    files.put_link("/sys/class/block/" + name, block);
    files.put_link(fmt::format("/sys/dev/block/{}:{}", scsi_disks, number), block);
    files.put_special("/dev/" + name, FileFacts::Kind::block_device, makedev(scsi_disks, number));
    node.disk_ways["/dev/" + name] = {&disk, {node.name(), port}, true};
}

ScsiReply SimScsiTransport::send(const Path& device, const ScsiCommand& command, Deadline deadline) {
    process_.call();
    SimWorld& world = process_.sim();
    const auto found = process_.node().disk_ways.find(device);
    if (found == process_.node().disk_ways.end()) return no_answer(ScsiReply::Value::failed, "No such device or address");
    const DiskWay way = found->second;
    const Moment end = world.scheduler().now() + way.disk->takes;
    process_.pause(std::min(end, deadline.at()), device);
    if (world.scheduler().now() < end) return no_answer(ScsiReply::Value::timed_out, "no answer in time");
    if (!found->second.works) return no_answer(ScsiReply::Value::failed, "the path does not work: Host_status=0x01 [DID_NO_CONNECT]");
    if (!way.disk->present) {
        ScsiReply gone;
        gone.value = ScsiReply::Value::completed;
        gone.status = scsi_check_condition;
        gone.sense = {0x72, 0x05, 0x25, 0x00};
        return gone;
    }
    const std::string before = text_of(*way.disk);
    ScsiReply reply = way.disk->reservations.execute(way.nexus, command);
    if (way.disk->talks_nonsense && !reply.in.empty()) reply.in = ScsiBytes(reply.in.size() / 2 + 1, 0xa5);
    if (const std::string now = text_of(*way.disk); now != before) {
        process_.acted(fmt::format("{}: {}", device, now));
        world.effect(now);
    }
    return reply;
}

}  // namespace svcmgr::sim
