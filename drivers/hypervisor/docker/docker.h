#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "drivers/hypervisor/copies.h"
#include "drivers/hypervisor/docker/containers.h"
#include "drivers/hypervisor/docker/copy.h"
#include "drivers/hypervisor/docker/creation.h"
#include "drivers/hypervisor/docker/engine.h"
#include "drivers/hypervisor/docker/networks.h"
#include "drivers/hypervisor/host_needs.h"
#include "drivers/hypervisor/hypervisor.h"
#include "drivers/world.h"

namespace svcmgr::docker {

/// Containers of the Docker Engine (contract.md 5.11). They are made from their sections, found by the labels that svcmgr gave them, and
/// kept when they have ended, for their output and exit code. Docker never starts one by itself: the restart policy is always `no`.
class DockerHypervisor : public Hypervisor, public CopiesGuests, public TellsNeeds {
public:
    /// The path of the Engine's socket, and of the file that `docker login` writes.
    DockerHypervisor(const World& world, Path socket, Path registry_file);

    Capabilities capabilities(Deadline deadline) override;
    /// A list of all containers of svcmgr, whatever their number, and another one when a guest is not in it, to see who has its name. A
    /// look at few guests asks for details of each besides.
    std::vector<GuestState> look(std::span<const Guest> guests, Deadline deadline) override;
    StartOutlook outlook(const Guest& guest, Deadline deadline) override;
    void prepare(const Guest& guest, const Tell& tell, Deadline deadline) override;

    /// Makes the container when there is none, and makes it anew when it differs from what its section says, or runs once.
    void start(const Guest& guest, Deadline deadline) override;
    /// Asking sends the signal that the image wants. A container that ran once is removed when it is forced, so that the next start
    /// lets it work again.
    void stop(const Guest& guest, StopMode mode, Deadline deadline) override;
    SshOutcome run_inside(const Guest& guest, const Argv& argv, Deadline deadline) override;
    GuestOutput output(const Guest& guest, const OutputRange& range, Deadline deadline) override;

    tl::expected<Path, std::string> network_namespace(const Guest& guest, Deadline deadline) override;
    GuestNetworks* networks() override { return &networks_; }

    /// What docker compares when it makes and starts a container: networks with their interfaces, containers whose namespaces or volumes
    /// are shared, processors and nodes of memory. Not memory: docker takes any limit.
    std::vector<HostNeed> needs(const Guest& guest, Deadline deadline) override;

    /// None: volumes are directories of the node.
    Disks disks(const Guest& guest, Deadline deadline) override;
    /// Its files of variables and secrets.
    std::vector<Path> definition(const Guest& guest) override;
    std::vector<Path> definition_places(const Guest& guest) override;

    /// A copy is a container of its own (docker/copy.h), in a network of docker's on the copy's bridge that goes with the last one in it.
    std::optional<Error> copy_outlook(const Guest& guest, Deadline deadline) override;
    void make_copy(const Guest& guest, const GuestCopy& copy, Deadline deadline) override;
    void start_copy(const Guest& guest, const GuestCopy& copy, Deadline deadline) override;
    void end_copy(const GuestCopy& copy, Deadline deadline) override;
    void remove_layers(const GuestCopy& copy, Deadline deadline) override;

    /// Requests that were sent, for tests and benchmarks.
    std::uint64_t requests() const { return engine_.requests(); }

private:
    Found ours(Deadline deadline);
    std::vector<GuestState> look_at(std::span<const Guest> guests, Deadline deadline);
    std::int64_t booted();
    void look_closer(const Guest& guest, const ListedContainer& container, GuestState& state, Deadline deadline);
    void note_names(std::span<const Guest> guests, std::vector<GuestState>& states, Deadline deadline);
    /// Whose the name is that the guest's container would have; nothing when it is free or the guest's own.
    std::optional<Error> name_taken(const Creation& creation, Deadline deadline);
    std::string auth_for(const std::string& image) const;
    /// Throws Error.
    CopyDefinition copy_definition(const Guest& guest, const GuestCopy& copy, Deadline deadline);

    void start_made(const Guest& guest, Creation& creation, bool again, Deadline deadline);
    /// Puts ids where the body says whose namespaces are shared.
    void join_namespaces(const Guest& guest, Creation& creation, const Found& found) const;
    bool can_be_kept(const ListedContainer& container, const Guest& guest, const Creation& creation, const std::string& image,
                     Deadline deadline);
    void make_and_start(const Guest& guest, const Creation& creation, Deadline deadline);

    World world_;
    Engine engine_;
    DockerNetworks networks_{engine_};
    Path registry_file_;
    std::mutex mutex_;
    std::optional<std::int64_t> booted_;
};

}  // namespace svcmgr::docker
