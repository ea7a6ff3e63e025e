#include "drivers/hypervisor/copy_layers.h"

#include <fmt/format.h>

#include "drivers/error.h"
#include "drivers/process/processes.h"

namespace svcmgr {

namespace {

constexpr std::uint32_t mode_of_layers = 0711;
constexpr std::size_t largest_file = 64 << 20;

}  // namespace

std::string Layer::options() const {
    return fmt::format("lowerdir={},upperdir={},workdir={}", lower, upper(), work());
}

bool is_layerable(const Path& path) {
    return path.find_first_of(",:\\ \t\"'") == Path::npos;
}

void make_layer(const World& world, const Layer& layer, Deadline deadline) {
    world.files.make_directories(layer.upper(), mode_of_layers);
    world.files.make_directories(layer.work(), mode_of_layers);
    for (const char* tool : {"chown", "chmod"}) {
        const CommandResult result = world.processes.run({tool, "--reference=" + layer.lower, layer.upper()}, deadline);
        if (!result.ok()) throw Error(Error::Code::failed, fmt::format("{}: {}", tool, result.describe()), layer.upper());
    }
}

void copy_file(const World& world, const CopiedFile& file) {
    const auto facts = world.files.facts(file.from);
    const auto content = world.files.read(file.from, largest_file);
    if (!facts || !content)
        throw Error(Error::Code::failed, fmt::format("it can't be read: {}", facts ? content.error().reason : facts.error().reason),
                    file.from);
    world.files.replace(file.to, *content, facts->mode);
}

void empty_copy_directory(const World& world, const Path& directory, Deadline deadline) {
    const auto names = world.files.list(directory);
    if (!names || names->empty()) return;
    Argv argv{"rm", "-r", "-f", "--one-file-system", "--"};
    for (const std::string& name : *names) argv.push_back(fmt::format("{}/{}", directory, name));
    const CommandResult result = world.processes.run(argv, deadline);
    if (!result.ok()) throw Error(Error::Code::failed, fmt::format("what a copy wrote can't be removed: {}", result.describe()), directory);
}

}  // namespace svcmgr
