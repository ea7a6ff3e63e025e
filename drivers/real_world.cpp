#include "drivers/real_world.h"

namespace svcmgr {

namespace {

Options default_options(std::string_view type) {
    const auto* found = find_hypervisor_type(type);
    return Options(std::string(type), {}, found == nullptr ? Keywords() : found->node_keywords);
}

}  // namespace

RealWorld::RealWorld(const Path& module_directory) : module_directory_(module_directory) {
    configure({}, default_options);
}

void RealWorld::configure(SshSettings ssh, NodeOptions node_options) {
    ssh_.emplace(module_directory_, std::move(ssh));
    hypervisors_.emplace(module_directory_, std::move(node_options));
    ssh_->set_world(world());
    hypervisors_->set_world(world());
}

World RealWorld::world() {
    return {clock_, signals_, tasks_, host_, files_, processes_, network_, *ssh_, *hypervisors_, reservations_};
}

}  // namespace svcmgr
