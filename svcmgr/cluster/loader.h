#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/files/files.h"
#include "svcmgr/cluster/node.h"
#include "svcmgr/config/document.h"
#include "svcmgr/config/finding.h"
#include "svcmgr/service/service.h"

namespace svcmgr {

/// A service read from its env file, with everything that was found about the file.
struct LoadedService {
    std::unique_ptr<Service> service;
    Document document;
    Findings findings;
    std::string env_mark = {};  ///< see env_mark(); empty for a document that is no file yet
    bool has_sections = true;   ///< what has none is no env file
};

/// The services themselves; they live as long as `loaded`.
std::vector<const Service*> services_of(const std::vector<LoadedService>& loaded);

/// Where a service's env file is, and what there is.
struct EnvFile {
    Path path;
    tl::expected<FileFacts, FileProblem> facts;
};

/// Throws Error `invalid` unless `name` may be a service's name: letters, digits, `.`, `_`, `-`, at most 63, not starting with a dot or a
/// dash. What this lets through is safe in paths and argument vectors.
void check_service_name(const std::string& name);

/// Tells an env file, as it is and as this node reads it, from any that it was before.
std::string env_mark(const EnvFile& file, const Node& node);

/// The env file of a service: NAME.env, else NAME.conf; nothing when there is none. Throws Error `invalid` for a name that can't be one.
std::optional<Path> find_env_file(const Files& files, const Paths& paths, const std::string& name);
/// The same; throws Error `invalid` when there is none.
Path env_file_of(const Files& files, const Paths& paths, const std::string& name);
EnvFile locate_env_file(const Files& files, const Paths& paths, const std::string& name);
/// Its text. Throws Error `invalid` when it can't be read, or when others than root, or the owner of SVCMGR_ROOT, may write it: it is as
/// powerful as root.
std::string read_env_file(const Files& files, const Paths& paths, const Path& file);
/// A file's text, whoever may write it. Throws Error `invalid` when it can't be read.
std::string read_text(const Files& files, const Path& file);

/// The names of this node's services: those that have an env file, sorted.
std::vector<std::string> service_names(const Files& files, const Paths& paths);

/// Reads, evaluates for this node, and makes the resources. Findings don't stop it: a section with errors becomes a resource that says so.
/// Throws Error `invalid` when the file can't be read at all, or when others than its owner may write it (it is as powerful as root).
LoadedService load_service(const Files& files, const Paths& paths, const Node& node, const std::string& name);

/// What load_service finds about the file, and throws; the service is made only when the file says something about the order of its
/// resources.
Findings validate_service(const Files& files, const Paths& paths, const Node& node, const std::string& name);

/// As load_service, from a document that is no file yet.
LoadedService make_service(Document document, const Paths& paths, const Node& node, const std::string& name);

}  // namespace svcmgr
