#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "resources/container.h"
#include "resources/keywords.h"
#include "tests/unit/resources/node_world.h"

namespace svcmgr::test {

/// Networks of a hypervisor that the test writes.
class ScriptedNetworks : public GuestNetworks {
public:
    ConnectionState look(const Guest&, const GuestNetwork&, Deadline) override { return state; }
    void make(const Guest&, const GuestNetwork& network, Deadline) override {
        done.push_back("make " + network.name);
        fail();
    }
    void connect(const Guest& guest, const GuestNetwork& network, Deadline) override {
        done.push_back(fmt::format("connect {} to {}", guest.name, network.name));
        fail();
    }

    ConnectionState state;
    std::vector<std::string> done;
    std::optional<Error> problem;  ///< what a change ends with

private:
    void fail() const {
        if (problem) throw *problem;
    }
};

/// A technology with one guest, whose state and network namespace the test says.
class ScriptedHypervisor : public Hypervisor {
public:
    Capabilities capabilities(Deadline) override { return {}; }
    std::vector<GuestState> look(std::span<const Guest> guests, Deadline) override { return std::vector<GuestState>(guests.size(), state); }
    void start(const Guest&, Deadline) override {}
    void stop(const Guest&, StopMode, Deadline) override {}
    SshOutcome run_inside(const Guest&, const Argv&, Deadline) override { return {}; }
    Disks disks(const Guest&, Deadline) override { return {}; }
    std::vector<Path> definition(const Guest&) override { return {}; }
    tl::expected<Path, std::string> network_namespace(const Guest&, Deadline) override { return space; }
    GuestNetworks* networks() override { return has_networks ? &its_networks : nullptr; }

    GuestState state{GuestState::Value::running, "", {}};
    tl::expected<Path, std::string> space = "/proc/4711/ns/net";
    ScriptedNetworks its_networks;
    bool has_networks = true;
};

class OneHypervisor : public Hypervisors {
public:
    Hypervisor& get(std::string_view) override { return one; }
    ScriptedHypervisor one;
};

/// A node with one container, `container#1` of the technology that is said.
struct ContainerWorld : NodeWorld {
    OneHypervisor table;
    std::unique_ptr<Container> container;

    explicit ContainerWorld(const std::string& type) {
        known_hypervisors = &table;
        Guest guest{"box", "box"};
        guest.labels = {{"svcmgr.service", "svc1"}, {"svcmgr.rid", "container#1"}};
        const KeywordSet keywords{find_hypervisor_type(type)->keywords, container_keywords(), generic_keywords(), trigger_keywords()};
        container = std::make_unique<Container>(Rid("container#1"), section("container#1", keywords, {{"type", type}}), guest);
    }
    GuestState& guest() { return table.one.state; }
    ScriptedNetworks& networks() { return table.one.its_networks; }

    /// The options of a section [ip#1].
    static Options address(const std::string& type, std::map<std::string, std::string> values) {
        const SectionKind* kind = find_section_kind("ip");
        const auto driver = std::ranges::find(kind->drivers, type, &SectionDriver::name);
        values["type"] = type;
        return section("ip#1", {driver->keywords, ip_keywords(), generic_keywords(), trigger_keywords()}, values);
    }
};

}  // namespace svcmgr::test
