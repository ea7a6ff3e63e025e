#include "tests/conformance/kvm_stand.h"

#include <fmt/format.h>

#include <cstdlib>

#include "drivers/error.h"
#include "drivers/hypervisor/keywords/kvm.h"

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

KvmStand::KvmStand(const Path& module_directory) : module_directory_(module_directory), ssh_(module_directory, lab_ssh()) {
    new_driver();
    ssh_.set_world(world());
}

void KvmStand::new_driver() {
    hypervisors_.emplace(module_directory_, [](std::string_view type) { return Options(std::string(type), Place(), kvm_node_keywords()); });
    hypervisors_->set_world(world());
}

void KvmStand::restore() {
    signals_.take();
    lab({"restore"});
    new_driver();
}

Argv KvmStand::lab_environment() const {
    Argv words = {"env"};
    for (const char* name :
         {"LAB_DIR", "LAB_NODE", "LAB_ADDRESS", "LAB_IMAGES", "SVCMGR_ROOT", "SVCMGR_LAB_CACHE", "HOME", "TMPDIR", "LIBVIRT_DEFAULT_URI"})
        if (const auto value = host_.environment(name)) words.push_back(fmt::format("{}={}", name, *value));
    return words;
}

std::string KvmStand::lab(const Argv& words) {
    Argv argv = lab_environment();
    argv.push_back(SVCMGR_SOURCE_DIR "/tests/conformance/kvm-lab");
    argv.insert(argv.end(), words.begin(), words.end());
    auto result = processes_.run(argv, Deadline::in(clock_, std::chrono::minutes(3)));
    if (!result.ok()) throw Error(Error::Code::failed, fmt::format("{}\n{}", result.describe(), result.err), "kvm-lab " + words.front());
    while (result.out.ends_with('\n')) result.out.pop_back();
    return result.out;
}

Guest KvmStand::make(GuestKind kind) {
    const auto name = fmt::format("vm{}", ++made_);
    Argv words = {"guest", name};
    if (kind == GuestKind::deaf) words.push_back("--deaf");
    lab(words);
    return {name, name, false};
}

std::vector<Guest> KvmStand::make_many(int count) {
    std::vector<Guest> guests;
    for (int number = 1; number <= count; ++number) guests.push_back({fmt::format("many{}", number), "nowhere"});
    lab({"many", std::to_string(count)});
    return guests;
}

}  // namespace svcmgr::conformance
