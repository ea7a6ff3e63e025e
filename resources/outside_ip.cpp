#include "resources/outside_ip.h"

#include <fmt/format.h>

#include "drivers/hypervisor/keywords/docker_run.h"

namespace svcmgr {

namespace {

constexpr const char* own_namespace = "/proc/self/ns/net";

std::uint64_t number_of(const Files& files, const Path& path) {
    const auto facts = files.facts(path);
    return facts ? facts->identity : 0;
}

}  // namespace

bool OutsideIp::serves(const Resource& other) const {
    if (other.group() == Group::app && other.carrier() == nullptr) return true;
    const auto* sharer = dynamic_cast<const Container*>(&other);
    if (sharer == nullptr || sharer == &container_ || sharer->hypervisor() != "docker") return false;
    return read_docker_section(sharer->options()).run.network == "container:" + container_.rid().text();
}

Path OutsideIp::own_network_namespace(Doing& doing) const {
    const auto path = container_.network_namespace(doing.world, doing.deadline);
    if (!path)
        throw Error(Error::Code::failed, fmt::format("the network of {} can't be reached: {}", container_.rid().text(), path.error()),
                    rid().text(), fmt::format("start {} first", container_.rid().text()));
    const std::uint64_t number = number_of(doing.world.files, *path);
    if (number == 0)
        throw Error(Error::Code::failed, fmt::format("the network namespace of {} is gone: {}", container_.rid().text(), *path),
                    rid().text(), "it may have ended meanwhile: look at its status");
    if (number == number_of(doing.world.files, own_namespace))
        throw Error(Error::Code::failed, fmt::format("{} shares the node's network, and has none of its own", container_.rid().text()),
                    rid().text(), "give it one: `netns = none` in the section of a docker container");
    return *path;
}

}  // namespace svcmgr
