#include "svcmgr/cluster/prkey.h"

#include <fmt/format.h>

#include "drivers/error.h"
#include "svcmgr/config/document.h"

namespace svcmgr {

void keep_prkey(World world, const Paths& paths, const Node& node) {
    if (node.said_prkey() || !node.prkey()) return;
    constexpr std::uint32_t mode_of_new_file = 0644;
    constexpr Duration patience = std::chrono::seconds(10);
    const auto held = world.files.lock(paths.locks + "/node.conf.lock", "prkey", Deadline::in(world.clock, patience));
    if (!held) throw Error(Error::Code::locked, fmt::format("node.conf is being changed by {}", held.error().holder), paths.node_conf);
    const auto text = world.files.read(paths.node_conf);
    if (!text && !text.error().absent()) throw Error(Error::Code::refused, text.error().reason, paths.node_conf, "make it a readable file");
    Document document = Document::parse(text.value_or(""), paths.node_conf);
    if (document.find("node", "prkey") != nullptr) return;
    document.set("node", "prkey", node.prkey().text());
    try {
        world.files.make_directories(paths.configuration, 0755);
        world.files.replace(paths.node_conf, document.text(), mode_of_new_file);
    } catch (const Error& error) {
        throw Error(Error::Code::refused, fmt::format("the node's reservation key can't be written down: {}", error.message()),
                    paths.node_conf, fmt::format("write prkey = {} into its section node", node.prkey().text()));
    }
}

}  // namespace svcmgr
