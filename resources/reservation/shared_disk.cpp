#include "resources/reservation/shared_disk.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "drivers/block/inventory.h"
#include "drivers/block/sysfs.h"
#include "drivers/tasks.h"

namespace svcmgr {

namespace {

/// "3" of a device link that leads to …/3:0:1:172.
std::string adapter_of(const Files& files, const std::string& kernel_name) {
    const auto target = files.real_path(fmt::format("/sys/class/block/{}/device", kernel_name));
    if (!target) return {};
    const std::string address = target->substr(target->rfind('/') + 1);
    const std::size_t colon = address.find(':');
    return colon == std::string::npos ? "" : address.substr(0, colon);
}

SharedDisk disk_of(const Files& files, const BlockFacts& facts) {
    SharedDisk disk{facts.id, facts.vendor, {}, {}};
    for (const std::string& name : facts.physical_disks) disk.paths.push_back({name, "/dev/" + name, adapter_of(files, name)});
    return disk;
}

/// A disk that is used by one of its paths alone is registered on all of them: another one may be used tomorrow.
void add_siblings(const Files& files, const std::string& nodename, std::map<std::string, SharedDisk>& by_id) {
    for (const std::string& name : files.list("/sys/class/block").value_or(std::vector<std::string>())) {
        if (!name.starts_with("sd")) continue;
        const auto device = SysfsBlock::by_name(files, name);
        if (!device || device->is_partition()) continue;
        const auto known = by_id.find(block_facts(files, nodename, "/dev/" + name).id);
        if (known == by_id.end() || std::ranges::find(known->second.paths, name, &DiskPath::name) != known->second.paths.end()) continue;
        known->second.paths.push_back({name, "/dev/" + name, adapter_of(files, name)});
    }
}

/// The name of the multipath map that a path is part of.
std::string map_over(const Files& files, const std::string& kernel_name) {
    const Path holders = files.real_path("/sys/class/block/" + kernel_name).value_or("") + "/holders/";
    for (const std::string& holder : files.list(holders).value_or(std::vector<std::string>()))
        if (files.read(holders + holder + "/dm/uuid").value_or("").starts_with("mpath-"))
            return printable(files.read(holders + holder + "/dm/name").value_or(""));
    return {};
}

bool keeps_to_itself(const std::string& kernel_name) {
    for (const auto* prefix : {"loop", "ram", "zram", "nbd", "drbd"})
        if (kernel_name.starts_with(prefix)) return true;
    return false;
}

}  // namespace

SharedDisks shared_disks(const Files& files, const std::string& nodename, const std::vector<Path>& devices) {
    SharedDisks found;
    std::map<std::string, SharedDisk> by_id;
    for (const Path& device : devices) {
        const BlockFacts facts = block_facts(files, nodename, device);
        if (!facts.problem.empty()) {
            found.problems.push_back(fmt::format("{}: {}", device, facts.problem));
            continue;
        }
        if (facts.kernel_name.empty() || (facts.physical_disks.empty() && keeps_to_itself(facts.kernel_name))) {
            found.passed_over.push_back(fmt::format("{} is {}", device, facts.kernel_name.empty() ? "a file" : "no disk of its own"));
            continue;
        }
        if (facts.physical_disks.empty()) {
            found.problems.push_back(fmt::format("{}: no disk is found below it", device));
            continue;
        }
        // What is below a volume group or an array may be several disks; each has its own id. The paths of a map have the same.
        for (const std::string& name : facts.physical_disks) {
            const BlockFacts physical = block_facts(files, nodename, "/dev/" + name);
            SharedDisk disk = disk_of(files, physical);
            if (disk.paths.empty()) disk.paths.push_back({name, "/dev/" + name, adapter_of(files, name)});
            SharedDisk& known = by_id.try_emplace(disk.id, SharedDisk{disk.id, disk.vendor, {}, {}}).first->second;
            for (const DiskPath& path : disk.paths)
                if (std::ranges::find(known.paths, path.name, &DiskPath::name) == known.paths.end()) known.paths.push_back(path);
        }
    }
    add_siblings(files, nodename, by_id);
    for (auto& [id, disk] : by_id) {
        std::ranges::sort(disk.paths, {}, &DiskPath::name);
        for (const DiskPath& path : disk.paths)
            if (disk.map.empty()) disk.map = map_over(files, path.name);
        found.disks.push_back(std::move(disk));
    }
    return found;
}

std::size_t DiskState::working() const {
    return static_cast<std::size_t>(std::ranges::count_if(paths, &ScsiResult::done));
}

std::size_t DiskState::count(ReservationKey key) const {
    return static_cast<std::size_t>(std::ranges::count(keys, key));
}

std::vector<ReservationKey> DiskState::others(ReservationKey own) const {
    std::set<ReservationKey> different(keys.begin(), keys.end());
    different.erase(own);
    return {different.begin(), different.end()};
}

std::size_t expected_registrations(const SharedDisk& disk, const DiskState& state) {
    if (!disk.vendor.starts_with("3PAR")) return state.working();
    std::set<std::string> adapters;
    for (std::size_t i = 0; i < disk.paths.size(); ++i)
        if (state.paths[i].done()) adapters.insert(disk.paths[i].host);
    return adapters.size();
}

void look_again(World& world, const SharedDisk& disk, DiskState& state, Deadline deadline) {
    constexpr int most_readings = 3;
    state.result = {ScsiResult::Value::failed, disk.paths.empty() ? "it has no path" : "no path to it works"};
    for (std::size_t i = 0; i < disk.paths.size(); ++i) {
        if (!state.paths[i].done()) {
            if (state.working() == 0) state.result = state.paths[i];
            continue;
        }
        const Path& device = disk.paths[i].device;
        for (int reading = 0; reading < most_readings; ++reading) {
            auto keys = world.reservations.keys(device, deadline);
            auto held =
                keys.result.done() ? world.reservations.reservation(device, deadline) : ScsiAnswer<HeldReservation>{keys.result, {}};
            state.result = held.result;
            state.keys = std::move(keys.value.keys);
            state.held = held.value;
            // Somebody registered between the two: they would not fit together.
            if (!held.result.done() || keys.value.generation == held.value.generation) break;
        }
        using enum ScsiResult::Value;
        const auto value = state.result.value;
        if (value == done || value == conflict || value == unsupported) return;
        state.paths[i] = state.result;
    }
}

DiskState look_at_disk(World& world, const SharedDisk& disk, Deadline deadline) {
    DiskState state;
    state.paths.resize(disk.paths.size());
    std::vector<std::function<void()>> asking;
    for (std::size_t i = 0; i < disk.paths.size(); ++i)
        asking.emplace_back([&, i] { state.paths[i] = world.reservations.ready(disk.paths[i].device, deadline); });
    run_together(world.tasks, asking);
    // Nobody but the holder of an old reservation may even ask whether the disk is ready.
    for (ScsiResult& path : state.paths)
        if (path.value == ScsiResult::Value::conflict) path.value = ScsiResult::Value::done;
    look_again(world, disk, state, deadline);
    return state;
}

std::vector<DiskState> look_at_disks(World& world, const std::vector<SharedDisk>& disks, Deadline deadline) {
    std::vector<DiskState> states(disks.size());
    std::vector<std::function<void()>> looks;
    for (std::size_t i = 0; i < disks.size(); ++i) looks.emplace_back([&, i] { states[i] = look_at_disk(world, disks[i], deadline); });
    run_together(world.tasks, looks);
    return states;
}

DiskVerdict judge(const DiskState& state, ReservationKey own) {
    using Value = DiskVerdict::Value;
    switch (state.result.value) {
        case ScsiResult::Value::done: break;
        case ScsiResult::Value::conflict: return {Value::conflict, {}, "somebody has reserved it the old way, by RESERVE(6)"};
        case ScsiResult::Value::unsupported: return {Value::unsupported, {}, "it knows no persistent reservations"};
        default: return {Value::unknown, {}, state.result.reason};
    }
    if (!state.held.held) return {Value::free, {}, ""};
    if (state.held.type == ReservationType::write_exclusive_registrants) {
        if (state.held.holder == own) return {Value::ours, {}, ""};
        return {Value::foreign, {state.held.holder}, ""};
    }
    if (state.held.type == ReservationType::write_exclusive_all) {
        std::vector<ReservationKey> others = state.others(own);
        if (!others.empty()) return {Value::foreign, std::move(others), ""};
        if (state.count(own) == 0) return {Value::unknown, {}, "it says that all registrants hold it, and that there are none"};
        return {Value::ours, {}, ""};
    }
    return {Value::wrong_type, {}, fmt::format("it is reserved as {}", to_string(state.held.type))};
}

}  // namespace svcmgr
