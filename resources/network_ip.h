#pragma once

#include <string>

#include "resources/container.h"
#include "resources/resource.h"

namespace svcmgr {

/// `ip#n` with `type = docker` and `network`: a container's place in a network of its hypervisor. The network is made before the container,
/// where the section says from what; the container is connected when it is made and before it is started. One that runs and is not
/// connected, because its network was removed behind it, is connected again.
///
/// Up when the container is in the network, with the address that the section says.
class NetworkIp : public Resource {
public:
    /// `container` outlives this; `network` is also one of its guest's.
    NetworkIp(Rid rid, Options options, const Container& container, GuestNetwork network);

    std::string label() const override { return network_.name + "@" + container_.rid().text(); }
    void announce(Looking& looking) const override { container_.announce(looking); }
    ResourceObservation look(Looking& looking) const override;
    Intent intend(Goal goal, const ResourceObservation& observation) const override;
    void perform(const std::string& verb, Doing& doing) const override;

    static constexpr std::string_view make_verb = "make network";
    static constexpr std::string_view connect_verb = "connect";

private:
    void look_without_container(const ConnectionState& state, ResourceObservation& seen) const;
    void judge(const ConnectionState& state, ResourceObservation& seen) const;
    bool has_wanted_addresses(const ConnectionState& state) const;
    GuestNetworks& networks(Doing& doing) const;

    const Container& container_;
    GuestNetwork network_;
};

/// The network that a section [ip#n] with `type = docker` describes.
GuestNetwork network_of(const Options& section);
/// Why it describes none; empty when it does.
std::string problem_of_network(const Options& section);

}  // namespace svcmgr
