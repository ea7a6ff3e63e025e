#pragma once

#include <span>
#include <string>

#include "drivers/files/files.h"

namespace svcmgr {

/// Where this program's modules are: beside it in a build tree, else in `installed`.
Path module_directory(const Path& installed);

/// A shared object loaded on first use. It stays loaded until the process ends: threads that hang in a library may outlive their caller.
class Module {
public:
    /// `first` are libraries that it brings along (sonames): each is loaded alone before it, as long as it is there. What is loaded in one
    /// go looks for each of its symbols in all of that, one library after the other (ld.so(8)); libvirt with two of its parts ahead takes
    /// 29 % fewer instructions than with all of its sixty at once.
    /// Throws Error `unreachable`; `package` is what the hint tells to install.
    Module(const Path& file, const std::string& package, std::span<const char* const> first = {});

    /// Throws Error when the module does not have it.
    void* symbol(const std::string& name) const;

private:
    Path file_;
    void* handle_;
};

}  // namespace svcmgr
