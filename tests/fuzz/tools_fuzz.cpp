// Any bytes as what the command line tools of hypervisors print, and as the files that drivers read beside them. The first byte chooses who
// reads the rest. Nothing may crash or hang, and what is read keeps its shape.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "drivers/hypervisor/esx/machines.h"
#include "drivers/hypervisor/esx/vim.h"
#include "drivers/hypervisor/hpvm/device_files.h"
#include "drivers/hypervisor/hpvm/status.h"
#include "drivers/hypervisor/jail/jails.h"
#include "drivers/hypervisor/ldom/domains.h"
#include "drivers/hypervisor/vbox/guest_properties.h"
#include "drivers/hypervisor/vbox/machines.h"
#include "drivers/hypervisor/vz/containers.h"
#include "drivers/hypervisor/zone/zone_file.h"
#include "drivers/hypervisor/zone/zone_list.h"
#include "tests/fuzz/require.h"

using namespace svcmgr;
using fuzz::require;

namespace {

void check_reason(const std::string& reason) {
    require(!reason.empty(), "a reason is set");
    for (const char letter : reason)
        require(static_cast<unsigned char>(letter) >= 0x20 && letter != 0x7f, "a reason has nothing that a terminal obeys");
}

void check_list(const tools::GuestList& list) {
    for (const auto& [name, state] : list.guests()) {
        require(!name.empty(), "a guest has a name");
        require(state.value != GuestState::Value::absent, "a guest that is told of is not absent");
        if (state.value == GuestState::Value::unknown) check_reason(state.reason);
        require(state.vcpus >= 0, "nobody has fewer than no vcpus");
    }
    const auto nobody = list.state_of("\n");
    require((nobody.value == GuestState::Value::absent) == list.problem().empty(), "who is not in a list with a problem is unknown");
    if (!list.problem().empty()) check_reason(list.problem());
}

void check_disks(const tl::expected<std::vector<GuestDisk>, std::string>& disks) {
    if (!disks) return check_reason(disks.error());
    for (const GuestDisk& disk : *disks) require(!disk.source.empty(), "a disk has a source");
}

template <typename Value>
void check_read(const tl::expected<Value, std::string>& read) {
    if (!read) check_reason(read.error());
}

void check_device_files(std::string_view text) {
    using namespace hpvm;
    if (const auto ids = parse_mksf(text)) {
        require(parse_mksf(mksf_text(*ids)) == ids, "what is written is read back");
        const auto commands = mksf_commands(*ids, {}, {});
        require(commands.has_value() == ids->empty(), "a LUN that is not seen is told");
    } else {
        check_reason(ids.error());
    }
    if (const auto shares = parse_shares(text)) require(parse_shares(shares_text(*shares)) == shares, "what is written is read back");
    check_read(parse_device_files(text));
    check_read(parse_instances(text));
    check_read(parse_managed(text));
    if (const auto wwid = parse_wwid(text)) require(wwid->starts_with("0x"), "a wwid is a number");
}

void check_volumes(std::string_view text) {
    const auto end = text.find('\0');
    const auto volumes = ldom::parse_services(text.substr(0, end));
    if (!volumes) return check_reason(volumes.error());
    check_disks(ldom::parse_disks(end == std::string_view::npos ? "" : text.substr(end + 1), *volumes));
}

void check_machine_info(std::string_view text) {
    const auto info = vbox::parse_info(text);
    if (info) check_disks(vbox::disks_of(*info));
}

using Reader = void (*)(std::string_view);
constexpr Reader readers[] = {
    [](std::string_view text) { check_list(zone::parse_zone_list(text)); },
    [](std::string_view text) { check_read(zone::parse_zone_file(text)); },
    [](std::string_view text) { check_list(hpvm::parse_status(text)); },
    [](std::string_view text) {
        check_disks(hpvm::parse_devices(text));
        check_read(hpvm::parse_vswitches(text));
        check_read(hpvm::parse_vswitch_state(text, "vlan02"));
    },
    check_device_files,
    [](std::string_view text) { check_list(ldom::parse_domains(text)); },
    check_volumes,
    [](std::string_view text) { check_read(ldom::parse_auto_boot(text)); },
    [](std::string_view text) {
        check_list(vbox::parse_machines(text));
        vbox::bridged_adapters(text, "vm188");
    },
    [](std::string_view text) { vbox::parse_addresses(text); },
    check_machine_info,
    [](std::string_view text) { check_list(vz::parse_containers(text)); },
    [](std::string_view text) { check_read(vz::parse_container_file(text)); },
    [](std::string_view text) { check_read(esx::parse_registered(text)); },
    [](std::string_view text) { check_read(esx::parse_state(text)); },
    [](std::string_view text) { check_read(esx::parse_all_machines(text)); },
    [](std::string_view text) { check_read(esx::parse_power_state(text)); },
    [](std::string_view text) { check_read(esx::parse_autostart(text)); },
    [](std::string_view text) { esx::parse_summary(text); },
    [](std::string_view text) { check_read(esx::parse_config_number(text, "memsize")); },
    [](std::string_view text) { check_disks(esx::parse_vmx_disks(text, "/vmfs/volumes/a/vm1/vm1.vmx")); },
    [](std::string_view text) { check_list(jail::parse_jails(text)); },
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    readers[data[0] % std::size(readers)](text);
    return 0;
}
