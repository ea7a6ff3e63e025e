#pragma once

#include <map>
#include <optional>

#include "drivers/hypervisor/table.h"
#include "tests/conformance/played_world.h"
#include "tests/conformance/stand.h"

namespace svcmgr::conformance {

/// The driver of a technology: of one that is reached through other tools on some hosts, the part in front of the `-`: "esx-vim" -> "esx".
std::string driver_of(const std::string& technology);

/// A technology that can't run here: its tools' answers are played from tests/conformance/transcripts/TECHNOLOGY/CASE, and its driver is
/// the one of the module. Cases that make no sense for it are lines of the file `not-applicable` there: `CASE: REASON`.
class ReplayStand : public Stand {
public:
    ReplayStand(std::string technology, Promises promises, Path module_directory);

    std::string technology() const override { return technology_; }
    World world() override { return played_.value().world(); }
    Hypervisor& driver() override { return hypervisors_->get(driver_of(technology_)); }
    bool replays() const override { return true; }
    Promises promises() const override { return promises_; }
    std::string lacks(const std::string& name) const override;
    void begin(const std::string& name) override;
    std::vector<std::string> complaints() override { return player().complaints(); }
    void restore() override {}

    Guest make(GuestKind) override { return with_section(player().next_guest()); }
    std::vector<Guest> make_many(int count) override;
    void wait_ready(const Guest&) override {}
    void pause(const Guest& guest) override { player().deed("pause " + guest.name); }
    void freeze_process(const Guest& guest) override { player().deed("freeze process " + guest.name); }
    void remove_disk(const Guest& guest) override { player().deed("remove disk " + guest.name); }
    void set_autostart(const Guest& guest) override { player().deed("autostart " + guest.name); }

    void replicate_second_vcpu(const Guest& guest) override { player().deed("second vcpu " + guest.name); }
    void move_definition_to_new_node(const Guest& guest) override { player().deed("move definition " + guest.name); }
    Path replicate_wrong_guest(const Guest& guest) override { return spoil("wrong guest " + guest.name); }
    Path replicate_nonsense(const Guest& guest) override { return spoil("nonsense " + guest.name); }

    void stop_daemon() override { player().deed("stop daemon"); }
    void kill_daemon() override { player().deed("kill daemon"); }
    void start_daemon() override { player().deed("start daemon"); }
    void freeze_daemon() override { player().deed("freeze daemon"); }
    void thaw_daemon() override { player().deed("thaw daemon"); }

private:
    Player& player() { return played_.value().player(); }
    Guest with_section(Guest guest);
    Path spoil(const std::string& words);

    std::string technology_;
    Promises promises_;
    Path module_directory_;
    std::optional<PlayedWorld> played_;
    std::optional<ModuleHypervisors> hypervisors_;
    std::map<std::string, std::string> not_applicable_;
};

/// The file of a transcript: "look at a paused guest" -> "look-at-a-paused-guest".
std::string file_of_case(std::string name);
/// Cases that make no sense for a technology, and why: lines `CASE: REASON` of its file `not-applicable`.
std::map<std::string, std::string> not_applicable_to(const std::string& technology);

}  // namespace svcmgr::conformance
