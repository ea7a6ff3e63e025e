#pragma once

#include <string>

#include "drivers/files/files.h"

namespace svcmgr {

/// Where this program's modules are: beside it in a build tree, else in `installed`.
Path module_directory(const Path& installed);

/// A shared object loaded on first use. It stays loaded until the process ends: threads that hang in a library may outlive their caller.
class Module {
public:
    /// Throws Error `unreachable`; `package` is what the hint tells to install.
    Module(const Path& file, const std::string& package);

    /// Throws Error when the module does not have it.
    void* symbol(const std::string& name) const;

private:
    Path file_;
    void* handle_;
};

}  // namespace svcmgr
