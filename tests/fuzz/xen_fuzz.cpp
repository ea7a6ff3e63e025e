// Any bytes as what xl prints and as a guest's configuration. Nothing may crash or hang, and nothing that is read is a guess.

#include <cstdint>
#include <string_view>

#include "drivers/hypervisor/xen/config_file.h"
#include "drivers/hypervisor/xen/domain_details.h"
#include "drivers/hypervisor/xen/domain_list.h"
#include "drivers/hypervisor/xen/host_info.h"
#include "drivers/hypervisor/xen/words.h"
#include "tests/fuzz/require.h"

using namespace svcmgr;
using fuzz::require;

namespace {

bool is_plain(std::string_view text) {
    for (const unsigned char letter : text)
        if (letter < 0x20 || letter == 0x7f) return false;
    return true;
}

void check_list(std::string_view text) {
    const auto list = xen::parse_domain_list(text);
    require(is_plain(list.problem) && list.problem.size() < 500, "a problem is one short line");
    for (const xen::Domain& domain : list.domains) {
        require(!domain.name.empty() && domain.id >= 0 && domain.vcpus >= 0, "a domain has a name and its numbers make sense");
        const auto state = xen::guest_state(domain);
        require(state.value != GuestState::Value::unknown && state.value != GuestState::Value::stopped &&
                    state.value != GuestState::Value::absent,
                "a domain that is listed exists");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check_list(text);
    require(is_plain(xen::reason_of_failure(text)), "a reason is one line");
    if (const auto config = xen::parse_config(text); !config) require(config.error().starts_with("line "), "a problem has its line");
    if (const auto settings = xen::parse_xl_settings(text); !settings)
        require(settings.error().starts_with("line "), "a problem has its line");
    xen::fixes_own_memory(xen::parse_host_info(text).command_line);
    if (const auto processors = xen::processors_of(text, 7)) require(processors->size() <= 8, "only processors of the host are named");
    xen::parse_disk(text);
    if (const auto disks = xen::parse_live_disks(text, "vm188"); disks)
        for (const GuestDisk& disk : xen::merge_disks(*disks, {})) require(!disk.target.empty(), "a live disk has its name inside");
    return 0;
}
