#pragma once

#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "drivers/hypervisor/docker/engine.h"
#include "drivers/hypervisor/docker/network_answers.h"
#include "drivers/hypervisor/hypervisor.h"

namespace svcmgr::docker {

/// Networks of the Container Network Model.
class DockerNetworks : public GuestNetworks {
public:
    /// `engine` outlives this.
    explicit DockerNetworks(Engine& engine) : engine_(engine) {}

    ConnectionState look(const Guest& guest, const GuestNetwork& network, Deadline deadline) override;
    void make(const Guest& guest, const GuestNetwork& network, Deadline deadline) override;
    /// One that can't have the address that it shall have keeps the one that it has.
    void connect(const Guest& guest, const GuestNetwork& network, Deadline deadline) override;

    /// Whether a container is connected to the guest's networks as they are today, and to no others. Throws Error.
    bool connects(const std::string& container, const Guest& guest, Deadline deadline);

private:
    std::optional<ListedNetwork> find(const std::string& name, Deadline deadline);
    std::optional<std::string> container_of(const Guest& guest, Deadline deadline);
    void connect_as_before(const std::string& container, GuestNetwork network, const Endpoint& before, Deadline deadline);

    Engine& engine_;
};

/// What docker is told of a container's place in a network.
nlohmann::json endpoint_of(const GuestNetwork& network);

}  // namespace svcmgr::docker
