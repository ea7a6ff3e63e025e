#include "drivers/module.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <filesystem>

#include "drivers/error.h"

namespace svcmgr {

Path module_directory(const Path& installed) {
    std::error_code none;
    const std::filesystem::path beside = std::filesystem::read_symlink("/proc/self/exe", none).parent_path();
    return std::filesystem::exists(beside / "svcmgr-ssh.so", none) ? beside.string() : installed;
}

Module::Module(const Path& file, const std::string& package, std::span<const char* const> first) : file_(file) {
    for (const char* library : first) dlopen(library, RTLD_LAZY | RTLD_LOCAL);
    handle_ = dlopen(file.c_str(), RTLD_LAZY | RTLD_LOCAL);
    if (handle_ == nullptr)
        throw Error(Error::Code::unreachable, fmt::format("this module can't be loaded: {}", dlerror()), file,
                    fmt::format("install the package {}", package));
}

void* Module::symbol(const std::string& name) const {
    void* address = dlsym(handle_, name.c_str());
    if (address == nullptr)
        throw Error(Error::Code::unreachable, fmt::format("this module has no {}", name), file_,
                    "install modules and svcmgr of the same version");
    return address;
}

}  // namespace svcmgr
