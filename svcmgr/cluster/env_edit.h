#pragma once

#include <string>

#include "drivers/world.h"
#include "svcmgr/cluster/env_change.h"
#include "svcmgr/cluster/node.h"

namespace svcmgr {

/// A person's edit of an env file: a copy in the state directory, for root only, that stays until it is accepted or discarded. So an edit
/// that was not accepted, or whose editor was killed, is never lost.
class EnvEdit {
public:
    EnvEdit(World world, const Paths& paths, const std::string& service);

    /// What the editor opens.
    const Path& copy() const { return copy_; }
    /// Whether an earlier edit was neither accepted nor discarded.
    bool left_over() const;
    /// Makes the copy from the file as it is now. Throws Error.
    void begin();
    /// Goes on with what is left over, on top of the file as it is now. Throws Error `invalid` when there is nothing.
    void recover();
    void discard();

    /// Puts the copy in the file's place, as change_env_file does, and forgets it unless it is refused. Throws Error `refused` when
    /// somebody else changed the file since `begin`; the copy stays.
    EnvChange accept(const Node& node);

private:
    World world_;
    const Paths& paths_;
    std::string service_;
    Path directory_;
    Path copy_;
    Path base_;  ///< the file as it was when the edit began
};

}  // namespace svcmgr
