#pragma once

#include <functional>
#include <optional>
#include <string>

#include "drivers/world.h"
#include "svcmgr/cluster/node.h"
#include "svcmgr/config/document.h"
#include "svcmgr/config/finding.h"

namespace svcmgr {

/// What came of a change of an env file.
struct EnvChange {
    enum class Result { installed, nothing_new, refused } result = Result::nothing_new;
    Path file;
    Findings findings;  ///< those that the file did not have before
};

/// Changes a service's env file. `edit` is given the document as it is; what it makes of it is evaluated for this node and takes the file's
/// place (rename and fsync; owner and mode stay) unless it brings an error that the file did not have before: a file with errors can be
/// mended one by one. Who changes the same file meanwhile waits its turn. Throws Error with nothing changed: what `edit` throws, `invalid`
/// when the file can't be read, `locked` when somebody else keeps changing it, `failed` when it can't be written.
EnvChange change_env_file(World world, const Paths& paths, const Node& node, const std::string& service,
                          const std::function<void(Document&)>& edit);

/// Makes NAME.env from a text, once it has no errors; one with a secret in it is its owner's alone to read. Throws Error `refused` when the
/// service has a file already.
EnvChange create_env_file(World world, const Paths& paths, const Node& node, const std::string& service, const Document& document);

/// Takes a service's env file away; a copy stays in the state directory. Returns the copy.
Path delete_env_file(World world, const Paths& paths, const std::string& service);

/// Those of `after` that `before` does not have; where they stand does not count.
Findings new_findings(const Findings& before, const Findings& after);

}  // namespace svcmgr
