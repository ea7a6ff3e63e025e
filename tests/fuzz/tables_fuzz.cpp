// Any bytes as what the kernel and the node's tools print: the mount table, exportfs's table, lvs, netmasks, command lines. Nothing may
// crash or hang, and what is read keeps its shape.

#include <cstdint>
#include <string_view>

#include "drivers/network/address.h"
#include "resources/launch.h"
#include "resources/mounts.h"
#include "resources/nfs_share.h"
#include "resources/volume_group.h"
#include "tests/fuzz/require.h"

using namespace svcmgr;
using fuzz::require;

namespace {

void check_mounts(std::string_view text) {
    const Mounts mounts = Mounts::parse(text);
    for (const Mount& mount : mounts.all()) {
        require(mounts.of_device(mount.device).size() >= 1, "a device is found by its number");
        const Path plain = plain_path(mount.point);
        require(plain_path(plain) == plain, "a plain path stays as it is");
        require(lies_in(plain, "/"), "every plain path lies in the root");
        for (const Mount* below : mounts.below(mount.point)) require(below->point != plain, "a mount is not below itself");
    }
    require(unescape_octal(text).size() <= text.size(), "undoing escapes makes nothing longer");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check_mounts(text);
    for (const NfsExport& one : parse_etab(text)) require(!one.path.empty(), "an export has a path");
    parse_share_options("/srv", text);
    for (const LogicalVolume& volume : parse_lvs(text))
        require(volume.name.find(';') == std::string::npos, "a volume's name ends at its field");
    for (const bool ipv6 : {false, true})
        if (const auto bits = prefix_length(std::string(text), ipv6))
            require(*bits >= 0 && *bits <= (ipv6 ? 128 : 32), "a prefix fits its family");
    const Argv argv = argv_of(text);
    require(!asks_for_shell(text) || (argv.size() == 3 && argv[2] == text), "a shell gets the whole of the command");
    return 0;
}
