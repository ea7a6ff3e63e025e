#pragma once

#include <span>
#include <string>

#include "drivers/clock.h"
#include "drivers/files/files.h"
#include "drivers/world.h"

namespace svcmgr {

/// A directory that stays as it is, below one that takes what a copy of a guest writes (overlayfs,
/// Documentation/filesystems/overlayfs.rst).
struct Layer {
    Path lower;
    Path directory;  ///< the copy's own: `upper` and `work` are in it

    Path upper() const { return directory + "/upper"; }
    Path work() const { return directory + "/work"; }
    /// The options of a mount of it.
    std::string options() const;
};

/// A file of which a copy gets one of its own.
struct CopiedFile {
    Path from;
    Path to;
};

/// Whether a layer can be put above a directory of that name: overlayfs and those who mount it have no way to say that a character is no
/// separator.
bool is_layerable(const Path& path);

/// Makes the directories of a layer, its top with the owner and the mode of what is below. Throws Error.
void make_layer(const World& world, const Layer& layer, Deadline deadline);
/// Throws Error.
void copy_file(const World& world, const CopiedFile& file);
/// Removes all that is in a copy's directory and nothing that is mounted there. Throws Error.
void empty_copy_directory(const World& world, const Path& directory, Deadline deadline);

}  // namespace svcmgr
