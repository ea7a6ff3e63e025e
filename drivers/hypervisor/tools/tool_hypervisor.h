#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "drivers/hypervisor/hypervisor.h"
#include "drivers/hypervisor/tools/guest_list.h"
#include "drivers/hypervisor/tools/tool.h"
#include "drivers/world.h"

namespace svcmgr::tools {

/// A technology that is reached through command line tools. What they have in common is here: a look before each change, waiting for what
/// was asked for, and errors that name the command. A driver says how guests are listed, and what a change is.
class ToolHypervisor : public Hypervisor {
public:
    std::vector<GuestState> look(std::span<const Guest> guests, Deadline deadline) final;
    void start(const Guest& guest, Deadline deadline) final;
    void stop(const Guest& guest, StopMode mode, Deadline deadline) final;
    /// Over ssh, unless the technology has something of its own.
    SshOutcome run_inside(const Guest& guest, const Argv& argv, Deadline deadline) override;
    std::vector<Path> definition(const Guest& guest) final;
    std::vector<Path> definition_places(const Guest& guest) final;

protected:
    /// `look_command`: by which a person sees the guests, for hints.
    ToolHypervisor(const World& world, Argv look_command) : world_(world), look_command_(std::move(look_command)) {}

    /// What the tool says of these guests, and of any others that it tells of: one call for all of them, where it can.
    virtual GuestList list(std::span<const Guest> guests, Deadline deadline) = 0;
    /// What is known of a guest beside the list: from its files, without asking a tool for each of them.
    virtual void complete(GuestState& state, const Guest& guest);
    /// The same by a tool: only for a look at a few guests, since it costs a call for each of them.
    virtual void complete_one(GuestState& state, const Guest& guest, Deadline deadline);

    /// Makes a guest that this host does not know, from what a peer replicated. Throws Error when there is nothing.
    virtual void define(const Guest& guest, Deadline deadline);
    /// Starts one that is stopped, as `state` says.
    virtual void boot(const Guest& guest, const GuestState& state, Deadline deadline) = 0;
    /// Asks one to shut down that is not stopped.
    virtual void ask_to_stop(const Guest& guest, const GuestState& state, Deadline deadline) = 0;
    virtual void take_power(const Guest& guest, const GuestState& state, Deadline deadline) = 0;
    /// Where the guest's definition may be.
    virtual std::vector<Path> definition_files(const Guest& guest) const = 0;

    Answer ask(const Argv& argv, Deadline deadline, const CommandLimits& limits = {}) const;
    void tell(const Guest& guest, const Argv& argv, Deadline deadline) const;
    /// A command that runs inside by the tool `argv` begins with.
    SshOutcome inside(const Argv& argv, Deadline deadline) const;
    /// Capabilities of a host whose tool answers; without any and with the reason when it does not.
    Capabilities capabilities_if(const Answer& answer, std::set<Capability> can) const;
    /// Waits until a look says what is waited for. Throws Error `timed_out` or `interrupted`.
    void wait_until(const Guest& guest, const std::string& what, Deadline deadline, const std::function<bool(const GuestState&)>& done);
    /// What the list says of it; nothing more.
    GuestState look_at(const Guest& guest, Deadline deadline);
    /// The same; throws Error when nothing is known of it.
    GuestState known(const Guest& guest, Deadline deadline);
    std::string look_hint() const { return "look with: " + typed(look_command_); }
    std::string where(const Guest& guest) const { return "guest " + guest.name; }

    World world_;

private:
    Argv look_command_;
};

}  // namespace svcmgr::tools
