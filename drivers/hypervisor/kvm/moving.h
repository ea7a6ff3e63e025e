#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "drivers/hypervisor/hypervisor.h"
#include "drivers/hypervisor/kvm/connection.h"

/// What svcmgr asks of libvirt about a guest that moves. These functions block as long as libvirt does, and throw Error with its words.
namespace svcmgr::kvm {

/// Its live XML as another host's libvirt would take it.
std::string migratable_text(const Session& session, const std::string& name);

/// What is in the way of a guest that would come here; see LiveMigration::obstacle. `description` is a domain that was parsed before.
std::optional<Error> obstacle_of(const Session& session, const Guest& guest, const std::string& description);

/// Moves it to the libvirtd at `destination`, where it stays paused.
void move_domain(const Session& session, const std::string& name, const std::string& destination);
/// Makes a move that is going on end without having moved anything; does nothing when there is none.
void abort_move(const Session& session, const std::string& name);

struct MoveProgress {
    std::uint64_t sent = 0;       ///< bytes
    std::uint64_t remaining = 0;  ///< bytes, as far as they are known now: a guest that works makes new ones
    std::uint64_t speed = 0;      ///< bytes a second, 0 when not known
};
/// Nothing when nothing moves.
std::optional<MoveProgress> progress_of(const Session& session, const std::string& name);

/// Runs a guest that is paused here, once no move of it is going on any more.
void resume_domain(const Session& session, const std::string& name);
/// Ends a guest that is here and does not run.
void end_paused_domain(const Session& session, const std::string& name);

}  // namespace svcmgr::kvm
