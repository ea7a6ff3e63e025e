#include "tests/conformance/lab_node.h"

#include <fmt/format.h>

#include <cstdlib>

#include "drivers/error.h"

namespace svcmgr::conformance {

namespace {

SshSettings lab_ssh() {
    const char* lab = std::getenv("LAB_DIR");
    if (lab == nullptr) throw Skipped{"this is no lab node; use tests/conformance/run"};
    SshSettings settings;
    settings.known_hosts = fmt::format("{}/home/.ssh/known_hosts", lab);
    settings.identities = {fmt::format("{}/home/.ssh/id_ed25519", lab)};
    return settings;
}

}  // namespace

LabNode::LabNode(const Path& module_directory, std::string technology, Keywords node_keywords, std::string script)
    : module_directory_(module_directory),
      technology_(std::move(technology)),
      node_keywords_(node_keywords),
      script_(std::move(script)),
      ssh_(module_directory, lab_ssh()) {
    new_driver();
    ssh_.set_world(world());
}

void LabNode::new_driver() {
    signals_.take();
    hypervisors_.emplace(module_directory_, [this](std::string_view type) { return Options(std::string(type), Place(), node_keywords_); });
    hypervisors_->set_world(world());
}

Argv LabNode::environment() const {
    Argv words = {"env"};
    for (const char* name : {"LAB_DIR", "LAB_NODE", "LAB_ADDRESS", "LAB_IMAGES", "LAB_CGROUP", "SVCMGR_ROOT", "SVCMGR_LAB_CACHE", "HOME",
                             "TMPDIR", "LIBVIRT_DEFAULT_URI"})
        if (const auto value = host_.environment(name)) words.push_back(fmt::format("{}={}", name, *value));
    return words;
}

std::string LabNode::run(const Argv& words) {
    Argv argv = environment();
    argv.push_back(SVCMGR_SOURCE_DIR "/tests/conformance/" + script_);
    argv.insert(argv.end(), words.begin(), words.end());
    auto result = processes_.run(argv, Deadline::in(clock_, std::chrono::minutes(3)));
    if (!result.ok()) throw Error(Error::Code::failed, fmt::format("{}\n{}", result.describe(), result.err), script_ + " " + words.front());
    while (result.out.ends_with('\n')) result.out.pop_back();
    return result.out;
}

}  // namespace svcmgr::conformance
